#pragma once

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "load/options.hpp"

namespace joust::cli {

/// What the engine has to do for this command; bad_input names the flag and what to write instead.
Result<load::Options> load_options(const LoadCommand& command);

/// Mean rate of the open model's schedule over the measured window, requests per second; empty in the closed
/// model.
std::optional<double> offered_rps(const load::Options& options);

}  // namespace joust::cli
