#pragma once

#include "cli/commands.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming) of CLI11
class App;
}

namespace joust::cli {

/// The flags of `joust load`, grouped by purpose; `load` is filled in when they are parsed.
void describe_load(CLI::App* app, LoadCommand& load);

}  // namespace joust::cli
