#include "cli/stopped.hpp"

#include <gmock/gmock.h>

#include "analysis/next_trials.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Four blocks of one level, and as many pairs at an equal rate; a trial takes 10 s.
model::Benchmark with_equal_rate() {
    model::Benchmark made = testing::benchmark_of({"fastapi", "django"}, {4}, 4);
    made.experiment.equal_rate = true;
    return made;
}

std::vector<model::TrialResult> measured(const model::Benchmark& benchmark, std::size_t most) {
    std::vector<model::TrialResult> trials;
    WallTime clock{1'772'368'245s};
    for (auto next = analysis::next_trials(benchmark, trials); !next.empty() && trials.size() < most;
         next = analysis::next_trials(benchmark, trials))
        for (const model::PlannedTrial& plan : next) {
            if (trials.size() == most) break;
            trials.push_back(testing::synthetic_trial(benchmark, plan, {}));
            trials.back().started = clock;
            trials.back().took = 10s;
            clock += 10s;
        }
    return trials;
}

std::string told_of(const model::Benchmark& benchmark, std::size_t trials) {
    return stopped_text(benchmark, {.run_directory = "results/x",
                                    .environment = {},
                                    .trials = measured(benchmark, trials),
                                    .stopped_by = Error{ErrorKind::interrupted, "interrupted"}});
}

TEST(Stopped, SaysThatARunGoesOnWhereverItWasBrokenOff) {
    for (const std::size_t trials : {3U, 8U, 9U, 15U})
        EXPECT_EQ(told_of(with_equal_rate(), trials),
                  fmt::format("stopped after {} finished trial(s), which are kept in results/x; `joust run "
                              "--resume results/x` goes on\n",
                              trials));
}

// Half a pair at an equal rate is time that the budget no longer has for a whole one.
TEST(Stopped, PromisesNothingOfARunWhoseBudgetHasNoRoomForTheRest) {
    model::Benchmark bounded = with_equal_rate();
    bounded.experiment.budget = 160s;
    ASSERT_EQ(measured(bounded, 99).size(), 16U) << "all of it fits";
    EXPECT_THAT(told_of(bounded, 14), HasSubstr("goes on"));
    EXPECT_EQ(told_of(bounded, 15),
              "stopped after 15 finished trial(s), which are kept in results/x; its budget has no room for "
              "more, so to `joust run --resume` the run is complete\n");
}

TEST(Stopped, PromisesNothingOfARunWhoseSecretsAreNotKept) {
    const auto refused = HasSubstr("no `--resume` goes on with it, as the secrets that it was given are not");
    model::Benchmark secret = with_equal_rate();
    secret.entrants.front().variant.settings = {{"API_KEY", "hunter2"}};
    EXPECT_THAT(told_of(secret, 3), refused);
    secret.entrants.front().variant.settings = {{"WORKERS", "2"}};
    EXPECT_THAT(told_of(secret, 3), HasSubstr("goes on\n"));
    secret.database.settings = {{"ssl_passphrase", "hunter2"}};
    secret.database.settings["primary_conninfo"] = "password=hunter2";
    EXPECT_THAT(told_of(secret, 3), refused);
}

}  // namespace
}  // namespace joust::cli
