// Pairs leave a ratio by trial: what the host or the generator spoilt takes nothing else along, what speaks
// against a contender does.
#include <gmock/gmock.h>

#include <functional>

#include "analysis/winner.hpp"
#include "report/words/findings.hpp"
#include "report/words/recommendations.hpp"
#include "report/words/verdicts.hpp"
#include "support/compared.hpp"
#include "support/rendered.hpp"

namespace joust::analysis {
namespace {

using model::Basis;
using model::Comparison;
using model::PairedRatio;
using model::TrialResult;
using model::Validity;
using model::Verdict;
using testing::by_level;
using testing::compared;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::pooled;
using testing::ReportCase;
using ::testing::StartsWith;
namespace words = report::words;

using Spoil = std::function<void(TrialResult&)>;

void out_of_files(TrialResult& trial) {
    trial.samples.conduct.shortages[model::Shortage::open_files] = 3;
}
void clock_jumped(TrialResult& trial) {
    trial.incidents = {{model::IncidentKind::clock_jumped, "by 3 s"}};
}
void restarted(TrialResult& trial) {
    trial.incidents = {{model::IncidentKind::service_restarted, "a worker was replaced"}};
}
void loses_rows(TrialResult& trial) {
    trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 500, .lost = 1};
}
void without_limits(TrialResult& trial) {
    trial.incidents = {{model::IncidentKind::limits_not_in_force, "memory.max is max"}};
}

// Four blocks, FastAPI ahead by a third.
ReportCase four_blocks(const std::vector<std::int64_t>& levels = {4, 50}) {
    ReportCase run{"four_blocks", testing::benchmark_of({"fastapi", "django"}, levels, 4), {}};
    run.trials = testing::synthetic_trials(run.benchmark, [](const model::PlannedTrial& plan) {
        return testing::TrialShape{.goodput_rps = (plan.entrant == "fastapi" ? 266 : 200) *
                                                  (1 + 0.01 * testing::noise(plan))};
    });
    return run;
}

void spoil(ReportCase& run, const std::string& entrant, std::int64_t level, int blocks, const Spoil& how) {
    for (TrialResult& trial : run.trials)
        if (trial.plan.entrant == entrant && trial.plan.level == level && trial.plan.block < blocks)
            how(trial);
}

ReportCase spoilt(const std::string& entrant, int blocks, const Spoil& how) {
    ReportCase run = four_blocks();
    spoil(run, entrant, 50, blocks, how);
    return run;
}

ReportCase spoilt_at_every_level(const std::string& entrant, int blocks, const Spoil& how) {
    ReportCase run = spoilt(entrant, blocks, how);
    spoil(run, entrant, 4, blocks, how);
    return run;
}

TEST(VoidPairs, OfTheGeneratorTakeNoGoodPairAlong) {
    for (const std::string entrant : {"fastapi", "django"}) {
        const Comparison comparison = compared(spoilt(entrant, 3, out_of_files));
        EXPECT_EQ(comparison.cell(entrant, 50)->judgement.validity, Validity::invalid) << "its row";
        const PairedRatio level = by_level(comparison, model::Quantity::goodput)[1];
        EXPECT_EQ(level.pairs, 1) << entrant;
        EXPECT_NEAR(level.ratio.value_or(0), 1.33, 0.03);
        EXPECT_EQ(level.verdict, Verdict::inconclusive) << "one pair has no interval";
        EXPECT_EQ(pooled(comparison).pairs, 5);
        EXPECT_EQ(pooled(comparison).verdict, Verdict::faster);
        EXPECT_EQ(comparison.winner, "fastapi");
    }
}

TEST(VoidPairs, OfEveryLevelLeaveTheFourthPairComparable) {
    const Comparison comparison = compared(spoilt_at_every_level("django", 3, clock_jumped));
    EXPECT_EQ(pooled(comparison).pairs, 2);
    EXPECT_TRUE(comparable(comparison)) << "exit code 0";
    EXPECT_FALSE(comparable(compared(spoilt_at_every_level("django", 4, clock_jumped)))) << "exit code 3";
}

TEST(VoidPairs, DecideTogetherWhereHostAndGeneratorSpoilMostTrialsOfEveryLevel) {
    ReportCase run{"six", testing::benchmark_of({"fastapi", "django"}, {50}, 8), {}};
    run.trials = testing::synthetic_trials(run.benchmark, [](const model::PlannedTrial& plan) {
        return testing::TrialShape{.goodput_rps = (plan.entrant == "fastapi" ? 266 : 200) *
                                                  (1 + 0.01 * testing::noise(plan))};
    });
    spoil(run, "django", 50, 5, clock_jumped);
    const Comparison comparison = compared(run);
    EXPECT_EQ(pooled(comparison).pairs, 3);
    EXPECT_EQ(pooled(comparison).verdict, Verdict::faster);
}

TEST(VoidPairs, ThatLeaveOnePairAtEachLevelLeaveAnIntervalBetweenLevelsWhichSaysSo) {
    const auto but_for = [](int blocks) {
        ReportCase run = four_blocks({4, 16, 50});
        for (const std::int64_t level : run.benchmark.load.levels)
            spoil(run, "django", level, 4 - blocks, clock_jumped);
        return compared(run);
    };
    const std::string of_pairs =
        "over 3 pairs (no two at one level: of the scatter between levels), which excludes 1";
    const std::string warning =
        "No two pairs of fastapi and django are left at one level, so the noise from repeat to repeat is not "
        "known. An interval over the levels shows how much the ratio differs from level to level, not how "
        "well it repeats.";
    const Comparison one = but_for(1);
    ASSERT_TRUE(pooled(one).low);
    EXPECT_THAT(words::why(one, pooled(one)), HasSubstr(of_pairs));
    EXPECT_THAT(words::warnings(one), ::testing::Contains(warning));
    const Comparison two = but_for(2);
    EXPECT_THAT(words::why(two, pooled(two)), Not(HasSubstr("between levels")));
    EXPECT_THAT(words::warnings(two), Not(::testing::Contains(HasSubstr("at one level"))));
}

TEST(VoidPairs, ThatLeaveOnePairAtEachLevelAreWarnedOfOnceForAllContenders) {
    ReportCase run{"three", testing::benchmark_of({"fastapi", "flask", "django"}, {4, 16, 50}, 4), {}};
    run.trials = testing::synthetic_trials(run.benchmark, [](const model::PlannedTrial& plan) {
        return testing::TrialShape{.goodput_rps = 200 * (1 + 0.01 * testing::noise(plan))};
    });
    for (const std::int64_t level : run.benchmark.load.levels)
        spoil(run, "django", level, 3, clock_jumped);
    std::vector<std::string> told;
    for (const std::string& warning : words::warnings(compared(run)))
        if (warning.starts_with("No two pairs")) told.push_back(warning);
    EXPECT_THAT(told, ::testing::ElementsAre(StartsWith("No two pairs of fastapi and django, or of flask and "
                                                        "django, are left at one level, so the noise")));
}

TEST(VoidPairs, ThatLeaveOneTrialAtEachLevelMakeNoOneBlockOfTheRun) {
    ReportCase run = four_blocks({4, 8, 16, 32, 50});
    for (const std::int64_t level : run.benchmark.load.levels)
        for (const std::string entrant : {"fastapi", "django"})
            spoil(run, entrant, level, 3, clock_jumped);
    const testing::Rendered rendered(run);
    ASSERT_TRUE(rendered.report().comparison.scatters.at(0).between_levels);
    std::string findings;
    for (const words::Statement& statement : words::findings(rendered.report()))
        findings += words::plain(words::prose(statement)) + "\n";
    EXPECT_THAT(findings, HasSubstr("scatters from one level to the next, there being no repeats,"));
    EXPECT_THAT(findings, Not(HasSubstr("one block")));
}

TEST(VoidPairs, OfAContenderThatDoesNotDoItsWorkMakeNoWin) {
    const Comparison comparison = compared(spoilt_at_every_level("fastapi", 3, loses_rows));
    EXPECT_EQ(pooled(comparison).verdict, Verdict::invalid);
    EXPECT_EQ(pooled(comparison).ratio, std::nullopt);
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_TRUE(comparable(comparison))
        << "one pair has goodput on both sides, though nobody is ranked by it";
}

TEST(VoidPairs, OfAContenderThatRestartsInMostTrialsBarItsOthers) {
    for (const Spoil& how : {Spoil(restarted), Spoil(without_limits)}) {
        const Comparison comparison = compared(spoilt("fastapi", 3, how));
        EXPECT_EQ(by_level(comparison, model::Quantity::goodput)[1].verdict, Verdict::invalid);
        EXPECT_EQ(pooled(comparison).pairs, 4) << "of the other level";
        EXPECT_EQ(comparison.winner, std::nullopt);
    }
}

TEST(VoidPairs, OfTheHostAreNoVotesForTheContender) {
    ReportCase run = spoilt("fastapi", 2, clock_jumped);
    for (TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level == 50 && trial.plan.block == 2)
            restarted(trial);
    EXPECT_EQ(by_level(compared(run), model::Quantity::goodput)[1].pairs, 1) << "one against one";
    spoil(run, "fastapi", 50, 2, out_of_files);
    for (TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level == 50 && trial.plan.block == 1)
            restarted(trial);
    EXPECT_EQ(by_level(compared(run), model::Quantity::goodput)[1].verdict, Verdict::invalid)
        << "two of three";
}

TEST(VoidPairs, SayBeforeTheVerdictWhatSpeaksAgainstAContenderThatWinsNothing) {
    const ReportCase run = spoilt("fastapi", 1, restarted);
    const Comparison comparison = compared(run);
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.pairs, 7);
    EXPECT_EQ(ratio.void_pairs.all, 1);
    EXPECT_EQ(ratio.void_pairs.by_entrant, 1);
    EXPECT_EQ(ratio.void_pairs.by_baseline, 0);
    EXPECT_EQ(ratio.verdict, Verdict::faster);
    EXPECT_EQ(comparison.winner, std::nullopt);
    const std::string headline = words::headline(comparison);
    EXPECT_THAT(headline,
                StartsWith("1 of 8 pairs of fastapi and django is in no ratio, for what speaks against "
                           "fastapi: at 50 users a worker was replaced (1 of 4 trials). fastapi is "
                           "faster than django: 1.3"));
    EXPECT_THAT(headline, HasSubstr("No winner."));
    EXPECT_THAT(words::why(comparison, ratio),
                HasSubstr("1 of 8 pairs is left out: a trial is invalid in 1 (what speaks against fastapi: "
                          "service restarted)"));
}

TEST(VoidPairs, OfTheSlowerOneTakeNoWinFromTheOther) {
    const Comparison comparison = compared(spoilt("django", 1, restarted));
    EXPECT_EQ(pooled(comparison).void_pairs.by_baseline, 1);
    EXPECT_EQ(comparison.winner, "fastapi");
    EXPECT_THAT(words::headline(comparison), StartsWith("1 of 8 pairs of fastapi and django is in no ratio, "
                                                        "for what speaks against django: at 50 users"));
    EXPECT_THAT(words::headline(comparison), Not(HasSubstr("No winner")));
}

TEST(VoidPairs, OfWorkNotDoneCarryNoVerdictInFavour) {
    const ReportCase run = spoilt("fastapi", 1, loses_rows);
    const Comparison comparison = compared(run);
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.pairs, 7);
    ASSERT_GT(ratio.low.value(), 1);
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_EQ(ratio.basis, Basis::undeclared);
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_EQ(by_level(comparison, model::Quantity::goodput)[0].verdict, Verdict::faster)
        << "of that level no trial is invalid, and it only describes";
    const std::string said =
        "but fastapi did other than declared in 1 trial, and the code was the same in the others";
    EXPECT_THAT(words::headline(comparison),
                HasSubstr("Whether fastapi is faster than django is not decided"));
    EXPECT_THAT(words::headline(comparison), HasSubstr(said));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("which decides nothing: fastapi did other than"));
    const testing::Rendered rendered(run);
    EXPECT_THAT(words::plain(words::recommendations(rendered.report()).front()),
                StartsWith("Find out what was done other than declared before choosing"));
    EXPECT_THAT(report::summary_text(run.benchmark, comparison), HasSubstr("not decided"));
}

TEST(VoidPairs, OfWorkNotDoneLeaveAVerdictAgainst) {
    const PairedRatio ratio = pooled(compared(spoilt("django", 1, loses_rows)));
    EXPECT_EQ(ratio.void_pairs.undeclared_by_baseline, 1);
    EXPECT_EQ(ratio.verdict, Verdict::faster) << "with the work done, django would be no faster";
}

TEST(VoidPairs, OfWorkNotDoneAtALevelThatIsBarredSpeakAtTheOthers) {
    const Comparison comparison = compared(spoilt("fastapi", 3, loses_rows));
    EXPECT_EQ(pooled(comparison).pairs, 4);
    EXPECT_EQ(pooled(comparison).basis, Basis::undeclared);
}

TEST(VoidPairs, OfTheGeneratorAreToldWithTheVerdict) {
    const Comparison comparison = compared(spoilt("fastapi", 3, out_of_files));
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.void_pairs.all, 3);
    EXPECT_EQ(ratio.void_pairs.by_entrant, 0);
    EXPECT_TRUE(ratio.some_invalid);
    EXPECT_EQ(ratio.invalid_levels, 0);
    EXPECT_THAT(words::headline(comparison), StartsWith("fastapi is faster than django: 1.3"));
    EXPECT_THAT(words::headline(comparison), HasSubstr("Invalid: fastapi at 50 users: "));
    EXPECT_THAT(words::headline(comparison),
                HasSubstr("Pairs in which neither trial is invalid count all the same."));
    EXPECT_THAT(words::why(comparison, ratio),
                HasSubstr(" over all pairs in which neither is invalid, 95 %"));
    EXPECT_THAT(words::why(comparison, ratio),
                HasSubstr("3 of 8 pairs are left out: a trial is invalid in 3 (of fastapi: "));
}

TEST(VoidPairs, WithoutAGoodOneLeaveTheLevelOut) {
    const Comparison comparison = compared(spoilt("fastapi", 4, out_of_files));
    EXPECT_EQ(by_level(comparison, model::Quantity::goodput)[1].verdict, Verdict::invalid);
    EXPECT_EQ(by_level(comparison, model::Quantity::goodput)[1].void_pairs.all, 4);
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.levels, 1);
    EXPECT_EQ(ratio.invalid_levels, 1);
    EXPECT_EQ(ratio.verdict, Verdict::faster);
    EXPECT_EQ(comparison.winner, std::nullopt) << "nothing is known of a level";
    EXPECT_THAT(words::headline(comparison), HasSubstr("at the levels where neither is invalid"));
}

TEST(VoidPairs, HaveFiguresOfTheTrialsThatCountBesideThem) {
    ReportCase run = spoilt("fastapi", 3, clock_jumped);
    for (TrialResult& trial : run.trials)
        if (!trial.incidents.empty()) trial.samples.completed_in_window *= 10;
    EXPECT_NEAR(compared(run).cell("fastapi", 50)->at(model::Quantity::goodput).value, 266, 5);
}

TEST(VoidPairs, OfAWaitAreNamedThoughTheCellIsInvalid) {
    ReportCase run = spoilt("fastapi", 3, clock_jumped);
    for (TrialResult& trial : run.trials)
        for (model::Party& party : trial.parties)
            if (party.role != model::Role::generator) party.usage.cpu = {std::chrono::milliseconds(10), {}};
    EXPECT_THAT(words::headline(compared(run)), StartsWith("Nobody was busy"));
    EXPECT_TRUE(compared(run).cell("fastapi", 50)->judgement.has(model::Rule::nobody_busy));
}

TEST(VoidPairs, OfFewOperationsSpeakAgainstNobodyWhereTheGeneratorFailed) {
    const auto few = [](TrialResult& trial) { trial.samples.completed_in_window = 40; };
    EXPECT_EQ(compared(spoilt("fastapi", 3, few)).cell("fastapi", 50)->trials_at_fault, 3);
    ReportCase run = spoilt("fastapi", 3, few);
    spoil(run, "fastapi", 50, 3, out_of_files);
    EXPECT_EQ(compared(run).cell("fastapi", 50)->trials_at_fault, 0);
}

}  // namespace
}  // namespace joust::analysis
