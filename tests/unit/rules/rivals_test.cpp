#include <gmock/gmock.h>

#include "model/charge.hpp"
#include "report/words/rules.hpp"
#include "rules/effects.hpp"
#include "rules/trial_rules.hpp"

// What a contender that rests may do to the one that is measured.
namespace joust::rules {
namespace {

using model::CommitShape;
using model::Misdeed;
using model::ObservedEffects;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const model::RowsByTable k_users{{"users", {10, 5, 5}}};

/// Of a hundred requests that were answered rightly and ten others, with these commits.
ObservedEffects with_commits(const std::vector<CommitShape>& shapes) {
    ObservedEffects effects{.contract = k_users,
                            .transactions = 1,
                            .acknowledged = 100,
                            .unknown = 10,
                            .shapes = shapes,
                            .rows = {{"users", {}}}};
    for (const CommitShape& one : shapes) {
        const auto commits = static_cast<std::int64_t>(one.commits);
        const model::RowEffects& rows = one.rows.at("users");
        model::RowEffects& sum = effects.rows["users"];
        sum.inserted += rows.inserted * commits;
        sum.updated += rows.updated * commits;
        sum.deleted += rows.deleted * commits;
    }
    return effects;
}
CommitShape commits_of(std::int64_t inserted, std::int64_t updated, std::int64_t deleted,
                       std::uint64_t commits) {
    return {{{"users", {inserted, updated, deleted}}}, commits};
}

// A rival that calls the contender's port must not make it look as if it had done something.
TEST(ForeignRequests, AccuseNobodyOfEffects) {
    model::TrialResult trial;
    trial.effects = with_commits({commits_of(10, 5, 5, 114)});
    trial.audit = model::Audit{.table = "users", .rows_left = 5, .right = 100, .foreign_rows = 20};
    EXPECT_THAT(misdeeds(*trial.effects, trial.audit), IsEmpty());
    EXPECT_FALSE(std::holds_alternative<model::Finding>(effects(trial)));
    const Outcome outcome = foreign_requests(trial);
    const auto* finding = std::get_if<model::Finding>(&outcome);
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(finding->effects().worst(), model::Effect::voids);
    EXPECT_TRUE(model::charges(*finding).empty());
    EXPECT_EQ(report::words::sentence(*finding),
              "somebody else sent it requests: beside the 110 of the load generator 4 requests with ids that "
              "this run never had left rows, so that there are 114 commits");
}

TEST(ForeignRequests, ExplainNoFurtherCommits) {
    struct ForeignCase {
        const char* what;
        ObservedEffects effects;
        std::uint64_t foreign_rows;
        std::vector<Misdeed> misdeeds;
    };
    for (const ForeignCase& one :
         {ForeignCase{
              "more than theirs", with_commits({commits_of(10, 5, 5, 115)}), 20, {Misdeed::several_for_one}},
          ForeignCase{
              "none of theirs", with_commits({commits_of(10, 5, 5, 114)}), 0, {Misdeed::several_for_one}},
          ForeignCase{"within the requests of its own", with_commits({commits_of(10, 5, 5, 110)}), 20, {}},
          ForeignCase{
              "work that is missing", with_commits({commits_of(10, 5, 5, 99)}), 20, {Misdeed::no_commit}},
          ForeignCase{"other rows",
                      with_commits({commits_of(10, 5, 5, 110), commits_of(5, 0, 0, 4)}),
                      20,
                      {Misdeed::other_rows}}}) {
        model::TrialResult trial;
        trial.effects = one.effects;
        trial.audit =
            model::Audit{.table = "users", .rows_left = 5, .right = 100, .foreign_rows = one.foreign_rows};
        EXPECT_EQ(misdeeds(*trial.effects, trial.audit), one.misdeeds) << one.what;
    }
}

std::vector<model::Finding> findings_with(const std::map<std::string, std::uint64_t>& others) {
    model::TrialResult trial;
    trial.database_waits = model::DatabaseWaits{.samples = 40, .others = others};
    std::vector<model::Finding> found;
    for (const TrialRule rule : trial_rules())
        if (const Outcome outcome = rule(trial, {}); const auto* one = std::get_if<model::Finding>(&outcome))
            if (one->rule == model::Rule::database_taken) found.push_back(*one);
    return found;
}

TEST(DatabaseTaken, IsSaidOfWhoeverWasAtWorkInManySamples) {
    const auto one = findings_with({{"django", 4}, {"beast", 2}});
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(
        report::words::sentence(one.front()),
        "django was at work in the database server that all share while this contender was measured: in "
        "10 % of the samples (limit 5 %)");
    EXPECT_EQ(one.front().effects().worst(), model::Effect::doubts);
    EXPECT_TRUE(model::charges(one.front()).empty()) << "it is the other one's doing";
    EXPECT_THAT(report::words::sentence(findings_with({{"django", 4}, {"beast", 3}}).at(0)),
                HasSubstr("beast, django were at work"));
}

TEST(DatabaseTaken, IsNotSaidOfWhoeverIsMetByChance) {
    EXPECT_THAT(findings_with({}), IsEmpty());
    EXPECT_THAT(findings_with({{"django", 2}}), IsEmpty());
}

}  // namespace
}  // namespace joust::rules
