#pragma once

#include <string>

#include "deploy/stage.hpp"
#include "model/environment.hpp"

namespace joust::deploy {

/// What a contender that was staged and set up is made of: versions from its lock file (requirements.lock),
/// the Python of its virtual environment, the start command with {venv} filled in and everything that changes
/// from start to start, or is secret, left as a placeholder.
Result<model::ContenderFacts> read_facts(const model::Contender& contender, const Staged& staged,
                                         runtime::Runtime& runtime);

}  // namespace joust::deploy
