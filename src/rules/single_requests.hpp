#pragma once

#include <vector>

#include "model/observed_effects.hpp"
#include "model/single_requests.hpp"

namespace joust::rules {

/// What single requests did that the contract does not have, or did too late; empty where they did nothing
/// wrong, or could not be looked at.
std::vector<model::Misdeed> misdeeds(const model::SingleRequests& single);

/// Whether the rows of single requests, and when they were durable, are known and as the contract: what the
/// counters of a trial on SQLite do not tell.
bool as_contract(const model::SingleRequests& single);

}  // namespace joust::rules
