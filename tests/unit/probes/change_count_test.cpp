#include "probes/change_count.hpp"

#include <gmock/gmock.h>

#include <utility>

#include "base/file.hpp"
#include "base/text.hpp"
#include "probes/wal_probe.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;
using database::ChangeLog;
using database::TableState;
using database::WalAct;
using database::WalRecord;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* k_users = "1663/5/16401";
const model::RowsByTable k_contract{{"users", {10, 5, 5}}};

ChangeLog log_of(const std::string& relation = k_users) {
    ChangeLog log{.database = "5"};
    log.before = log.after = {{"users", TableState{.relation = relation}}};
    return log;
}

WalRecord rows(std::uint32_t transaction, WalAct act, std::uint32_t count,
               std::string_view relation = k_users) {
    return {.act = act, .transaction = transaction, .rows = count, .relation = relation};
}
WalRecord end(std::uint32_t transaction, WalAct act, std::vector<std::uint32_t> subtransactions = {},
              Nanoseconds time = 0s) {
    return {.act = act,
            .transaction = transaction,
            .time = WallTime(time),
            .subtransactions = std::move(subtransactions)};
}
std::vector<WalRecord> request(std::uint32_t transaction) {
    return {rows(transaction, WalAct::inserted, 10), rows(transaction, WalAct::updated, 5),
            rows(transaction, WalAct::deleted, 5)};
}

class Counting : public ::testing::Test {
protected:
    void add(const std::vector<WalRecord>& records) {
        for (const WalRecord& record : records)
            changes_.add(record);
    }
    [[nodiscard]] model::ObservedEffects effects() const {
        model::ObservedEffects effects{.contract = k_contract};
        changes_.write(effects);
        return effects;
    }
    ChangeCount changes_{k_contract, log_of(), {}};
};

TEST_F(Counting, CountsACommitByWhatItChanged) {
    add(request(1));
    EXPECT_EQ(effects().commits(), 0U) << "it has not committed yet";
    add({end(1, WalAct::committed)});
    EXPECT_EQ(effects().as_declared(), 1U);
    EXPECT_EQ(effects().rows, k_contract);
}

TEST_F(Counting, KeepsWhatWasRolledBackApart) {
    add(request(1));
    add({end(1, WalAct::aborted)});
    EXPECT_EQ(effects().commits(), 0U);
    EXPECT_EQ(effects().rolled_back, 1U);
}

TEST_F(Counting, GivesSubtransactionsToTheirParentsUnlessTheyWereRolledBack) {
    add({rows(2, WalAct::inserted, 10), rows(3, WalAct::updated, 10), end(3, WalAct::aborted),
         rows(4, WalAct::updated, 5), rows(1, WalAct::deleted, 5), end(1, WalAct::committed, {2, 4})});
    EXPECT_EQ(effects().as_declared(), 1U);
    EXPECT_EQ(effects().commits(), 1U);
}

TEST_F(Counting, TellsTransactionsThatAreOpenAtOnceApart) {
    add({rows(1, WalAct::inserted, 10), rows(2, WalAct::inserted, 10), rows(2, WalAct::updated, 5),
         rows(1, WalAct::updated, 5), rows(1, WalAct::deleted, 5), rows(2, WalAct::deleted, 5),
         end(2, WalAct::committed), end(1, WalAct::committed)});
    EXPECT_EQ(effects().as_declared(), 2U);
}

TEST_F(Counting, HasTheMostFrequentShapeFirst) {
    add({rows(1, WalAct::inserted, 10), end(1, WalAct::committed)});
    for (const std::uint32_t transaction : {2U, 3U}) {
        add(request(transaction));
        add({end(transaction, WalAct::committed)});
    }
    EXPECT_THAT(effects().shapes, ElementsAre(model::CommitShape{k_contract, 2},
                                              model::CommitShape{{{"users", {10, 0, 0}}}, 1}));
}

TEST_F(Counting, CountsOtherTablesOfTheDatabaseButNotTheCatalogOrAnother) {
    add({rows(1, WalAct::inserted, 3, "1663/5/16500"), rows(1, WalAct::inserted, 4, "1663/5/1259"),
         rows(1, WalAct::inserted, 5, "1663/6/16500"), end(1, WalAct::committed)});
    EXPECT_EQ(effects().rows_elsewhere, 3U);
    EXPECT_EQ(effects().commits(), 0U);
}

TEST_F(Counting, TakesBackWhatOnConflictWithdrew) {
    add({rows(1, WalAct::inserted, 11), rows(1, WalAct::withdrawn, 1), rows(1, WalAct::updated, 5),
         rows(1, WalAct::deleted, 5), end(1, WalAct::committed)});
    EXPECT_EQ(effects().as_declared(), 1U);
}

TEST_F(Counting, ProvesNothingOfCommitsInTwoSteps) {
    add({{.act = WalAct::prepared, .transaction = 1}});
    EXPECT_EQ(effects().not_read, k_two_steps);
}

TEST_F(Counting, KeepsFewShapesOfMany) {
    for (std::uint32_t i = 1; i <= 30; ++i)
        add({rows(i, WalAct::inserted, i), end(i, WalAct::committed)});
    EXPECT_EQ(effects().shapes.size(), model::ObservedEffects::k_most_shapes);
    EXPECT_EQ(effects().other_commits, 10U);
    EXPECT_EQ(effects().commits(), 30U);
}

TEST(ChangeCount, CountsCommitsUpToEachTime) {
    ChangeCount changes(k_contract, log_of(), {WallTime(1s), WallTime(2s)});
    for (const auto& [transaction, time] : {std::pair(1U, 1s), std::pair(2U, 2s), std::pair(3U, 3s)}) {
        changes.add(rows(transaction, WalAct::inserted, 1));
        changes.add(end(transaction, WalAct::committed, {}, time));
    }
    EXPECT_THAT(changes.commits_by(), ElementsAre(1, 2));
}

// The dumps of real servers, see tests/unit/database/wal/dump.sh.
TEST(ChangeCount, OfARealLogIsThatOfItsStatements) {
    for (const char* name : {"postgres-15.txt", "postgres-17.txt"}) {
        const std::string text = read_file(Path(JOUST_SOURCE_DIR) / "tests/unit/database/wal" / name).value();
        const std::string relation(split(text, '\n').front().substr(std::string_view("relation ").size()));
        ChangeCount changes(k_contract, log_of(relation), {});
        for (const std::string_view line : split(text, '\n'))
            if (const auto record = database::parse_wal_line(line).value()) changes.add(*record);
        model::ObservedEffects effects{.contract = k_contract};
        changes.write(effects);
        EXPECT_EQ(effects.as_declared(), 3U) << name;  // by rows, by COPY, in subtransactions
        EXPECT_EQ(effects.rolled_back, 2U) << name;    // a transaction, and a subtransaction
        // ON CONFLICT twice, three updates of five rows.
        EXPECT_THAT(effects.rows, ElementsAre(std::pair("users", model::RowEffects{31, 31, 15}))) << name;
        EXPECT_EQ(effects.rows_elsewhere, 1U + 65U) << name;
    }
}

TEST(AnswersAhead, IsTheMostThatAnswersWereAheadOfCommits) {
    const Answers answers{{TimePoint(1s), 5}, {TimePoint(2s), 12}, {TimePoint(3s), 13}};
    EXPECT_EQ(answers_ahead(answers, {5, 12, 20}), 0U);
    EXPECT_EQ(answers_ahead(answers, {5, 9, 12}), 3U);
    EXPECT_EQ(answers_ahead({}, {}), 0U);
}

TEST(FaultyTables, NamesEachFaultOnce) {
    using model::TableFault;
    EXPECT_THAT(faulty_tables(k_contract, log_of()), IsEmpty());
    EXPECT_THAT(faulty_tables(k_contract, ChangeLog{}),
                ElementsAre(model::FaultyTable{TableFault::missing, "users", ""}));
    ChangeLog log = log_of();
    log.before["users"].logged = false;
    log.after["users"] = {
        .relation = "1663/5/2", .ordinary = false, .logged = false, .triggers = {"t"}, .rules = {"r"}};
    EXPECT_THAT(faulty_tables(k_contract, log),
                ElementsAre(model::FaultyTable{TableFault::unlogged, "users", ""},
                            model::FaultyTable{TableFault::no_table, "users", ""},
                            model::FaultyTable{TableFault::trigger, "users", "t"},
                            model::FaultyTable{TableFault::rule, "users", "r"},
                            model::FaultyTable{TableFault::replaced, "users", ""}));
}

model::Workload workload(const std::vector<model::EffectsContract>& operations) {
    model::Workload workload;
    for (const auto& effects : operations)
        workload.operations.push_back({.effects = effects});
    return workload;
}

TEST(RowsChanged, AreThoseThatAllOperationsDeclare) {
    const model::EffectsContract declared{.rows = {{"users", {10, 5, 5}}, {"idle", {}}}, .transactions = 1};
    const auto found = rows_changed(workload({declared, declared}));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rows, k_contract);
    EXPECT_EQ(found->transactions, 1);
    EXPECT_FALSE(rows_changed(workload({declared, {.rows = {{"users", {1, 0, 0}}}}})));
    EXPECT_FALSE(rows_changed(workload({declared, {}})));
    EXPECT_FALSE(declares_nothing(workload({declared, {}})));
    EXPECT_TRUE(declares_nothing(workload({{}, {.rows_left = 5}})));
}

TEST(FaultyTables, NameAForeignKeyThatDoesTheWorkAndTriggersOfTablesBeside) {
    database::ChangeLog log;
    log.before =
        log.after = {{"users", database::TableState{.relation = "1663/5/2", .cascades = {"users_team_fkey"}}},
                     {"jobs", database::TableState{.relation = "1663/5/3", .triggers = {"work"}}}};
    const model::RowsByTable contract{{"users", {10, 5, 5}}};
    EXPECT_THAT(faulty_tables(contract, log), ::testing::ElementsAre(model::FaultyTable{
                                                  model::TableFault::cascade, "users", "users_team_fkey"}));
    EXPECT_THAT(faults_elsewhere(contract, log),
                ::testing::ElementsAre(model::FaultyTable{model::TableFault::trigger, "jobs", "work"}));
    log.after.erase("jobs");
    EXPECT_THAT(faults_elsewhere(contract, log), ::testing::SizeIs(1)) << "it was there when the load began";
}

TEST(FaultyTables, NameAConstraintThatATableOnceHad) {
    ChangeLog log = log_of();
    log.made = {{"users", {"PRIMARY KEY (id)", "UNIQUE (email)"}}, {"orders", {"PRIMARY KEY (id)"}}};
    log.before["users"].constraints = {"PRIMARY KEY (id)", "UNIQUE (email)", "INDEX (age)"};
    log.after["users"].constraints = {"PRIMARY KEY (id)", "UNIQUE (email)"};
    EXPECT_THAT(faulty_tables(k_contract, log), IsEmpty()) << "what came later may go";
    log.after["users"].constraints = {"PRIMARY KEY (id)"};
    EXPECT_THAT(faulty_tables(k_contract, log),
                ElementsAre(model::FaultyTable{model::TableFault::constraint, "users", "UNIQUE (email)"}));
}

TEST(Effects, ThatDifferFromOperationToOperationAreDeclaredAndNotRead) {
    model::Workload workload;
    workload.operations.resize(2);
    workload.operations.front().effects.rows = {{"users", {10, 5, 5}}};
    EXPECT_FALSE(rows_changed(workload));
    const model::ObservedEffects effects = effects_that_differ(workload);
    EXPECT_TRUE(effects.declared());
    EXPECT_THAT(effects.not_read, ::testing::HasSubstr("operations of the workload differ"));
}

}  // namespace
}  // namespace joust::probes
