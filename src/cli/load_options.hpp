#pragma once

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "load/options.hpp"
#include "model/load_run.hpp"

namespace joust::cli {

/// What the engine has to do for one URL of this command; bad_input names the flag and what to write instead.
Result<load::Options> load_options(const LoadCommand& command, std::string_view url);

/// Mean rate of the open model's schedule over the measured window, requests per second; empty in the closed
/// model. `length`: of a window that was cut short.
std::optional<double> offered_rps(const load::Options& options, std::optional<Nanoseconds> length = {});

/// A warning where the load ends before the last rate of its ramp or steps was reached; "" otherwise.
std::string cut_short(const load::Options& options);

/// A warning where the limit of open files made the default bound of connections smaller; "" otherwise.
std::string lowered_bound(const LoadCommand& command, const model::LoadRun& run);

/// The result of a load on one URL, as far as it is known before its start.
model::LoadRun load_run(const LoadCommand& command, const load::Options& options, const std::string& url);
/// Adds what was measured, the memory that it took, and the self-check.
void finish_run(model::LoadRun& run, model::Samples samples);

}  // namespace joust::cli
