#pragma once

#include <string>

#include "experiment/observer.hpp"
#include "experiment/rig.hpp"
#include "model/verification.hpp"

namespace joust::experiment {

/// Looks whether an entrant answers only when its work is safe: with a server that takes long to make commits
/// durable, and by killing the server right behind the last answer; with SQLite by single_requests(). Nothing
/// is measured. What cannot be tried, or the entrant answers wrongly to, is told as left out. Errors:
/// interrupted; database (the server is gone or does not start again); service (the entrant does not start).
Result<model::Verification> verify(Rig& rig, const RunSpec& spec, const std::string& label,
                                   Observer& observer, const Interrupted& interrupted);

}  // namespace joust::experiment
