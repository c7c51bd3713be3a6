#pragma once

#include "experiment/one_user.hpp"
#include "model/single_requests.hpp"

namespace joust::experiment {

/// What was to be done at all, as the name of a part that is left out.
inline constexpr const char* k_single_part = "single requests";

/// Looks at requests of one user to a running service whose database is a file, behind a second of load: the
/// rows and transactions of each, by triggers of Joust's in that file, and whether each answer waits for the
/// disk, by the calls of the service's processes, which take longer meanwhile. So nothing of it is to be
/// measured. What cannot be looked at is left out; the triggers are gone afterwards wherever the file lets
/// them be removed. Errors: interrupted; service (a request was not answered rightly); those of the
/// generator.
Result<model::SingleRequests> single_requests(const deploy::Instance& instance, OneUser user,
                                              database::Database& database);

}  // namespace joust::experiment
