#include "rules/single_requests.hpp"

#include <gmock/gmock.h>

#include "model/charge.hpp"
#include "report/words/rules.hpp"
#include "rules/effects.hpp"

namespace joust::rules {
namespace {

using model::Misdeed;
using model::SingleRequests;
using namespace std::chrono_literals;
using model::DurabilityProof;
using model::Proof;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SingleRequests safe_work() {
    return {.rows = model::OneByOne{.requests = 20, .as_contract = 20, .transactions = 20},
            .syncs = model::CommitSyncs{.requests = 20, .transactions = 20, .syncs = 20},
            .left_out = {}};
}

TEST(SingleRequests, ThatDoTheirWorkAreAsTheContract) {
    EXPECT_THAT(misdeeds(safe_work()), IsEmpty());
    EXPECT_TRUE(as_contract(safe_work()));
}

TEST(SingleRequests, ThatNobodyLookedAtDoNoWrongAndProveNothing) {
    EXPECT_THAT(misdeeds(SingleRequests{}), IsEmpty());
    EXPECT_FALSE(as_contract(SingleRequests{}));
    SingleRequests part = safe_work();
    part.rows.reset();
    EXPECT_FALSE(as_contract(part)) << "no rows were told";
    part = safe_work();
    part.syncs.reset();
    EXPECT_FALSE(as_contract(part)) << "nor that commits wait for the disk";
    part = safe_work();
    part.rows = model::OneByOne{};
    EXPECT_FALSE(as_contract(part)) << "all of no requests";
    part = safe_work();
    part.syncs = model::CommitSyncs{};
    EXPECT_FALSE(as_contract(part));
}

TEST(SingleRequests, NameAFileThatIsSyncedSeldomerThanItCommits) {
    SingleRequests one{.rows = {},
                       .syncs = model::CommitSyncs{.requests = 20, .transactions = 30, .syncs = 30},
                       .left_out = {}};
    EXPECT_THAT(misdeeds(one), IsEmpty());
    one.syncs->syncs = 29;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    one.syncs->transactions = 0;
    EXPECT_THAT(misdeeds(one), IsEmpty()) << "no transaction is declared";
}

TEST(SingleRequests, NameAFileThatIsSyncedAfterItsAnswers) {
    SingleRequests one = safe_work();
    one.syncs->early = 1;
    EXPECT_TRUE(as_contract(one)) << "one may be by chance";
    one.syncs->early = 2;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::not_durable));
    EXPECT_FALSE(as_contract(one));
    one.rows = model::OneByOne{.requests = 20, .as_contract = 18, .late = 2};
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first)) << "so it commits then";
}

TEST(SingleRequests, NameRowsThatAreNotTheContractsOrComeLate) {
    SingleRequests one = safe_work();
    one.rows->as_contract = 19;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::other_rows));
    EXPECT_FALSE(as_contract(one));
    one.rows->late = 1;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first)) << "it came after the answer";
    one.rows->as_contract = 10;
    EXPECT_THAT(misdeeds(one), ElementsAre(Misdeed::answers_first, Misdeed::other_rows));
}

// Of a server, on which nothing else has to be told.
SingleRequests slowly(std::uint64_t before_commit, std::uint64_t before_durable) {
    return {.slow_commits = model::SlowCommits{.delay = 50ms,
                                               .requests = 20,
                                               .before_commit = before_commit,
                                               .before_durable = before_durable,
                                               .shortest = 90us},
            .rows = {},
            .syncs = {},
            .left_out = {}};
}

TEST(SingleRequests, OfAServerWaitForTheirCommitsAsThoseOfAVerification) {
    EXPECT_TRUE(as_contract(slowly(1, 3))) << "the server itself flushes now and then";
    EXPECT_THAT(misdeeds(slowly(2, 0)), ElementsAre(Misdeed::answers_first));
    EXPECT_THAT(misdeeds(slowly(0, 4)), ElementsAre(Misdeed::not_durable));
    SingleRequests none = slowly(0, 0);
    none.slow_commits->without_commit = 2;
    EXPECT_THAT(misdeeds(none), ElementsAre(Misdeed::no_commit));
    EXPECT_FALSE(as_contract(none));
    none.slow_commits = model::SlowCommits{};
    EXPECT_FALSE(as_contract(none)) << "all of no requests";
}

// All of it as the contract, on a server, with what single requests did before.
model::TrialResult on_server(std::optional<SingleRequests> single) {
    model::TrialResult trial;
    trial.effects = model::ObservedEffects{
        .contract = {{"users", {10, 5, 5}}},
        .transactions = 1,
        .acknowledged = 1000,
        .shapes = {{{{"users", {10, 5, 5}}}, 1000}},
        .rows = {{"users", {10'000, 5000, 5000}}},
        .answers_ahead = 0,
        .log_syncs = model::LogSyncs{
            .syncs = 1000, .commits = 1000, .most_sessions = 4, .elapsed = std::chrono::seconds(1)}};
    trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 1000};
    trial.files.emplace();
    trial.single_requests = std::move(single);
    return trial;
}
std::optional<Proof> proof_of(const model::TrialResult& trial) {
    model::Judgement judgement;
    add(judgement, effects(trial));
    return effects_proof(judgement);
}

TEST(SingleRequests, OfAServerThatWaitLeaveATrialProven) {
    EXPECT_EQ(proof_of(on_server(slowly(0, 0))), Proof::proven);
    EXPECT_EQ(durability(on_server(slowly(0, 0))), DurabilityProof::proven);
    EXPECT_EQ(proof_of(on_server(std::nullopt)), Proof::proven) << "of a run that did not look";
    EXPECT_EQ(durability(on_server(std::nullopt)), DurabilityProof::proven);
    EXPECT_EQ(durability(model::TrialResult{}), std::nullopt);
}

TEST(SingleRequests, OfAServerThatNobodyLookedAtLeaveATrialOpen) {
    const model::TrialResult trial = on_server(SingleRequests{
        .rows = {}, .syncs = {}, .left_out = {{"commits that take long", "other commits come beside"}}});
    EXPECT_EQ(proof_of(trial), Proof::open);
    EXPECT_EQ(durability(trial), DurabilityProof::open);
    const Outcome outcome = effects(trial);
    ASSERT_TRUE(std::holds_alternative<model::NotEvaluated>(outcome));
    EXPECT_THAT(report::words::sentence(std::get<model::NotEvaluated>(outcome)),
                HasSubstr("; whether a commit that takes long is waited for, single requests did not tell "
                          "(commits that take long: not tried, other commits come beside)"));
}

TEST(SingleRequests, OfAServerThatDoNotWaitVoidATrialThatShowsNothing) {
    const model::TrialResult trial = on_server(slowly(0, 15));
    EXPECT_EQ(proof_of(trial), Proof::missed);
    EXPECT_EQ(durability(trial), DurabilityProof::missed);
    const auto finding = std::get<model::Finding>(effects(trial));
    EXPECT_EQ(finding.effects().goodput, model::Effect::voids);
    EXPECT_EQ(report::words::sentence(finding),
              "it answers before its commits are durable: 15 of 20 requests were answered sooner than 50 ms "
              "after their commit, while the server took that long to make one durable (the soonest after "
              "90.0 µs)");
    EXPECT_EQ(model::charges(finding), model::Charges{model::Charge::verified_not_durable});
    const auto late = std::get<model::Finding>(effects(on_server(slowly(20, 0))));
    EXPECT_EQ(report::words::sentence(late),
              "it commits after it answers: 20 of 20 requests were answered before anything was committed");
    EXPECT_EQ(model::charges(late), model::Charges{model::Charge::verified_answers_first});
}

}  // namespace
}  // namespace joust::rules
