#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/commands.hpp"

namespace joust::cli {

/// What the parser already answered: help or version to print (code done), or a mistake (code bad_input).
struct Answered {
    ExitCode code;
    std::string out;  ///< for stdout
    std::string err;  ///< for stderr
};

/// Turns the arguments (without the program's name) into a command. Pure: prints nothing, exits never.
std::variant<Command, Answered> parse_arguments(const std::vector<std::string>& arguments);

}  // namespace joust::cli
