#include "base/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace joust {
namespace {

int open_null() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}
bool is_open(int raw) {
    return ::fcntl(raw, F_GETFD) >= 0;
}

TEST(Fd, closes_at_the_end_of_its_life) {
    const int raw = open_null();
    {
        const Fd fd(raw);
        EXPECT_TRUE(fd);
        EXPECT_EQ(fd.get(), raw);
        EXPECT_TRUE(is_open(raw));
    }
    EXPECT_FALSE(is_open(raw));
}

TEST(Fd, of_a_failed_call_is_empty) {
    EXPECT_FALSE(Fd(-1));
    EXPECT_FALSE(Fd(-95));
    EXPECT_EQ(Fd(-95).get(), -1);
    EXPECT_FALSE(Fd());
}

TEST(Fd, moves_its_ownership) {
    const int raw = open_null();
    Fd first(raw);
    Fd second(std::move(first));
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): what is left behind is the point
    EXPECT_EQ(second.get(), raw);
    const int other = open_null();
    Fd third(other);
    third = std::move(second);
    EXPECT_FALSE(is_open(other));
    EXPECT_EQ(third.get(), raw);
    EXPECT_TRUE(is_open(raw));
}

TEST(Fd, survives_a_move_to_itself) {
    Fd fd(open_null());
    const int raw = fd.get();
    Fd& same = fd;
    fd = std::move(same);
    EXPECT_EQ(fd.get(), raw);
    EXPECT_TRUE(is_open(raw));
}

TEST(Fd, released_stays_open_and_closed_is_empty) {
    Fd fd(open_null());
    const int raw = fd.release();
    EXPECT_FALSE(fd);
    EXPECT_TRUE(is_open(raw));
    Fd again(raw);
    again.close();
    EXPECT_FALSE(again);
    EXPECT_FALSE(is_open(raw));
}

}  // namespace
}  // namespace joust
