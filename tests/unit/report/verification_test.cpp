#include "report/verification.hpp"

#include <gmock/gmock.h>

#include <regex>

namespace joust::report {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

model::TrialResult trial_of(const std::string& entrant) {
    model::TrialResult trial;
    trial.plan.entrant = entrant;
    trial.samples.completed_in_window = 400;
    const model::RowsByTable rows{{"users", {10, 5, 5}}};
    trial.effects = model::ObservedEffects{.contract = rows,
                                           .transactions = 1,
                                           .not_read = {},
                                           .acknowledged = 400,
                                           .unknown = 0,
                                           .shapes = {{rows, 400}},
                                           .other_commits = 0,
                                           .rows = {{"users", {4000, 2000, 2000}}},
                                           .rolled_back = 0,
                                           .rows_elsewhere = 0,
                                           .answers_ahead = 0,
                                           .tables = {}};
    trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 400, .values = {{"age", "99"}}};
    return trial;
}

/// One entrant that is sound and one that answers before its commits are durable.
struct Two {
    model::TrialResult good = trial_of("good");
    model::TrialResult bad = trial_of("bad");
    model::Judgement judgement;
    model::Verification sound{
        .entrant = "good",
        .slow_commits = model::SlowCommits{.delay = 50ms, .requests = 20, .shortest = 50800us},
        .crash = model::Audit{.table = "users", .rows_left = 5, .right = 300},
        .left_out = {}};
    model::Verification early{
        .entrant = "bad",
        .slow_commits =
            model::SlowCommits{.delay = 50ms, .requests = 20, .before_durable = 20, .shortest = 90us},
        .crash = model::Audit{.table = "users", .rows_left = 5, .right = 250, .lost = 50},
        .left_out = {{"something", "it could not be done"}}};
    std::vector<VerifiedEntrant> entrants{{.trial = good,
                                           .judgement = judgement,
                                           .verification = sound,
                                           .proof = model::Proof::proven,
                                           .misdeeds = {},
                                           .statements = model::StatementCount{10, 70}},
                                          {.trial = bad,
                                           .judgement = judgement,
                                           .verification = early,
                                           .proof = model::Proof::missed,
                                           .misdeeds = {model::Misdeed::not_durable},
                                           .statements = {}}};
};

TEST(VerificationText, SetsContractAndObservationSideBySide) {
    const std::string text = verification_text("Good against bad", Two().entrants);
    EXPECT_THAT(text, HasSubstr("Good against bad\n"));
    const std::string narrow = std::regex_replace(text, std::regex(" {2,}"), " | ");
    for (const char* line : {
             "each request | contract | good | bad\n",
             "transactions | 1 | 1.0 | 1.0\n",
             "rows of users inserted | 10 | 10.0 | 10.0\n",
             "rows left, by request | 5 of users, age = 99 | 400 of 400 requests | 400 of 400 requests\n",
             "SQL statements | – | 7.0 | –\n",
             "effects | proven | not as the contract\n",
         })
        EXPECT_THAT(narrow, HasSubstr(line));
    EXPECT_THAT(text, HasSubstr("20 of 20 requests, the soonest 50.8 ms"));
    EXPECT_THAT(text, HasSubstr("0 of 20 requests, the soonest 90.0 µs"));
    EXPECT_THAT(text, HasSubstr("250 of 300 requests (50 lost)"));
    EXPECT_THAT(text, HasSubstr("proven"));
}

TEST(VerificationText, SaysWhatIsWrongAndWhatWasNotTried) {
    const std::string text = verification_text("", Two().entrants);
    EXPECT_THAT(text, HasSubstr("\nbad: it answers before its commits are durable: 20 of 20 requests were "
                                "answered sooner than 50 ms after their commit"));
    EXPECT_THAT(text, HasSubstr("of 300 requests answered rightly 50 had left no row"));
    EXPECT_THAT(text, HasSubstr("\nbad: something: not tried, it could not be done."));
    EXPECT_THAT(text, Not(HasSubstr("\ngood: ")));
}

TEST(VerificationText, CallsNoAnswerEarlyToWhichNoCommitBelongs) {
    Two two;
    two.early.slow_commits = model::SlowCommits{.delay = 50ms, .requests = 20, .without_commit = 20};
    two.early.crash->problem = "it is no ordinary table";
    two.entrants[1].misdeeds = {model::Misdeed::no_commit};
    const std::string text = verification_text("", two.entrants);
    EXPECT_THAT(text, HasSubstr("\nbad: no commit of these tables was seen: for 20 of 20 requests none came "
                                "before the answer, nor behind it."));
    EXPECT_THAT(text, HasSubstr("0 of 20 requests (no commit before an answer)"));
    EXPECT_THAT(text, HasSubstr("it is no ordinary table"));
    EXPECT_THAT(text, Not(HasSubstr("after it answers")));
    EXPECT_THAT(text, Not(HasSubstr("lost")));
}

TEST(VerificationText, SaysThatFilesCameAfterTheAnswer) {
    Two two;
    two.early.files = model::FilesByAnswer{.requests = 20, .in_time = 1, .late = 19, .held_up = true};
    const VerifiedEntrant late{.trial = two.bad,
                               .judgement = two.judgement,
                               .verification = two.early,
                               .proof = model::Proof::missed,
                               .misdeeds = {model::Misdeed::files_late},
                               .statements = {}};
    const std::string text = verification_text("Title", {late});
    EXPECT_THAT(text, HasSubstr("1 of 20 requests"));
    EXPECT_THAT(text,
                HasSubstr("bad: it does its file work after it answers: 19 of 20 requests were answered "
                          "before it was done."));
    EXPECT_EQ(verification_json({late})["entrants"][0]["files_by_answer"]["late"], 19);
}

TEST(VerificationJson, HasTheSameNumbers) {
    const nlohmann::ordered_json json = verification_json(Two().entrants);
    EXPECT_EQ(json["schema_version"], 1);
    const auto& good = json["entrants"][0];
    EXPECT_EQ(good["entrant"], "good");
    EXPECT_EQ(good["effects"], "proven");
    EXPECT_EQ(good["slow_commits"]["shortest_ns"], 50'800'000);
    EXPECT_EQ(good["crash"]["right"], 300);
    EXPECT_EQ(good["statements_per_request"], 7.0);
    EXPECT_EQ(good["syncs"], nullptr);
    const auto& bad = json["entrants"][1];
    EXPECT_EQ(bad["effects"], "missed");
    EXPECT_EQ(bad["slow_commits"]["before_durable"], 20);
    EXPECT_EQ(bad["crash"]["lost"], 50);
    EXPECT_EQ(bad["texts"].size(), 2U);
}

TEST(VerificationText, ShowsOfADatabaseThatOnlyCountsWhatItCounts) {
    Two two;
    two.good.effects->counters = model::OwnCounters{400, {{"users", 4000}}};
    const std::string narrow =
        std::regex_replace(verification_text("", two.entrants), std::regex(" {2,}"), " | ");
    EXPECT_THAT(narrow, HasSubstr("rows of users inserted | 10 | 10.0 | 10.0\n"));
    EXPECT_THAT(narrow, HasSubstr("rows of users updated | 5 | – | 5.0\n"));
}

TEST(VerificationText, FillsInWhatSingleRequestsTell) {
    Two two;
    two.good.effects->counters = model::OwnCounters{400, {{"users", 4000}}};
    two.sound.single = model::SingleRequests{
        .rows =
            model::OneByOne{
                .requests = 20, .as_contract = 20, .transactions = 20, .rows = {{"users", {200, 100, 90}}}},
        .syncs = {},
        .left_out = {}};
    two.judgement.not_evaluated = {{.rule = model::Rule::effects, .short_window = {}}};
    const std::string text = verification_text("", two.entrants);
    const std::string narrow = std::regex_replace(text, std::regex(" {2,}"), " | ");
    EXPECT_THAT(narrow, HasSubstr("rows of users updated | 5 | 5.0 | 5.0\n"));
    EXPECT_THAT(narrow, HasSubstr("rows of users deleted | 5 | 4.5 | 5.0\n"));
    EXPECT_THAT(narrow, HasSubstr("as the contract, one by one | all | 20 of 20 requests | –\n"));
    EXPECT_THAT(text, Not(HasSubstr("\ngood: "))) << "what a trial left open is proven beside it";
}

TEST(VerificationText, SaysWhyRowsAndSyncsAreNotKnown) {
    Two two;
    two.good.effects->not_read = "SQLite's change counter was not read: its journal mode is DELETE";
    two.sound.single = model::SingleRequests{
        .rows = {}, .syncs = {}, .left_out = {{"rows of single requests", "it has another table"}}};
    two.judgement.not_evaluated = {{.rule = model::Rule::effects, .short_window = {}, .in_part = true}};
    two.entrants[0].proof = model::Proof::open;
    const std::string text = verification_text("", two.entrants);
    EXPECT_THAT(text, HasSubstr("\ngood: rows and transactions: not counted, SQLite's change counter was not "
                                "read: its journal mode is DELETE."));
    EXPECT_THAT(text, HasSubstr("\ngood: rows of single requests: not tried, it has another table."));
    // Where the rule gives that reason itself, it does so once.
    two.good.effects->not_read.clear();
    two.judgement.not_evaluated = {{.rule = model::Rule::effects,
                                    .short_window = {},
                                    .in_part = true,
                                    .in_counters = true,
                                    .single = two.sound.single}};
    const std::string by_rule = verification_text("", {two.entrants[0]});
    EXPECT_THAT(by_rule, HasSubstr("it has another table"));
    EXPECT_EQ(by_rule.find("it has another table"), by_rule.rfind("it has another table"));
}

// What single requests did is judged with the trial.
TEST(VerificationText, SaysOnceWhatSingleRequestsDidInstead) {
    Two two;
    two.early = {
        .entrant = "bad",
        .single = model::SingleRequests{.rows = model::OneByOne{.requests = 20, .as_contract = 16, .late = 4},
                                        .syncs = {},
                                        .left_out = {}}};
    two.bad.single_requests = two.early.single;
    const model::Judgement judged{
        .validity = model::Validity::invalid,
        .findings = {{.rule = model::Rule::effects,
                      .facts = model::EffectsMissed{.single = two.early.single,
                                                    .single_misdeeds = {model::Misdeed::answers_first}},
                      .in = {}}},
        .not_evaluated = {}};
    const std::vector<VerifiedEntrant> entrants{{.trial = two.bad,
                                                 .judgement = judged,
                                                 .verification = two.early,
                                                 .proof = model::Proof::missed,
                                                 .misdeeds = {},
                                                 .statements = {}}};
    const std::string text = verification_text("", entrants);
    EXPECT_THAT(text, HasSubstr("\nbad: it commits after it answers: 4 of 20 requests were answered before "
                                "others saw their rows.\n"));
    EXPECT_EQ(text.find("commits after"), text.rfind("commits after"));
    EXPECT_THAT(text, HasSubstr("as the contract, one by one"));
}

}  // namespace
}  // namespace joust::report
