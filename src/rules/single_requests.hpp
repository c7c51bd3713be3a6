#pragma once

#include <vector>

#include "model/observed_effects.hpp"
#include "model/single_requests.hpp"

namespace joust::rules {

/// How requests to a server were answered before their work was safe; empty where none was.
std::vector<model::Misdeed> misdeeds(const model::SlowCommits& slow);

/// What single requests did that the contract does not have, or did too late; empty where they did nothing
/// wrong, or could not be looked at.
std::vector<model::Misdeed> misdeeds(const model::SingleRequests& single);

/// Whether it is known and as the contract what a trial does not tell: of a server, that commits which take
/// long are waited for; of a file, the rows of single requests, and when they were durable.
bool as_contract(const model::SingleRequests& single);

}  // namespace joust::rules
