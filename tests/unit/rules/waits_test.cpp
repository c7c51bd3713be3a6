#include "rules/waits.hpp"

#include <gtest/gtest.h>

namespace joust::rules {
namespace {

using namespace std::chrono_literals;

/// 10 s of 8 users whose 1000 answers take as long as told, the first byte 1 ms.
model::Samples answers(std::uint64_t delayed) {
    model::Samples samples;
    samples.window = 10s;
    samples.requests = {.started = 1000, .succeeded = 1000};
    samples.completed_in_window = 1000;
    samples.connections = {.asked = 8, .established = 8, .peak = 8};
    samples.time_to_first_byte.record(1'000'000, 1000);
    samples.service_time.record(1'000'000, 1000 - delayed);
    samples.service_time.record(45'000'000, delayed);
    samples.delayed_bodies = delayed;
    return samples;
}

TEST(delayed_body, is_told_where_the_median_answer_has_it) {
    EXPECT_FALSE(delayed_body(answers(499)));
    const auto found = delayed_body(answers(500));
    ASSERT_TRUE(found);
    const auto& facts = std::get<model::DelayedBody>(found->facts);
    EXPECT_EQ(facts.share, 0.5);
    EXPECT_NEAR(facts.rest_ns, 22e6, 0.1e6) << "the mean over all answers, exact to the histogram";
}

TEST(delayed_body, is_not_told_without_an_answer) {
    EXPECT_FALSE(delayed_body(model::Samples{}));
}

TEST(think_time, is_the_limit_within_five_percent_of_users_by_think_time) {
    EXPECT_FALSE(think_time(answers(0), 75ms)) << "100/s of 107/s";
    const auto found = think_time(answers(0), 77ms);
    ASSERT_TRUE(found) << "100/s of 104/s";
    EXPECT_NEAR(std::get<model::ThinkBound>(found->facts).most_rps, 103.9, 0.1);
}

TEST(think_time, is_no_limit_where_there_is_none) {
    EXPECT_FALSE(think_time(answers(0), 0ms));
}

}  // namespace
}  // namespace joust::rules
