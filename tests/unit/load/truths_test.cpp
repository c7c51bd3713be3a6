#include <gtest/gtest.h>

#include "support/scenario.hpp"

namespace joust::test {
namespace {

using namespace std::chrono_literals;

/// The published truths: 1000 requests per second for 60 s, base service time 10 ms, in ms.
struct Row {
    const char* scenario;
    std::vector<double> milliseconds;
};
const std::vector<double> k_quantiles{0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1.0};
const std::vector<Row> k_table{
    {"healthy", {10, 10, 10, 10, 10, 10, 10, 10}},
    {"one_stall", {10, 10, 10, 411, 711, 951, 1005, 1010}},
    {"service_time_ramps", {40, 100, 100, 100, 100, 100, 100, 100}},
    {"periodic_stalls", {10, 10, 10, 111, 161, 201, 210, 210}},
    {"limit_not_binding", {10, 10, 10, 10, 10, 10, 10, 10}},
    {"limit_binding", {30'000, 54'000, 57'000, 59'400, 59'700, 59'940, 59'994, 60'010}},
};

/// Rounded rows: the place of a request among those released together counts up to 10 ms at 60 s.
constexpr double k_rounding_ms = 1.01;
constexpr double k_rounding = 0.0004;

TEST(Truths, OfTheModelAreThePublishedOnes) {
    const std::vector<Scenario> scenarios = published_scenarios();
    ASSERT_EQ(scenarios.size(), k_table.size());
    for (std::size_t row = 0; row < scenarios.size(); ++row) {
        ASSERT_EQ(scenarios[row].name, k_table[row].scenario);
        const auto times = true_response_times(scenarios[row], 1000, 60s);
        ASSERT_EQ(times.size(), 60'000U);
        for (std::size_t i = 0; i < k_quantiles.size(); ++i) {
            const double truth = k_table[row].milliseconds[i];
            EXPECT_NEAR(seconds(quantile_of(times, k_quantiles[i])) * 1000, truth,
                        std::max(k_rounding_ms, truth * k_rounding))
                << scenarios[row].name << " at " << k_quantiles[i];
        }
    }
}

TEST(Truths, KeepTheirShapeWhenTimeIsScaled) {
    for (const Scenario& scenario : published_scenarios()) {
        const auto whole = true_response_times(scenario, 1000, 60s);
        const auto scaled = true_response_times(scenario.scaled(0.1), 1000, 6s);
        ASSERT_EQ(scaled.size(), 6000U);
        for (const double quantile : {0.5, 0.9, 0.95}) {
            const double expected = seconds(quantile_of(whole, quantile)) * (scenario.places == 5U ? 0.1 : 1);
            EXPECT_NEAR(seconds(quantile_of(scaled, quantile)), expected, 0.012) << scenario.name;
        }
    }
}

TEST(Truths, OfAFewSlowRequestsLieAtTheirShare) {
    const auto times =
        true_response_times({.name = "bimodal", .slow = Scenario::Slow{100, 100ms}}, 1000, 60s);
    EXPECT_EQ(quantile_of(times, 0.99), 10ms);
    EXPECT_EQ(quantile_of(times, 0.991), 100ms);
}

}  // namespace
}  // namespace joust::test
