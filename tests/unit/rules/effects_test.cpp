#include "rules/effects.hpp"

#include <gmock/gmock.h>

#include "model/charge.hpp"
#include "report/words/effects.hpp"
#include "report/words/rules.hpp"

namespace joust::rules {
namespace {

using model::CommitShape;
using model::Misdeed;
using model::ObservedEffects;
using model::RowsByTable;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const RowsByTable k_contract{{"users", {10, 5, 5}}};

/// Of a hundred requests that were answered rightly and ten others, with these commits.
ObservedEffects observed(const std::vector<CommitShape>& shapes, std::uint64_t rolled_back = 0) {
    ObservedEffects effects{.contract = k_contract,
                            .transactions = 1,
                            .acknowledged = 100,
                            .unknown = 10,
                            .shapes = shapes,
                            .rows = {{"users", {}}},
                            .rolled_back = rolled_back,
                            .answers_ahead = 0};
    for (const CommitShape& shape : shapes) {
        const auto commits = static_cast<std::int64_t>(shape.commits);
        effects.rows["users"].inserted += shape.rows.at("users").inserted * commits;
        effects.rows["users"].updated += shape.rows.at("users").updated * commits;
        effects.rows["users"].deleted += shape.rows.at("users").deleted * commits;
    }
    return effects;
}
CommitShape shape(std::int64_t inserted, std::int64_t updated, std::int64_t deleted, std::uint64_t commits) {
    return {{{"users", {inserted, updated, deleted}}}, commits};
}

struct Case {
    const char* what;
    ObservedEffects effects;
    Misdeed misdeed;
    const char* text;
};

class OneMisdeed : public ::testing::TestWithParam<Case> {};

TEST_P(OneMisdeed, IsNamed) {
    model::TrialResult trial;
    trial.effects = GetParam().effects;
    EXPECT_THAT(misdeeds(*trial.effects), ElementsAre(GetParam().misdeed)) << GetParam().what;
    const Outcome outcome = effects(trial);
    const auto* finding = std::get_if<model::Finding>(&outcome);
    ASSERT_NE(finding, nullptr);
    const auto* facts = std::get_if<model::EffectsMissed>(&finding->facts);
    ASSERT_NE(facts, nullptr);
    EXPECT_THAT(report::words::effects_missed(*facts), HasSubstr(GetParam().text));
}

ObservedEffects elsewhere() {
    ObservedEffects effects = observed({});
    effects.rows_elsewhere = 2000;
    return effects;
}
ObservedEffects late() {
    ObservedEffects effects = observed({shape(10, 5, 5, 100)});
    effects.answers_ahead = 7;
    return effects;
}
ObservedEffects two_transactions(std::uint64_t commits) {
    ObservedEffects effects = observed({shape(10, 0, 0, commits / 2), shape(0, 5, 5, commits / 2)});
    effects.transactions = 2;
    return effects;
}

ObservedEffects one_twice() {
    ObservedEffects effects = observed({shape(10, 5, 5, 10'001)});
    effects.acknowledged = 10'000;
    effects.unknown = 0;
    return effects;
}

INSTANTIATE_TEST_SUITE_P(
    All, OneMisdeed,
    ::testing::Values(
        Case{"rolls back and answers 200", observed({}, 100), Misdeed::rolled_back,
             "for 100 requests answered rightly there are 0 commits, and 100 transactions that were rolled "
             "back"},
        Case{"one transaction for several requests", observed({shape(40, 20, 20, 25)}),
             Misdeed::one_for_several,
             "one transaction for several requests: 25 commits for 100 requests answered rightly"},
        Case{"works for the first requests only", observed({shape(10, 5, 5, 30)}), Misdeed::no_commit,
             "the database's log has 30 commits for 100 requests answered rightly"},
        Case{"honest retries do not hide it", observed({shape(10, 5, 5, 30)}, 3), Misdeed::no_commit,
             "30 commits"},
        Case{"temporary table", observed({}), Misdeed::no_commit, "in a temporary or unlogged table"},
        Case{"another table", elsewhere(), Misdeed::no_commit, "2000 rows of other tables were changed"},
        Case{"two transactions for one", observed({shape(10, 0, 0, 100), shape(0, 5, 5, 100)}),
             Misdeed::several_for_one, "2.0 transactions per request, contract 1"},
        Case{"one request in ten thousand twice", one_twice(), Misdeed::several_for_one,
             "10001 transactions for 10000 requests answered rightly, contract 1 for each"},
        Case{"eight of ten", observed({shape(8, 5, 5, 100)}), Misdeed::other_rows,
             "inserted 8.0 rows of users per request, contract 10"},
        Case{"updates nothing", observed({shape(10, 0, 5, 100)}), Misdeed::other_rows,
             "updated 0.0 rows of users per request, contract 5"},
        Case{"more and less in turn", observed({shape(11, 5, 5, 50), shape(9, 5, 5, 50)}),
             Misdeed::other_rows, "100 of 100 transactions changed other rows than the contract has"},
        Case{"commits after it answers", late(), Misdeed::answers_first,
             "at times 7 answers were ahead of their commits"},
        Case{"two transactions declared, one missing", two_transactions(100), Misdeed::no_commit,
             "100 commits for 100 requests"}),
    [](const auto& test) { return std::to_string(test.index); });

/// The same requests, where the database only counts.
model::TrialResult counted(std::uint64_t commits, std::optional<std::int64_t> inserted,
                           std::uint64_t audited_right = 100) {
    model::TrialResult trial;
    trial.effects =
        ObservedEffects{.contract = k_contract, .transactions = 1, .acknowledged = 100, .unknown = 10};
    trial.effects->counters = model::OwnCounters{commits, {}};
    if (inserted) trial.effects->counters->inserted["users"] = *inserted;
    trial.audit =
        model::Audit{.table = "users", .rows_left = 5, .right = audited_right, .lost = 100 - audited_right};
    return trial;
}

TEST(CountedMisdeeds, FollowFromCommitsInsertedRowsAndTheAudit) {
    struct CountedCase {
        const char* what;
        model::TrialResult trial;
        std::vector<Misdeed> misdeeds;
        const char* text;
    };
    for (const CountedCase& one : {
             CountedCase{"as the contract", counted(100, 1000), {}, ""},
             CountedCase{"some that failed did their work", counted(107, 1070), {}, ""},
             CountedCase{"keys are not numbered", counted(100, std::nullopt), {}, ""},
             CountedCase{"one for several",
                         counted(25, 1000),
                         {Misdeed::one_for_several},
                         "25 commits for 100 requests answered rightly, by SQLite's change counter"},
             CountedCase{"… by the audit alone", counted(25, std::nullopt), {Misdeed::one_for_several}, ""},
             CountedCase{"work is missing",
                         counted(30, 300, 30),
                         {Misdeed::no_commit},
                         "SQLite's change counter has 30 commits for 100 requests"},
             CountedCase{"two for one",
                         counted(200, 1000),
                         {Misdeed::several_for_one},
                         "2.0 transactions per request, contract 1, by SQLite's change counter"},
             CountedCase{"eight of ten",
                         counted(100, 800),
                         {Misdeed::other_rows},
                         "inserted 8.0 rows of users per request, contract 10"},
             CountedCase{"both", counted(200, 800), {Misdeed::several_for_one, Misdeed::other_rows}, "8.0"},
             CountedCase{"keys of its own choice", counted(100, 838'449'835'621'295), {}, ""},
         }) {
        EXPECT_EQ(misdeeds(*one.trial.effects, one.trial.audit), one.misdeeds) << one.what;
        const Outcome outcome = effects(one.trial);
        const auto* finding = std::get_if<model::Finding>(&outcome);
        ASSERT_EQ(finding == nullptr, one.misdeeds.empty()) << one.what;
        if (finding != nullptr) {
            EXPECT_THAT(report::words::effects_missed(std::get<model::EffectsMissed>(finding->facts)),
                        HasSubstr(one.text));
        }
    }
}

TEST(Misdeeds, AreNoneWhereEachRequestIsOneCommitOfTheRightRows) {
    EXPECT_THAT(misdeeds(observed({shape(10, 5, 5, 100)})), IsEmpty());
    EXPECT_THAT(misdeeds(observed({shape(10, 5, 5, 100)}, 50)), IsEmpty())
        << "what was tried again counts once";
    EXPECT_THAT(misdeeds(two_transactions(200)), IsEmpty());
}

TEST(Misdeeds, LeaveOpenWhetherAFailedRequestHasCommitted) {
    EXPECT_THAT(misdeeds(observed({shape(10, 5, 5, 110)})), IsEmpty());
    EXPECT_THAT(misdeeds(observed({shape(10, 5, 5, 111)})), ElementsAre(Misdeed::several_for_one));
}

TEST(Misdeeds, AreOfRowsAloneWhereTransactionsAreNotDeclared) {
    ObservedEffects effects = observed({shape(10, 0, 0, 100), shape(0, 5, 5, 100)});
    effects.transactions = 0;
    EXPECT_THAT(misdeeds(effects), IsEmpty());
    effects.rows["users"].deleted = 499;
    EXPECT_THAT(misdeeds(effects), ElementsAre(Misdeed::other_rows));
}

TEST(Effects, OfATableWithATriggerAreNotTheContenders) {
    model::TrialResult trial;
    trial.effects = observed({shape(10, 5, 5, 100)});
    trial.effects->tables = {{model::TableFault::trigger, "users", "helper"}};
    const Outcome outcome = effects(trial);
    const auto* finding = std::get_if<model::Finding>(&outcome);
    ASSERT_NE(finding, nullptr);
    EXPECT_THAT(report::words::effects_missed(std::get<model::EffectsMissed>(finding->facts)),
                HasSubstr("users has the trigger \"helper\""));
}

std::string left(const model::TrialResult& trial) {
    const Outcome outcome = effects(trial);
    const auto* silent = std::get_if<model::NotEvaluated>(&outcome);
    return silent == nullptr ? "" : report::words::effects_left(*silent);
}

TEST(Effects, SayWhatOfThemWasCounted) {
    model::TrialResult trial;
    EXPECT_THAT(left(trial), HasSubstr("answers were checked"));
    trial.effects.emplace();
    EXPECT_THAT(left(trial), HasSubstr("not declared"));
    trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 100};
    trial.effects = observed({shape(10, 5, 5, 100)});
    EXPECT_THAT(left(trial), HasSubstr("counted in the database's log, rows audited by request, and are"));
    const ObservedEffects by_log = *trial.effects;
    trial.effects = counted(100, 1000).effects;
    EXPECT_THAT(left(trial),
                HasSubstr("transactions were counted by SQLite's change counter, inserted rows by "
                          "AUTOINCREMENT, rows audited by request, and are as the contract; "));
    trial.files.emplace();
    EXPECT_THAT(left(trial),
                HasSubstr("which rows a transaction changed, and whether it waited for the disk"))
        << "it is never evaluated as a whole";
    trial.files.reset();
    trial.effects->not_read = "its wal-index is not there";
    EXPECT_THAT(left(trial), HasSubstr("rows were audited by request and are as the contract"));
    trial.effects = by_log;
    trial.effects->not_read = "pg_waldump is not there";
    EXPECT_THAT(left(trial), HasSubstr("rows were audited by request and are as the contract"));
}

// As counted(), of a workload without files, with what single requests did before.
model::TrialResult on_sqlite(std::optional<model::SingleRequests> single) {
    model::TrialResult trial = counted(100, 1000);
    trial.files.emplace();
    trial.single_requests = std::move(single);
    return trial;
}
model::SingleRequests all_right() {
    return {.rows = model::OneByOne{.requests = 20, .as_contract = 20, .transactions = 20},
            .syncs = model::CommitSyncs{.requests = 20, .transactions = 20, .syncs = 20},
            .left_out = {}};
}
std::optional<model::Proof> proven(const model::TrialResult& trial) {
    model::Judgement judgement;
    add(judgement, effects(trial));
    return effects_proof(judgement);
}

TEST(Effects, OnSqliteAreProvenWhereSingleRequestsToldTheRest) {
    EXPECT_EQ(left(on_sqlite(all_right())), "");
    EXPECT_EQ(proven(on_sqlite(all_right())), model::Proof::proven);
    EXPECT_EQ(proven(on_sqlite(std::nullopt)), model::Proof::open);
    EXPECT_THAT(left(on_sqlite(std::nullopt)), HasSubstr("(joust verify proves it by single requests)"));
    model::TrialResult trial = on_sqlite(all_right());
    trial.audit.reset();
    EXPECT_EQ(proven(trial), model::Proof::open) << "single requests are none of a trial";
    trial = on_sqlite(all_right());
    trial.effects->not_read = "its wal-index is not there";
    EXPECT_EQ(proven(trial), model::Proof::open);
    trial = on_sqlite(all_right());
    trial.files->contract = {5, 5, 5, 5};
    trial.files->not_evaluated = "its folder is out of reach";
    EXPECT_EQ(proven(trial), model::Proof::open) << "files were not seen";
}

TEST(Effects, OnSqliteStayOpenWhereSingleRequestsDidNotTell) {
    model::SingleRequests part = all_right();
    part.rows.reset();
    part.left_out = {{"rows of single requests", "there is no table users"}};
    EXPECT_THAT(
        left(on_sqlite(part)),
        HasSubstr("; which rows a transaction changed is in no log, and single requests did not tell it "
                  "(rows of single requests: not tried, there is no table users)"));
    EXPECT_THAT(left(on_sqlite(part)), ::testing::Not(HasSubstr("joust verify")));
    part = all_right();
    part.syncs.reset();
    EXPECT_THAT(
        left(on_sqlite(part)),
        HasSubstr("; whether it waited for the disk is in no log, and single requests did not tell it"));
    EXPECT_THAT(
        left(on_sqlite(model::SingleRequests{})),
        HasSubstr("; which rows a transaction changed, and whether it waited for the disk is in no log, "
                  "and single requests did not tell it"));
}

TEST(Effects, OnSqliteAreMissedWhereSingleRequestsDidOtherWork) {
    model::SingleRequests other = all_right();
    other.rows = model::OneByOne{
        .requests = 20, .as_contract = 0, .late = 4, .transactions = 20, .rows = {{"users", {200, 0, 100}}}};
    const Outcome outcome = effects(on_sqlite(other));
    const auto* finding = std::get_if<model::Finding>(&outcome);
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(finding->effects().goodput, model::Effect::voids);
    EXPECT_EQ(
        report::words::sentence(*finding),
        "it commits after it answers: 4 of 20 requests were answered before others saw their rows; 16 of "
        "20 requests did something else than the contract when sent one by one; on average of all, each "
        "inserted 10.0, updated 0.0, deleted 5.0 rows of users, and made 1.0 transactions");
    EXPECT_EQ(model::charges(*finding),
              (model::Charges{model::Charge::verified_answers_first, model::Charge::verified_other_rows}));
    EXPECT_EQ(proven(on_sqlite(other)), model::Proof::missed);
    other = all_right();
    other.syncs->early = 20;
    EXPECT_THAT(
        report::words::sentence(std::get<model::Finding>(effects(on_sqlite(other)))),
        HasSubstr("it answers before its commits are durable: for 20 requests with 20 transactions the "
                  "service made files durable 20 times, and 20 of the answers came before a sync"));
}

TEST(EffectsProof, IsNotAskedForWhereNothingIsDeclared) {
    model::TrialResult trial;
    trial.effects.emplace();
    EXPECT_EQ(proven(trial), std::nullopt);
    EXPECT_EQ(proven(model::TrialResult{}), model::Proof::open) << "nobody looked";
}

model::LogSyncs log_of(std::uint64_t syncs, std::uint64_t commits, std::uint64_t sessions) {
    return {
        .syncs = syncs, .commits = commits, .most_sessions = sessions, .elapsed = std::chrono::seconds(6)};
}

TEST(Effects, CommitsThatDoNotWaitForTheDiskNeedHardlyAnySync) {
    struct SyncCase {
        const char* why;
        model::LogSyncs log;
        bool durable;
    };
    for (const SyncCase& one : {
             SyncCase{"a sync for each commit", log_of(2000, 2000, 4), true},
             SyncCase{"four sessions share each", log_of(500, 2000, 4), true},
             SyncCase{"… and the last second of their counts is missing", log_of(300, 2000, 4), true},
             SyncCase{"only the server's own", log_of(35, 2000, 4), false},
             SyncCase{"twenty sessions, asynchronous", log_of(40, 2400, 20), false},
             SyncCase{"so many sessions that nothing follows", log_of(40, 2400, 200), true},
             SyncCase{"too little work for anything to follow", log_of(0, 100, 4), true},
             SyncCase{"no session was seen", log_of(0, 2000, 0), true},
         }) {
        ObservedEffects effects = observed({shape(10, 5, 5, 100)});
        effects.log_syncs = one.log;
        EXPECT_EQ(misdeeds(effects).empty(), one.durable) << one.why;
    }
}

TEST(Effects, DurabilityThatDoesNotFollowIsNotCalledProven) {
    model::TrialResult trial;
    trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 100};
    trial.effects = observed({shape(10, 5, 5, 100)});
    trial.files.emplace();  // the workload declares none
    trial.effects->log_syncs = log_of(2000, 2000, 4);
    EXPECT_EQ(left(trial), "") << "all of it was evaluated";
    trial.effects->log_syncs = log_of(1063, 1388, 20);
    EXPECT_EQ(left(trial), "") << "many sessions, but far more syncs than the server makes on its own";
    const char* const open = "does not follow from the syncs of the log";
    trial.effects->log_syncs = log_of(40, 2400, 200);
    EXPECT_THAT(left(trial), HasSubstr(open));
    trial.effects->log_syncs = log_of(0, 2000, 4);
    trial.effects->log_syncs->syncs.reset();
    EXPECT_THAT(left(trial), HasSubstr(open)) << "a session had not told its syncs";
}

TEST(Effects, OneAnswerWithTheIdOfAnotherVoids) {
    model::TrialResult trial;
    trial.samples.ids = {{.prefix = "a", .issued = 1000}, {.prefix = "b", .issued = 1000, .misdelivered = 1}};
    const Outcome outcome = effects(trial);
    const auto* finding = std::get_if<model::Finding>(&outcome);
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(finding->effects().goodput, model::Effect::voids);
    EXPECT_EQ(report::words::sentence(*finding),
              "1 request got an answer that is right for another id of this run (misdelivered)");
}

TEST(Effects, OfRowsWithOtherValuesNameTheContracts) {
    model::TrialResult trial;
    trial.audit = model::Audit{
        .table = "users", .rows_left = 5, .right = 98, .wrong_values = 2, .values = {{"age", "99"}}};
    const Outcome outcome = effects(trial);
    const auto* finding = std::get_if<model::Finding>(&outcome);
    ASSERT_NE(finding, nullptr);
    EXPECT_THAT(report::words::sentence(*finding),
                HasSubstr("of 100 requests answered rightly 2 left rows with other values than age = 99"));
}

TEST(Effects, OfCommitsThatDoNotWaitNameTheSettingOfTheRole) {
    model::TrialResult trial;
    trial.effects = observed({shape(10, 5, 5, 100)});
    trial.own_settings = model::OwnSettings{
        .durability = model::Durability::full,
        .settings = {{.role = "joust_beast", .database = "", .name = "jit", .value = "off"}}};
    EXPECT_FALSE(std::holds_alternative<model::Finding>(effects(trial)))
        << "that one is no matter of durability";
    trial.own_settings->settings.push_back(
        {.role = "joust_beast", .database = "joust_beast", .name = "synchronous_commit", .value = "off"});
    const Outcome outcome = effects(trial);
    const auto* finding = std::get_if<model::Finding>(&outcome);
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(
        report::words::sentence(*finding),
        "role joust_beast in database joust_beast has synchronous_commit = off, so commits are answered "
        "before they are durable");
}

TEST(OwnSettingWords, SayWhoseItIs) {
    using report::words::own_setting_words;
    EXPECT_EQ(own_setting_words({"a", "", "jit", "off"}), "role a has jit = off");
    EXPECT_EQ(own_setting_words({"", "b", "jit", "off"}), "database b has jit = off");
    EXPECT_EQ(own_setting_words({"", "", "jit", "off"}), "every role has jit = off");
}

TEST(PerRequest, HasAsManyDecimalsAsItNeeds) {
    EXPECT_EQ(report::words::per_request(800, 100), "8.0");
    EXPECT_EQ(report::words::per_request(999, 1000), "0.999");
    EXPECT_EQ(report::words::per_request(5, 0), "–");
}

}  // namespace
}  // namespace joust::rules
