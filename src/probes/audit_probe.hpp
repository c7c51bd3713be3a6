#pragma once

#include <map>
#include <string>

#include "database/database.hpp"
#include "model/workload.hpp"
#include "probes/probe.hpp"

namespace joust::probes {

/// What every request of a workload leaves in one table.
struct RowsLeft {
    std::string table;
    std::int64_t rows = 0;
    std::map<std::string, std::string> values = {};  ///< what all of them hold, by column
};
/// Empty where the workload declares no rows that are left, operations differ in them, or requests do not
/// send their ids.
std::optional<RowsLeft> rows_left(const model::Workload& workload);

/// Reads, when the load has ended, the rows that its requests have left.
class AuditProbe final : public Probe {
public:
    AuditProbe(database::Database& database, std::string contender, RowsLeft expected)
        : database_(database), contender_(std::move(contender)), expected_(std::move(expected)) {}
    Status begin(TimePoint, TimePoint) override { return {}; }
    /// Where the rows could not be read, the trial has an incident instead of an audit.
    Status finish(model::TrialResult& trial) override;

private:
    database::Database& database_;
    std::string contender_;
    RowsLeft expected_;
};

}  // namespace joust::probes
