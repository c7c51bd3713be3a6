#include "cli/temporary.hpp"

#include <gtest/gtest.h>

#include "unit/host/support.hpp"

namespace joust::cli {
namespace {

std::string told_of(const Results& results) {
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(remove_or_tell(results, false));
    return ::testing::internal::GetCapturedStderr();
}

Results named(const Path& path) {
    return test::must(results_or_temporary(path));
}

TEST(Results, AreSaidToBeKeptWhereTheyAre) {
    const test::TempDirectory place;
    const Path some = place.path() / "some";
    EXPECT_EQ(told_of(named(some)), "") << "whoever was refused has no results";
    const Results results = named(some);
    place.write("some/run/trials.jsonl", "");
    EXPECT_EQ(told_of(results), "the run is kept in " + some.string() + "\n");
    EXPECT_EQ(told_of(named(some)), "") << "the run was another command's";
}

TEST(Results, ThatAreNoneLeaveNoTemporaryDirectory) {
    const Results results = named({});
    ASSERT_TRUE(std::filesystem::is_directory(results.path));
    EXPECT_EQ(told_of(results), "");
    EXPECT_FALSE(std::filesystem::exists(results.path));
}

}  // namespace
}  // namespace joust::cli
