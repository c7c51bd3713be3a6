#pragma once

#include <set>
#include <string>
#include <vector>

#include "database/database.hpp"

namespace joust::probes {

/// When transactions wrote the record of their commit, in the order of the log.
struct CommitTimes {
    std::vector<WallTime> of_tables;  ///< those that changed rows of the tables that were asked for
    std::vector<WallTime> others;     ///< all others of the server
};
/// Those of a contender's turn. Ends the turn. Fails (unsupported) where there is no log that can be read.
Result<CommitTimes> commit_times(database::Database& database, const std::string& contender,
                                 const std::set<std::string>& tables);

}  // namespace joust::probes
