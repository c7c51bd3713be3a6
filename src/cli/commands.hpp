#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/file.hpp"
#include "cli/exit_code.hpp"

namespace joust::cli {

/// `joust run BENCHMARK`: the main job.
struct RunCommand {
    std::string benchmark = "io-intensive";
    std::string profile;                   ///< "" for the benchmark's default
    std::vector<std::string> assignments;  ///< TOML from --database, --levels, --set …
    bool limits_off = false;
    bool plan_only = false;
    std::optional<std::uint16_t> port;
    Path results;      ///< empty: results/ in the checkout
    std::string json;  ///< also write the results there; "-" is stdout; "" nowhere
};
/// `joust report DIR`: render again from trials.jsonl.
struct ReportCommand {
    Path run_directory;
};
/// `joust list`: what there is.
struct ListCommand {};

using Command = std::variant<RunCommand, ReportCommand, ListCommand>;

/// Each runs one command to its end; errors are printed there. `command_line` is recorded in the environment.
ExitCode run(const RunCommand& command, const std::vector<std::string>& command_line);
ExitCode report(const ReportCommand& command);
ExitCode list(const ListCommand& command);
ExitCode execute(const Command& command, const std::vector<std::string>& command_line);

/// "error: …" on stderr, each further line indented; returns the error's exit code.
ExitCode complain(const Error& error);

}  // namespace joust::cli
