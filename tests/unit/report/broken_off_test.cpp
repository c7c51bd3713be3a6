// What the report says of a run that was broken off, or gone on with.
#include <gmock/gmock.h>

#include "report/figures/figure.hpp"
#include "report/markdown.hpp"
#include "report/words/recommendations.hpp"
#include "support/rendered.hpp"

namespace joust::report {
namespace {

using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Rendered;
using testing::ReportCase;

std::string all_of(const RunReport& run) {
    return markdown(run, figures(run.benchmark, run.environment, run.comparison));
}

TEST(broken_off, says_of_what_the_measured_windows_are_a_share) {
    ReportCase run = testing::clear_winner();
    Nanoseconds started{0};
    for (model::TrialResult& trial : run.trials) {
        trial.started = WallTime(std::chrono::seconds(1'772'368'245)) + started;
        trial.took = trial.samples.window * 2;
        started += *trial.took;
    }
    const auto told = [](const ReportCase& told_of) { return all_of(Rendered(told_of).report()); };
    EXPECT_THAT(told(run),
                ContainsRegex("measured windows \\| 50 % of the [0-9a-z ]+ from the first trial's start "
                              "to the last one's end \\|"));
    for (std::size_t i = run.trials.size() / 2; i < run.trials.size(); ++i)
        run.trials[i].started += std::chrono::minutes(7);
    EXPECT_THAT(told(run),
                ContainsRegex("measured windows \\| 50 % of the [0-9a-z ]+ from the first trial's start "
                              "to the last one's end, without the 7 min between the run's parts \\|"));
}

TEST(broken_off, advises_to_finish_a_run_without_looks_that_was_broken_off) {
    ReportCase run = testing::clear_winner();
    run.trials.resize(12);
    const Rendered rendered(run);
    std::vector<std::string> advice;
    for (const words::Prose& sentence : words::recommendations(rendered.report()))
        advice.push_back(words::plain(sentence));
    EXPECT_THAT(advice,
                Contains(HasSubstr("Finish the run before choosing between fastapi and django: the run ended "
                                   "after 2 of 3 blocks; `joust run --resume DIR` finishes it")));
    const std::string text = all_of(rendered.report());
    EXPECT_THAT(text, HasSubstr("| goodput, fastapi ÷ django | 1.36 | – | 6 | 1.36 | 6 | not decided |"));
    EXPECT_THAT(text, Not(HasSubstr("faster than django:")));
}

}  // namespace
}  // namespace joust::report
