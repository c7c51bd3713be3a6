#include "model/quantity.hpp"

#include <gtest/gtest.h>

namespace joust::model {
namespace {

// A trial of 200 operations in the window, and 250 requests answered rightly from its reset to its drain.
TrialResult worked() {
    TrialResult trial;
    trial.samples.completed_in_window = 200;
    trial.database_traffic = DatabaseTraffic{
        .sessions_opened = 10, .connections = 4, .segments = Segments{.received = 1000, .sent = 1}};
    trial.effects = ObservedEffects{.contract = {{"users", {10, 5, 5}}},
                                    .transactions = 1,
                                    .acknowledged = 250,
                                    .shapes = {{{{"users", {10, 5, 5}}}, 240}},
                                    .other_commits = 10,
                                    .rows = {{"users", {2500, 1250, 1250}}},
                                    .log_syncs = LogSyncs{.syncs = 100, .commits = 250},
                                    .log_bytes = 1'300'000};
    trial.files =
        ObservedFiles{.contract = {5, 5, 5, 5}, .slices = 1, .requests = 40, .seen = {200, 0, 0, 0}};
    trial.parties = {{.role = Role::contender,
                      .name = "a",
                      .usage = {.bytes_read = Bytes{4000}, .bytes_written = Bytes{8000}}}};
    return trial;
}

struct WorkRow {
    Quantity quantity;
    double value;
};

TEST(WorkOfAnOperation, IsDividedByWhatCausedIt) {
    for (const WorkRow& row :
         {WorkRow{Quantity::database_round_trips_per_operation, 5},
          WorkRow{Quantity::database_connections_opened_per_operation, 0.05},
          WorkRow{Quantity::database_commits_per_operation, 1},
          WorkRow{Quantity::database_rows_changed_per_operation, 20},
          WorkRow{Quantity::database_log_bytes_per_operation, 5200},
          WorkRow{Quantity::database_log_syncs_per_commit, 0.4},
          WorkRow{Quantity::files_created_per_operation, 5}, WorkRow{Quantity::bytes_read_per_operation, 20},
          WorkRow{Quantity::bytes_written_per_operation, 40}}) {
        const auto found = value(row.quantity, worked());
        ASSERT_TRUE(found) << quantities()[static_cast<std::size_t>(row.quantity)].key;
        EXPECT_DOUBLE_EQ(*found, row.value) << quantities()[static_cast<std::size_t>(row.quantity)].key;
        EXPECT_EQ(value(row.quantity, TrialResult{}), std::nullopt) << "of an earlier version";
    }
}

TEST(WorkOfAnOperation, IsUnknownWhereItWasNotSeen) {
    TrialResult trial = worked();
    trial.database_traffic->segments.reset();
    EXPECT_EQ(value(Quantity::database_round_trips_per_operation, trial), std::nullopt);
    EXPECT_TRUE(value(Quantity::database_connections_opened_per_operation, trial));
    trial.effects->not_read = "pg_waldump is not there";
    EXPECT_EQ(value(Quantity::database_commits_per_operation, trial), std::nullopt);
    trial.files->not_evaluated = "out of reach";
    EXPECT_EQ(value(Quantity::files_created_per_operation, trial), std::nullopt);
    trial = worked();
    trial.effects->acknowledged = 0;
    trial.effects->log_syncs->commits = 0;
    EXPECT_EQ(value(Quantity::database_log_bytes_per_operation, trial), std::nullopt)
        << "nobody was answered";
    EXPECT_EQ(value(Quantity::database_log_syncs_per_commit, trial), std::nullopt);
}

TEST(WorkOfAnOperation, OfSqliteHasNoRowsAndNoDatabaseBesideTheContender) {
    TrialResult trial = worked();
    trial.effects->counters = OwnCounters{.commits = 250};
    EXPECT_EQ(value(Quantity::database_rows_changed_per_operation, trial), std::nullopt)
        << "counters tell transactions, not rows";
    EXPECT_EQ(value(Quantity::database_commits_per_operation, trial), 1.0);
    trial.parties.push_back({.role = Role::database, .name = "database", .usage = {}});
    trial.samples.window = std::chrono::seconds(1);
    EXPECT_EQ(value(Quantity::database_cpu, trial), std::nullopt) << "no process of it was watched";
    EXPECT_EQ(value(Quantity::database_memory_peak, trial), std::nullopt);
    trial.parties.back().usage.anonymous.peak = Bytes{1};
    EXPECT_EQ(value(Quantity::database_cpu, trial), 0.0) << "it lived, and had nothing to do";
}

}  // namespace
}  // namespace joust::model
