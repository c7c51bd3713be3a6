#include "cli/load_options.hpp"

#include <gmock/gmock.h>

namespace joust::cli {
namespace {

using ::testing::HasSubstr;

/// The message of the refusal; "" when there is none.
std::string refusal(const LoadCommand& command) {
    const auto options = load_options(command, "http://127.0.0.1/");
    if (options) return "";
    EXPECT_EQ(options.error().kind, ErrorKind::bad_input);
    return options.error().message;
}

TEST(LoadOptions, RefuseACountThatTheScheduleDoesNotHave) {
    EXPECT_THAT(refusal({.ramp = "100:0:1s", .requests = 500}),
                HasSubstr("--requests 500: the schedule ends at 0/s after 50 requests; write --requests 50"));
    EXPECT_EQ(refusal({.ramp = "100:0:1s", .requests = 50}), "");
    EXPECT_THAT(refusal({.steps = "3,7,0:500ms", .requests = 6}), HasSubstr("after 5 requests"));
    EXPECT_EQ(refusal({.steps = "3,0,7:500ms", .requests = 1'000'000}), "");  // the last rate goes on
    EXPECT_EQ(refusal({.rate = 1, .requests = 1'000'000}), "");
    // 0.5 requests: the first one is due at time 0.
    EXPECT_EQ(refusal({.ramp = "1:0:1s", .requests = 1}), "");
    EXPECT_THAT(refusal({.ramp = "1:0:1s", .requests = 2}), HasSubstr("write --requests 1"));
}

// How many there will be is a matter of chance, whatever the mean.
TEST(LoadOptions, RefuseACountOfPoissonArrivalsWhereTheScheduleEnds) {
    EXPECT_THAT(refusal({.ramp = "100:0:1s", .arrivals = "poisson", .requests = 5}),
                HasSubstr("--requests 5 and --arrivals poisson contradict"));
    EXPECT_EQ(refusal({.ramp = "0:100:1s", .arrivals = "poisson", .requests = 500}), "");
}

TEST(LoadRun, ShowsNoCredentialsOfItsUrl) {
    const std::string url = "http://127.0.0.1/?page=2&access_token=hunter2";
    const auto options = load_options({}, url);
    ASSERT_TRUE(options) << options.error().message;
    EXPECT_EQ(load_run({}, *options, url).url, "http://127.0.0.1/?page=2&access_token=***");
}

}  // namespace
}  // namespace joust::cli
