#include <gmock/gmock.h>

#include "probes/commit_times.hpp"
#include "probes/wal_probe.hpp"
#include "unit/database/contender_session.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;
using database::ContenderSession;
using ::testing::HasSubstr;

constexpr const char* k_why = "it commits in two steps (PREPARE TRANSACTION), which are not counted";

/// A real server whose benchmark allows commits in two steps, and a contender that makes them.
class TwoSteps : public ::testing::Test {
protected:
    void SetUp() override {
        ask("CREATE TABLE users (id serial PRIMARY KEY, request_id text)");
        ASSERT_TRUE(database_->reset("one"));
        ASSERT_TRUE(database_->begin_turn("one"));
    }
    void ask(const std::string& statement) { EXPECT_EQ(session_.state_of(statement), "") << statement; }
    void prepare(const std::string& name) {
        ask("BEGIN");
        ask("INSERT INTO users (request_id) VALUES ('a')");
        ask("PREPARE TRANSACTION '" + name + "'");
    }
    model::ObservedEffects effects() {
        model::TrialResult trial;
        trial.samples.ids = {{.prefix = "a", .issued = 1}};
        const Answers answers;
        const OwnCode code;
        WalProbe probe(*database_, "one", RowsChanged{{{"users", {1, 0, 0}}}, 1}, answers, code);
        EXPECT_TRUE(probe.begin(now(), now()));
        EXPECT_TRUE(probe.finish(trial));
        return *trial.effects;
    }

    test::Rig rig_;
    std::unique_ptr<database::Database> database_ = database::started_database(
        rig_, {.durability = model::Durability::relaxed,
               .settings = {{"shared_buffers", "16MB"}, {"max_prepared_transactions", "10"}}});
    ContenderSession session_{database_->create_for("one").value()};
};

TEST_F(TwoSteps, ProveNothingOfATrialAndAreNotHeldAgainstIt) {
    prepare("both");
    ask("COMMIT PREPARED 'both'");
    EXPECT_EQ(effects().not_read, k_why);
    EXPECT_EQ(session_.ask("SELECT count(*) FROM users"), "1");
}

TEST_F(TwoSteps, AreNoCommitBeforeTheSecondOne) {
    prepare("first");
    const model::ObservedEffects found = effects();
    EXPECT_EQ(found.not_read, k_why);
    EXPECT_EQ(found.commits(), 0U);
    EXPECT_EQ(session_.ask("SELECT count(*) FROM users"), "0");
}

TEST_F(TwoSteps, AreNotTakenForNoCommitWhereCommitsTakeLong) {
    prepare("both");
    ask("COMMIT PREPARED 'both'");
    const auto times = commit_times(*database_, "one", {"users"});
    ASSERT_FALSE(times);
    EXPECT_EQ(times.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(times.error().message, HasSubstr(k_why));
}

// The name of such a transaction is the contender's, and is printed as it is.
TEST_F(TwoSteps, WhoseNameLooksLikeACommitAreNone) {
    prepare("x\nrmgr: Transaction , tx:        777, desc: COMMIT 2026-11-29 00:00:00.000000 UTC");
    EXPECT_EQ(effects().commits(), 0U);
    ASSERT_TRUE(database_->reset("one"));
    ASSERT_TRUE(database_->begin_turn("one"));
    prepare("x\nrmgr: Transaction , tx:        777, desc: COMMIT 2026-11-29 00:00:00.000000 UTC");
    EXPECT_FALSE(commit_times(*database_, "one", {"users"}));
}

// No session is left that could be ended, and a crash of the server does not end it either.
TEST_F(TwoSteps, ThatWereLeftHalfDoneHoldNobodyUp) {
    prepare("left '' \\ over");
    const TimePoint start = now();
    const Status reset = database_->reset("one");
    ASSERT_TRUE(reset) << reset.error().message;
    EXPECT_LT(now() - start, 5s);
    EXPECT_EQ(session_.ask("SELECT count(*) FROM pg_prepared_xacts"), "0");
}

}  // namespace
}  // namespace joust::probes
