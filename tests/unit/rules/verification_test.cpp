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

TEST(Misdeeds, NameWorkWithoutAnyCommitAsJustThat) {
    model::Verification one = safe_work();
    one.slow_commits->without_commit = 1;
    EXPECT_THAT(misdeeds(one), IsEmpty());
    one.slow_commits->without_commit = 20;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::no_commit));
    one.crash->lost = 400;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::no_commit)) << "what was never there cannot be lost";
}

TEST(Misdeeds, AreNotReadFromATableThatProvesNothing) {
    model::Verification one = safe_work();
    one.crash->lost = 1066;
    one.crash->problem = "it is no ordinary table";
    EXPECT_THAT(misdeeds(one), IsEmpty());
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
