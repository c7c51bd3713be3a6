#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

namespace joust {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return fail(ErrorKind::bad_input, "{} is odd", number);
    return number / 2;
}

Result<int> quarter(int number) {
    JOUST_TRY(const int first, half(number));
    JOUST_TRY(const int second, half(first));
    return second;
}

Status even(int number, bool& reached_end) {
    JOUST_CHECK(half(number));
    reached_end = true;
    return {};
}

Result<std::unique_ptr<int>> owned() {
    JOUST_TRY(auto pointer, Result<std::unique_ptr<int>>(std::make_unique<int>(5)));
    return pointer;
}

TEST(Error, carries_its_kind_and_a_formatted_sentence) {
    const auto result = half(3);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (Error{ErrorKind::bad_input, "3 is odd"}));
}

TEST(Try, gives_the_value_or_returns_the_first_error) {
    EXPECT_EQ(quarter(8), 2);
    EXPECT_EQ(quarter(7).error().message, "7 is odd");
    EXPECT_EQ(quarter(6).error().message, "3 is odd");
}

TEST(Try, moves_values_that_cannot_be_copied) {
    EXPECT_EQ(**owned(), 5);
}

TEST(Check, returns_the_error_or_goes_on) {
    bool reached_end = false;
    EXPECT_EQ(even(3, reached_end).error().message, "3 is odd");
    EXPECT_FALSE(reached_end);
    EXPECT_TRUE(even(4, reached_end));
    EXPECT_TRUE(reached_end);
}

TEST(ErrnoText, is_that_of_the_last_system_call_or_of_the_number) {
    errno = ENOENT;
    EXPECT_EQ(errno_text(), "No such file or directory");
    EXPECT_EQ(errno_text(EACCES), "Permission denied");
}

}  // namespace
}  // namespace joust
