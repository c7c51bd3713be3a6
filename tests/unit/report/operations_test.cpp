// Several operations told as one number, the public mistake, and what else of a workload or a service stands
// before the verdict.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "analysis/compare.hpp"
#include "report/figures/figure.hpp"
#include "report/markdown.hpp"
#include "report/results_json.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// How long each of the two operations takes, in ms.
struct OfOperations {
    double cheap_ms = 1;
    double dear_ms = 20;
};

// Nine requests in ten are cheap; of the others some time out.
void mix(model::TrialResult& trial, const OfOperations& times, std::uint64_t timed_out = 0) {
    const auto operation = [&](const char* name, std::uint64_t requests, std::uint64_t lost, double ms) {
        model::OperationSamples one{.name = name,
                                    .completed_in_window = requests - lost,
                                    .requests = {.started = requests,
                                                 .succeeded = requests - lost,
                                                 .failed = 0,
                                                 .timed_out = lost,
                                                 .unfinished = 0},
                                    .response_time = {}};
        one.response_time.record(static_cast<std::int64_t>(ms * 1e6), requests - lost);
        if (lost > 0) one.response_time.record(trial.timeout.count(), lost);
        return one;
    };
    const std::uint64_t all = trial.samples.requests.started;
    trial.samples.operations = {operation("cheap", all * 9 / 10, 0, times.cheap_ms),
                                operation("dear", all / 10, timed_out, times.dear_ms)};
}

class OperationsOfAMix : public ::testing::Test {
protected:
    void SetUp() override {
        trials_ = testing::synthetic_trials(benchmark_, [](const model::PlannedTrial& plan) {
            return testing::TrialShape{
                .goodput_rps = 200, .p50_ms = static_cast<double>(plan.level) / 200 * 1e3, .error_share = 0};
        });
    }
    void of(const std::string& entrant, const OfOperations& times, std::uint64_t timed_out = 0) {
        for (model::TrialResult& trial : trials_)
            if (trial.plan.entrant == entrant) mix(trial, times, timed_out);
    }
    [[nodiscard]] model::Comparison compared() const {
        return analysis::compare(benchmark_, trials_, &environment_);
    }
    [[nodiscard]] std::string markdown_of(const model::Comparison& comparison) const {
        return markdown({"results/example", benchmark_, environment_, trials_, comparison},
                        figures(benchmark_, environment_, comparison));
    }
    [[nodiscard]] nlohmann::json json_of(const model::Comparison& comparison) const {
        return nlohmann::json::parse(
            results_json({"results/example", benchmark_, environment_, trials_, comparison}));
    }

    model::Benchmark benchmark_ = testing::benchmark_of({"fastapi", "django"}, {8}, 3);
    model::Environment environment_ = testing::synthetic_environment(benchmark_);
    std::vector<model::TrialResult> trials_;
};

TEST_F(OperationsOfAMix, HaveFiguresOfTheirOwn) {
    of("fastapi", {1, 20});
    of("django", {2, 10}, 3);
    const model::Comparison comparison = compared();
    const auto cells = json_of(comparison)["results"];
    ASSERT_EQ(cells.size(), 2U);
    const auto& fastapi = cells[0]["operations"];
    ASSERT_EQ(fastapi.size(), 2U);
    EXPECT_EQ(fastapi[0]["name"], "cheap");
    EXPECT_EQ(fastapi[0]["requests_started"], 2700);
    EXPECT_NEAR(fastapi[0]["share"].get<double>(), 0.9, 1e-9);
    EXPECT_NEAR(fastapi[0]["goodput_rps"].get<double>(), 180, 1e-6);
    EXPECT_NEAR(fastapi[0]["goodput_rps_low"].get<double>(), 180, 1e-6) << "all three trials are alike";
    EXPECT_NEAR(fastapi[0]["response_time_p50_ns"].get<double>(), 1e6, 1e4);
    EXPECT_EQ(fastapi[0]["error_rate"], 0);
    EXPECT_NEAR(fastapi[1]["response_time_p99_ns"].get<double>(), 20e6, 2e5);
    EXPECT_EQ(fastapi[1]["response_time_p99_ns_at_least"], false);
    const auto& dear = cells[1]["operations"][1];
    EXPECT_NEAR(dear["error_rate"].get<double>(), 0.03, 1e-9);
    EXPECT_EQ(dear["requests_timed_out"], 9);
    EXPECT_EQ(dear["response_time_p50_ns_at_least"], false);
    EXPECT_EQ(dear["response_time_p99_ns_at_least"], true) << "3 % are ages of requests without an answer";
    const std::string text = markdown_of(comparison);
    EXPECT_THAT(text, HasSubstr("\n## Operations\n"));
    EXPECT_THAT(text, HasSubstr("| 8 | django | `dear` | 10 % | 3 % | 19.4 [19.4, 19.4] | 10.0 ms [10.0 ms, "
                                "10.0 ms] | 10.0 ms [10.0 ms, 10.0 ms] | ≥ 60.0 s |"));
    EXPECT_THAT(summary_text(benchmark_, comparison), HasSubstr("users  contender  operation  share"));
}

TEST_F(OperationsOfAMix, AreSaidToBeOneNumberBeforeTheVerdict) {
    of("fastapi", {1, 20});
    of("django", {2, 40});
    const model::Comparison comparison = compared();
    const std::string text = markdown_of(comparison);
    const std::string before = text.substr(0, text.find("\n## Summary"));
    EXPECT_THAT(before,
                HasSubstr("Requests are a mix: cheap 90 %, dear 10 %: goodput and ratios are of the mix, "
                          "in which the most frequent counts most, and percentiles are over all "
                          "operations together; each alone stands in the table of operations"));
    EXPECT_THAT(before, Not(HasSubstr("by their medians")));
    EXPECT_THAT(summary_text(benchmark_, comparison), HasSubstr("requests are a mix: cheap 90 %, dear 10 %"));
}

TEST_F(OperationsOfAMix, AreNamedWhereTheOrderOfTheContendersDiffersBetweenThem) {
    of("fastapi", {1, 20});
    of("django", {2, 10});
    const std::string text = markdown_of(compared());
    EXPECT_THAT(text.substr(0, text.find("\n## Summary")),
                HasSubstr("The order differs between operations: by their medians at 8 users fastapi answers "
                          "cheap sooner than django (1.00 ms, 2.00 ms) and dear later (20.0 ms, 10.0 ms)"));
    of("django", {2, 19.5});
    EXPECT_THAT(markdown_of(compared()), Not(HasSubstr("The order differs")))
        << "2.5 % are within the margin";
}

TEST_F(OperationsOfAMix, AreNotThereWhereThereIsOne) {
    const model::Comparison comparison = compared();
    EXPECT_FALSE(json_of(comparison)["results"][0].contains("operations"));
    EXPECT_THAT(markdown_of(comparison), Not(HasSubstr("## Operations")));
    EXPECT_THAT(summary_text(benchmark_, comparison), Not(HasSubstr("operation ")));
}

TEST_F(OperationsOfAMix, ProcessesThatRunAreSaidBeforeTheVerdict) {
    const auto lint = [&] {
        const std::string text = markdown_of(compared());
        return text.substr(0, text.find("\n## Summary"));
    };
    EXPECT_THAT(lint(), Not(HasSubstr("Processes"))) << "an arbiter that serves nothing is no difference";
    environment_.contenders.front().stack.processes = 24;
    for (model::TrialResult& trial : trials_)
        if (trial.plan.entrant == "fastapi") trial.processes->declared = trial.processes->most = 24;
    EXPECT_THAT(lint(),
                HasSubstr("Processes that ran at once: fastapi 24 (24 declared), django 2 (2 declared): "
                          "each runs on a CPU of its own where there is one, has memory of its own"));
    for (model::TrialResult& trial : trials_)
        trial.processes.reset();
    EXPECT_THAT(lint(),
                HasSubstr("Processes that ran at once: fastapi not seen (24 declared), django not seen"));
}

TEST_F(OperationsOfAMix, WhatDiffersHasItsLikelyEffectOnTheTerminal) {
    const std::string text = summary_text(benchmark_, compared());
    EXPECT_THAT(text,
                HasSubstr("Before any verdict:\n"
                          "- database connections, at most: fastapi 20, django 4: requests that can be in\n"
                          "  it at once\n"
                          "- threads per worker: fastapi 1 (async), django 4 (threads): requests at "
                          "once,\n  unless asynchronous\n"));
}

TEST_F(OperationsOfAMix, FilesAloneAreNoEffectsThatAreNotDeclared) {
    for (model::TrialResult& trial : trials_) {
        trial.effects.emplace();
        trial.files = model::ObservedFiles{.contract = {1, 1, 1, 1}, .slices = 1, .requests = 20};
        trial.files->seen = {20, 20, 20, 20};
    }
    const std::string files = markdown_of(compared());
    EXPECT_THAT(files, Not(HasSubstr("Effects: not declared")));
    EXPECT_THAT(files, HasSubstr("\n## Effects\n\nThe workload declares what a request does to files, and no "
                                 "rows: what it changes in the database was not counted."));
    for (model::TrialResult& trial : trials_)
        trial.files.reset();
    EXPECT_THAT(markdown_of(compared()), HasSubstr("Effects: not declared"));
}

}  // namespace
}  // namespace joust::report
