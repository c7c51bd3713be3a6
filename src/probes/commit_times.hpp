#pragma once

#include <set>
#include <string>
#include <vector>

#include "database/database.hpp"

namespace joust::probes {

/// When the transactions of a contender's turn that changed rows of these tables wrote the record of their
/// commit, in the order of the log. Ends the turn. Fails (unsupported) where there is no log that can be
/// read.
Result<std::vector<WallTime>> commit_times(database::Database& database, const std::string& contender,
                                           const std::set<std::string>& tables);

}  // namespace joust::probes
