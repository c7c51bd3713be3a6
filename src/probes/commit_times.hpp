#pragma once

#include <set>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "model/verification.hpp"

namespace joust::probes {

/// When transactions wrote the record of their commit, in the order of the log.
struct CommitTimes {
    std::vector<WallTime> of_tables;  ///< those that changed rows of the tables that were asked for
    std::vector<WallTime> others;     ///< all others of the server
};
/// Those of a contender's turn. Ends the turn. Fails (unsupported) where there is no log that can be read,
/// and where commits are made in two steps.
Result<CommitTimes> commit_times(database::Database& database, const std::string& contender,
                                 const std::set<std::string>& tables);

/// A request by the wall clock.
struct Answered {
    WallTime sent;
    WallTime answered;
};
/// Holds requests, sent one after the other with a pause behind each, to a server that takes
/// database::k_slow_commit to make a commit durable, against the commits. Those that another commit came just
/// before are left out.
model::SlowCommits slow_commits(const std::vector<Answered>& requests, const CommitTimes& commits);

}  // namespace joust::probes
