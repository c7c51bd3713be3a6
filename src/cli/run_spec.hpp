#pragma once

#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "experiment/rig.hpp"

namespace joust::cli {

/// Reads and checks all the files of a run, so that every mistake in any of them is told at once. What the
/// load would refuse, memory that the host does not have and a budget that fits no block are mistakes, too.
Result<experiment::RunSpec> read_run(const RunCommand& command, const Installation& installation);

}  // namespace joust::cli
