#include "analysis/caveats.hpp"

#include <gmock/gmock.h>

#include "report/words/verdicts.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using testing::compared;
using testing::ReportCase;
namespace words = report::words;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(caveats, say_before_the_verdict_which_declared_part_of_whom_was_not_counted) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        trial.effects = model::ObservedEffects{.contract = {{"users", {10, 5, 5}}}};
        trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 1};
        trial.files = model::ObservedFiles{.contract = {5, 5, 5, 5}};
    }
    EXPECT_EQ(words::not_proven(compared(run)), "");
    for (model::TrialResult& trial : run.trials) {
        if (trial.plan.entrant == "fastapi" && trial.plan.block != 1)
            trial.files->not_evaluated = "it made a folder";
        if (trial.plan.block == 1) trial.effects->not_read = "no log";
    }
    const std::string open = words::not_proven(compared(run));
    EXPECT_EQ(
        open,
        "Rows and transactions of fastapi (in 3 of 9 trials), django (in 3 of 9 trials) were not counted, "
        "so whether they do that work is open: no log. Files of fastapi (in 6 of 9 trials) were not "
        "counted, so whether it does that work is open: it made a folder.");
    EXPECT_THAT(words::headline(compared(run)), StartsWith(open + " fastapi is faster"));
    EXPECT_THAT(words::warnings(compared(run)), IsEmpty());
}

}  // namespace
}  // namespace joust::analysis
