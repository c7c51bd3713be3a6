#pragma once

#include "experiment/one_user.hpp"
#include "model/single_requests.hpp"

namespace joust::experiment {

/// Of what is looked at here, as the name of a part that is left out.
inline constexpr const char* k_slow_part = "commits that take long";

/// Looks at whether requests of one user to a running service wait for their commits, behind a second of
/// load, while the server takes long to make one durable; so nothing of it is to be measured. It begins and
/// ends a turn of the contender's. What nothing follows from is left out. Errors: interrupted; service (a
/// request was not answered rightly); those of the generator and of the database, whose way is as usual
/// again wherever it can be told so.
Result<model::SingleRequests> slow_commits(const deploy::Instance& instance, OneUser user,
                                           database::Database& database);

}  // namespace joust::experiment
