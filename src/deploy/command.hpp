#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deploy/stage.hpp"
#include "host/process.hpp"
#include "model/contender.hpp"

namespace joust::deploy {

/// Values of the placeholders in a manifest's commands and environments.
struct Placeholders {
    Path venv;
    std::optional<std::uint16_t> port;  ///< empty for commands that serve nothing: then {port} is unknown
    std::string database_url;
    Path scratch;
};
/// Contenders listen on this address only.
inline constexpr const char* k_host = "127.0.0.1";

/// A command ready to run. Environment: a minimal one (PATH, LANG, HOME = scratch), then the manifest's.
struct FilledCommand {
    std::vector<std::string> argv;
    host::Environment environment;
};

/// Fails (bad_input) on a placeholder that does not exist, naming manifest, key and the ones there are.
/// `section` is the manifest's: "start", "migrate".
Result<FilledCommand> fill_command(const model::Contender& contender, const std::string& section,
                                   const model::Command& command, const Placeholders& values);

}  // namespace joust::deploy
