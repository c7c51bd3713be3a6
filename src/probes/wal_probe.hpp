#pragma once

#include <optional>
#include <string>

#include "database/database.hpp"
#include "model/workload.hpp"
#include "probes/change_count.hpp"
#include "probes/probe.hpp"
#include "probes/wait_probe.hpp"

namespace joust::probes {

/// What every request of a workload has to change in the database; empty where the workload says nothing of
/// it, or its operations differ in it, as their requests cannot be told apart in the log.
struct RowsChanged {
    model::RowsByTable rows;
    std::int64_t transactions = 0;  ///< 0: the workload does not say
};
std::optional<RowsChanged> rows_changed(const model::Workload& workload);
/// The workload says of no operation what it changes in the database.
bool declares_nothing(const model::Workload& workload);

/// Of a workload whose operations differ in what they change: that nothing of it can be told, and why.
model::ObservedEffects effects_that_differ(const model::Workload& workload);

/// What keeps the log from telling who did the work on the tables of the contract.
std::vector<model::FaultyTable> faulty_tables(const model::RowsByTable& contract,
                                              const database::ChangeLog& log);

/// Triggers and rules of other tables and views: whatever sets them off, they may do the work.
std::vector<model::FaultyTable> faults_elsewhere(const model::RowsByTable& contract,
                                                 const database::ChangeLog& log);

/// By how many the answers were ahead of the commits at one of the times, at most.
std::uint64_t answers_ahead(const Answers& answers, const std::vector<std::uint64_t>& commits_by);

/// Reads, when the load has ended, what its requests have changed from the database's own log or counters:
/// from the beginning of the trial to the end of the drain, so that no request straddles an edge.
class WalProbe final : public Probe {
public:
    /// `answers` and `code`, what triggers and rules were seen in the window, outlive the probe, and are
    /// complete when it finishes. An empty `expected`: nothing is declared, and the trial says so.
    WalProbe(database::Database& database, std::string contender, std::optional<RowsChanged> expected,
             const Answers& answers, const OwnCode& code)
        : database_(database),
          contender_(std::move(contender)),
          expected_(std::move(expected)),
          answers_(answers),
          code_(code) {}
    Status begin(TimePoint start, TimePoint end) override;
    /// Where the log could not be read, the trial's effects say why; only an interruption is an error.
    Status finish(model::TrialResult& trial) override;

private:
    [[nodiscard]] std::vector<WallTime> times() const;
    [[nodiscard]] std::vector<model::FaultyTable> faults(const database::ChangeLog& log) const;
    Status count_changes(const database::ChangeLog& log, model::ObservedEffects& effects) const;

    database::Database& database_;
    std::string contender_;
    std::optional<RowsChanged> expected_;
    const Answers& answers_;
    const OwnCode& code_;
    Nanoseconds clocks_at_start_{0};  ///< wall less monotonic
};

}  // namespace joust::probes
