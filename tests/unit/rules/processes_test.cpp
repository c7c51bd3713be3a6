#include "rules/processes.hpp"

#include <gmock/gmock.h>

#include "report/words/rules.hpp"
#include "rules/judge.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::rules {
namespace {

using namespace std::chrono_literals;
using model::SeenProcess;
using model::ServiceProcesses;
using ::testing::HasSubstr;

const model::Benchmark& two_of_them() {
    static const model::Benchmark value = testing::benchmark_of({"fastapi", "django"}, {50}, 1);
    return value;
}

model::TrialResult trial_with(const ServiceProcesses& processes) {
    model::TrialResult trial =
        testing::synthetic_trial(two_of_them(), {0, 0, 50, 0, "django"}, {.goodput_rps = 200});
    trial.processes = processes;
    return trial;
}

ServiceProcesses found(int declared, int workers, std::vector<SeenProcess> seen) {
    return {.declared = declared,
            .workers = workers,
            .looks = 26,
            .span = 5s,
            .most = static_cast<int>(seen.size()),
            .distinct = static_cast<std::int64_t>(seen.size()),
            .seen = std::move(seen)};
}

SeenProcess process(std::string command, Nanoseconds cpu, bool first = false) {
    return {.pid = 4711, .command = std::move(command), .looks = 26, .cpu = cpu, .first = first};
}

struct Row {
    const char* reason;
    ServiceProcesses processes;
    const char* told;  // empty: the rule holds
};

TEST(processes, are_those_that_are_declared) {
    for (const Row& row : {
             Row{"one alone, as declared", found(1, 1, {process("uvicorn", 4s, true)}), ""},
             Row{"gunicorn's arbiter and worker, declared",
                 found(2, 1, {process("gunicorn", 4s), process("gunicorn", 10ms, true)}), ""},
             Row{"a supervisor that does nothing is forgiven where nobody has declared it",
                 found(1, 1, {process("gunicorn", 4s), process("gunicorn", 50ms, true)}), ""},
             Row{"four workers and their primary",
                 found(5, 4,
                       {process("node", 1200ms), process("node", 1200ms), process("node", 1190ms),
                        process("node", 1180ms), process("node", 60ms, true)}),
                 ""},
             Row{"a second worker that nobody has declared",
                 found(1, 1, {process("beast", 2400ms, true), process("beast", 2250ms)}),
                 "the service ran 2 processes at the same time, and its manifest declares 1: beast (4711) "
                 "used "
                 "48 % of a CPU, beast (4711) used 45 %"},
             Row{"a helper, though it does nothing: it is not what was started",
                 found(1, 1, {process("beast", 4s, true), process("beast", 0s)}),
                 "beast (4711) used nothing"},
             Row{"two workers behind a supervisor of which one is declared",
                 found(2, 1,
                       {process("gunicorn", 2s), process("gunicorn", 2s), process("gunicorn", 0s, true)}),
                 "2 processes of the service worked, and its manifest declares 1 worker"},
             Row{"a master that works as much as its worker",
                 found(2, 1, {process("gunicorn", 2s), process("gunicorn", 2s, true)}),
                 "2 processes of the service worked, and its manifest declares 1 worker"},
             Row{"fewer than declared", found(3, 2, {process("gunicorn", 4s), process("gunicorn", 0s, true)}),
                 "the service ran 2 processes at most, and its manifest declares 3"},
         }) {
        const model::TrialResult trial = trial_with(row.processes);
        const model::Judgement judgement = judge(trial, two_of_them().experiment);
        EXPECT_EQ(judgement.has(model::Rule::processes), *row.told != '\0') << row.reason;
        if (*row.told == '\0') continue;
        EXPECT_EQ(judgement.validity, model::Validity::invalid) << row.reason;
        ASSERT_FALSE(judgement.findings.empty()) << row.reason;
        EXPECT_THAT(report::words::sentence(judgement.findings.front()), HasSubstr(row.told)) << row.reason;
    }
}

TEST(processes, of_a_moment_for_each_request_are_told_with_their_number) {
    ServiceProcesses cgi = found(1, 1, {process("server", 1s, true)});
    for (int i = 0; i < 6; ++i)
        cgi.seen.push_back(process("script", 20ms));
    cgi.most = 3;
    cgi.distinct = 90;
    const model::Judgement judgement = judge(trial_with(cgi), two_of_them().experiment);
    ASSERT_TRUE(judgement.has(model::Rule::processes));
    EXPECT_THAT(report::words::sentence(judgement.findings.front()), HasSubstr("and 85 more"));
}

TEST(processes, that_ended_are_told_by_another_rule) {
    model::TrialResult trial = trial_with(found(2, 1, {process("gunicorn", 4s)}));
    trial.incidents = {{model::IncidentKind::service_restarted, "1 of 2 processes ended"}};
    EXPECT_FALSE(judge(trial, two_of_them().experiment).has(model::Rule::processes));
}

TEST(processes, that_were_not_listed_are_not_judged_and_that_is_said) {
    model::TrialResult trial = trial_with({});
    trial.processes.reset();
    const model::Judgement judgement = judge(trial, two_of_them().experiment);
    EXPECT_FALSE(judgement.has(model::Rule::processes));
    EXPECT_TRUE(std::any_of(judgement.not_evaluated.begin(), judgement.not_evaluated.end(),
                            [](const auto& one) { return one.rule == model::Rule::processes; }));
}

}  // namespace
}  // namespace joust::rules
