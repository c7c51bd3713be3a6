#pragma once

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/load_watch.hpp"
#include "model/load_run.hpp"

namespace joust::cli {

/// Puts the same load on every URL of the command in turns. Interrupted, it keeps the rounds that are
/// complete, and fails when there is none.
Result<model::LoadComparison> compare_targets(const LoadCommand& command, LoadWatch& watch);

}  // namespace joust::cli
