#pragma once

#include <vector>

#include "model/finding.hpp"
#include "model/verification.hpp"

namespace joust::rules {

/// How requests to a server were answered before their work was safe; empty where none was, or nothing was
/// tried. What single requests did is the trial's (rules/single_requests.hpp).
std::vector<model::Misdeed> misdeeds(const model::Verification& verification);

/// Whether an entrant does what the contract says, by a judged trial, which has its single requests, and by
/// what was tried beside it. What only explains or doubts a figure leaves it as it is.
model::Proof proof(const model::Judgement& judgement, const model::Verification& verification);

}  // namespace joust::rules
