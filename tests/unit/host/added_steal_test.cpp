#include "host/added_steal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace joust::host {
namespace {

using namespace std::chrono_literals;

class AddedSteal : public ::testing::Test {
protected:
    void TearDown() override { std::filesystem::remove(file_); }
    [[nodiscard]] Result<Nanoseconds> read(const std::string& text, const std::vector<int>& cpus) const {
        if (const Status written = write_atomically(file_, text); !written)
            return tl::unexpected(written.error());
        return read_added_steal(file_, cpus);
    }
    const Path file_ = Path(testing::TempDir()) / ("joust_added_steal_" + std::to_string(::getpid()));
};

TEST_F(AddedSteal, IsTheSumOfTheCpusAsked) {
    EXPECT_EQ(read("0 5\n1 70\n12 900\n", {1, 12}).value(), Nanoseconds(970));
    EXPECT_EQ(read("0 5\n", {1}).value(), 0ns);
    EXPECT_EQ(read("", {0}).value(), 0ns);
}

TEST_F(AddedSteal, IsRefusedWhereALineSaysAnythingElse) {
    for (const char* const text :
         {"0\n", "0 \n", " 5\n", "0 -5\n", "0 5 6\n", "zero 5\n", "0 5s\n", "0  5\n"})
        EXPECT_FALSE(read(text, {0})) << text;
    EXPECT_FALSE(read_added_steal(file_.string() + "_nothing", {0}));
}

}  // namespace
}  // namespace joust::host
