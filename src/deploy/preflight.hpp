#pragma once

#include <string>

#include "base/clock.hpp"
#include "deploy/http_call.hpp"
#include "deploy/instance.hpp"
#include "model/contender.hpp"
#include "model/samples.hpp"
#include "model/workload.hpp"

namespace joust::deploy {

/// Before anything starts: an answer can be what each operation expects. The contender has all routes. A
/// bad_input error names workload and operation.
Status check_expectations(const model::Contender& contender, const model::Workload& workload);

/// Before anything starts: the contender has a route for each operation. A bad_input error names manifest and
/// keys that are missing.
Status check_routes(const model::Contender& contender, const model::Workload& workload);

/// Sends each operation's real request once, with the first of these ids, to a healthy instance, and checks
/// status and body as the load will. A 404 or 405 is told as what it is: a wrong route, with the manifest's
/// line.
Status preflight(const Instance& instance, const model::Workload& workload, const model::IssuedIds& ids,
                 Nanoseconds timeout);

/// When a request began and its answer was there, by the host's clock.
struct Asked {
    WallTime sent;
    WallTime answered;
};
/// Sends the real request of one operation once, with this id, as preflight() does: just as the load sends
/// it.
Result<Asked> ask(KeptConnection& connection, const Instance& instance, const model::Operation& operation,
                  const std::string& id, Nanoseconds timeout);

}  // namespace joust::deploy
