#include "cli/temporary.hpp"

#include <gtest/gtest.h>

#include "unit/host/support.hpp"

namespace joust::cli {
namespace {

std::string told_of(const Path& results, bool temporary) {
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(remove_or_tell(results, temporary, false));
    return ::testing::internal::GetCapturedStderr();
}

TEST(Results, AreSaidToBeKeptWhereTheyAre) {
    const test::TempDirectory place;
    EXPECT_EQ(told_of(place.path() / "none", false), "") << "whoever was refused has no results";
    place.write("some/run/trials.jsonl", "");
    EXPECT_EQ(told_of(place.path() / "some", false),
              "the run is kept in " + (place.path() / "some").string() + "\n");
    std::filesystem::create_directory(place.path() / "empty");
    EXPECT_EQ(told_of(place.path() / "empty", true), "");
    EXPECT_FALSE(std::filesystem::exists(place.path() / "empty"));
}

}  // namespace
}  // namespace joust::cli
