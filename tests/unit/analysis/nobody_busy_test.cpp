#include "rules/nobody_busy.hpp"

#include <gmock/gmock.h>

#include "analysis/compare.hpp"
#include "report/words/verdicts.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Comparison;
using model::Validity;
using testing::TrialShape;
namespace words = report::words;

// Two services, of which one spends its time waiting.
Comparison with_a_waiting_one(const std::string& load_model) {
    const model::Benchmark benchmark = testing::benchmark_from(fmt::format(R"(name = "waits"
workload = "w"
contenders = ["quick", "waits"]
[load]
model = "{}"
levels = [8]
duration = "5s"
)",
                                                                           load_model));
    return compare(benchmark, testing::synthetic_trials(benchmark, [](const model::PlannedTrial& plan) {
                       const bool waits = plan.entrant == "waits";
                       return TrialShape{.goodput_rps = waits ? 180.0 : 8000.0,
                                         .p50_ms = waits ? 44.0 : 1.0,
                                         .cpu_ms_per_operation = 0.12,
                                         .database_cpu_ms_per_operation = 0.01};
                   }));
}

TEST(nobody_busy, is_said_before_any_ratio) {
    const Comparison comparison = with_a_waiting_one("closed");
    const Cell& cell = *comparison.cell("waits", 8);
    ASSERT_TRUE(cell.judgement.has(model::Rule::nobody_busy));
    EXPECT_EQ(cell.judgement.validity, Validity::valid) << "its goodput is what it is";
    EXPECT_FALSE(comparison.cell("quick", 8)->judgement.has(model::Rule::nobody_busy));
    const std::string headline = words::headline(comparison);
    EXPECT_EQ(
        headline.find("Nobody was busy, so what was measured is a wait, not work: waits at 8 users (it and "
                      "the database used 3.7 % of a limit). quick is faster than waits"),
        0U)
        << headline;
}

TEST(nobody_busy, is_no_matter_at_a_given_rate) {
    EXPECT_FALSE(with_a_waiting_one("open").cell("waits", 8)->judgement.has(model::Rule::nobody_busy));
}

}  // namespace
}  // namespace joust::analysis
