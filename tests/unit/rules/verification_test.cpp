#include "rules/verification.hpp"

#include <gmock/gmock.h>

namespace joust::rules {
namespace {

using namespace std::chrono_literals;
using model::Misdeed;
using model::Proof;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::Verification safe_work() {
    return {.entrant = "one",
            .slow_commits = model::SlowCommits{.delay = 50ms, .requests = 20, .shortest = 51ms},
            .crash = model::Audit{.table = "users", .rows_left = 5, .right = 400},
            .syncs = {},
            .left_out = {}};
}

TEST(Misdeeds, OfWhoWaitsForItsCommitsAreNone) {
    EXPECT_THAT(misdeeds(safe_work()), IsEmpty());
    EXPECT_THAT(misdeeds(model::Verification{}), IsEmpty()) << "nothing was tried";
}

TEST(Misdeeds, NameAnAnswerThatCameBeforeItsCommit) {
    model::Verification one = safe_work();
    one.slow_commits->before_commit = 20;
    one.crash->lost = 3;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first)) << "the loss is explained by that";
}

TEST(Misdeeds, NameAnAnswerThatCameBeforeTheDisk) {
    model::Verification one = safe_work();
    one.slow_commits->before_durable = 20;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    one.slow_commits->before_durable = 4;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    one.slow_commits->before_durable = 3;
    EXPECT_THAT(misdeeds(one), IsEmpty()) << "the server itself flushes now and then";
}

TEST(Misdeeds, NameFilesThatComeAfterTheAnswer) {
    model::Verification one = safe_work();
    one.files = model::FilesByAnswer{.requests = 20, .in_time = 18, .late = 2};
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::files_late));
    one.files = model::FilesByAnswer{.requests = 20, .in_time = 17, .late = 1};
    EXPECT_THAT(misdeeds(one), IsEmpty()) << "two had too few files, which is the trial's to tell";
}

TEST(Misdeeds, NameWorkThatACrashTakesAway) {
    model::Verification one = safe_work();
    one.crash->lost = 1;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    one.crash->lost = 0;
    one.crash->duplicate = 1;
    EXPECT_THAT(misdeeds(one), IsEmpty()) << "that is the audit's of every trial";
}

TEST(Misdeeds, NameAFileThatIsSyncedSeldomerThanItCommits) {
    model::Verification one{.entrant = "one"};
    one.syncs = model::CommitSyncs{.requests = 20, .transactions = 30, .syncs = 30};
    EXPECT_THAT(misdeeds(one), IsEmpty());
    one.syncs->syncs = 29;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    one.syncs->transactions = 0;
    EXPECT_THAT(misdeeds(one), IsEmpty()) << "no transaction is declared";
}

TEST(Misdeeds, NameAFileThatIsSyncedAfterItsAnswers) {
    model::Verification one{.entrant = "one"};
    one.syncs = model::CommitSyncs{.requests = 20, .transactions = 20, .syncs = 20, .early = 1};
    EXPECT_THAT(misdeeds(one), IsEmpty());
    one.syncs->early = 2;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    one.one_by_one = model::OneByOne{.requests = 20, .as_contract = 18, .late = 2};
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first)) << "so it commits then";
}

TEST(Misdeeds, NameRowsOfSingleRequestsThatAreNotTheContractsOrComeLate) {
    model::Verification one{.entrant = "one"};
    one.one_by_one = model::OneByOne{.requests = 20, .as_contract = 20};
    EXPECT_THAT(misdeeds(one), IsEmpty());
    one.one_by_one->as_contract = 19;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::other_rows));
    one.one_by_one->late = 1;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first)) << "it came after the answer";
    one.one_by_one->as_contract = 10;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first, Misdeed::other_rows));
}

model::Judgement judged(std::vector<model::Finding> findings, std::vector<model::NotEvaluated> left) {
    return {.validity = model::validity_of(findings),
            .findings = std::move(findings),
            .not_evaluated = std::move(left)};
}

TEST(Proof, IsWholeOnlyWhereEverythingWasTried) {
    EXPECT_EQ(proof(judged({}, {}), safe_work()), Proof::proven);
    model::Verification part = safe_work();
    part.left_out.push_back({"crash", "it did not answer"});
    EXPECT_EQ(proof(judged({}, {}), part), Proof::open);
    EXPECT_EQ(proof(judged({}, {{.rule = model::Rule::effects, .short_window = {}}}), safe_work()),
              Proof::open);
    EXPECT_EQ(proof(judged({}, {{.rule = model::Rule::steal, .short_window = {}}}), safe_work()),
              Proof::proven)
        << "what concerns figures concerns no effect";
}

// A trial on SQLite leaves open which rows a transaction changed, and whether it was durable.
TEST(Proof, OfAFileIsWholeWhereSingleRequestsToldTheRest) {
    const model::NotEvaluated left{.rule = model::Rule::effects,
                                   .short_window = {},
                                   .in_part = true,
                                   .in_counters = true,
                                   .inserts_counted = true,
                                   .in_files = true};
    const model::Verification told{
        .entrant = "one",
        .syncs = model::CommitSyncs{.requests = 20, .transactions = 20, .syncs = 20},
        .one_by_one = model::OneByOne{.requests = 20, .as_contract = 20}};
    EXPECT_EQ(proof(judged({}, {left}), told), Proof::proven);
    model::Verification less = told;
    less.one_by_one.reset();
    EXPECT_EQ(proof(judged({}, {left}), less), Proof::open) << "no rows were told";
    less = told;
    less.syncs.reset();
    EXPECT_EQ(proof(judged({}, {left}), less), Proof::open) << "nor that commits wait for the disk";
    less = told;
    less.one_by_one->as_contract = 19;
    EXPECT_EQ(proof(judged({}, {left}), less), Proof::missed);
    for (const auto part :
         {&model::NotEvaluated::in_part, &model::NotEvaluated::in_counters, &model::NotEvaluated::in_files}) {
        model::NotEvaluated open = left;
        open.*part = false;
        EXPECT_EQ(proof(judged({}, {open}), told), Proof::open);
    }
    model::NotEvaluated without_files = left;
    without_files.in_files = false;
    without_files.no_files = true;
    EXPECT_EQ(proof(judged({}, {without_files}), told), Proof::proven) << "the workload declares none";
}

TEST(Proof, FailsByATrialOrByWhatWasTriedBesideIt) {
    EXPECT_EQ(proof(judged({{.rule = model::Rule::effects, .facts = {}, .in = {}}}, {}), safe_work()),
              Proof::missed);
    EXPECT_EQ(proof(judged({{.rule = model::Rule::clock_jumped, .facts = {}, .in = {}}}, {}), safe_work()),
              Proof::proven)
        << "that is the host's doing";
    model::Verification early = safe_work();
    early.slow_commits->before_commit = 20;
    EXPECT_EQ(proof(judged({}, {}), early), Proof::missed);
}

}  // namespace
}  // namespace joust::rules
