#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "model/trial_result.hpp"

namespace joust::database {

/// What a stretch of PostgreSQL's log tells that matters for a trial.
struct LogFindings {
    std::uint64_t refused_connections = 0;
    std::string refusal;                   ///< the first of them, without time and process
    std::optional<std::string> disk_full;  ///< the first line that says so
    std::optional<std::string> crash;      ///< PANIC, or a server process that a signal ended
};

/// From `offset` to the end as it is now.
LogFindings read_log(const Path& log, std::uint64_t offset);
/// The incident that `findings` amount to, with max_connections as it is in force.
std::vector<model::Incident> incidents(const LogFindings& findings, const std::string& max_connections);

}  // namespace joust::database
