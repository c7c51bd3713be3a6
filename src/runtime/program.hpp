#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/process.hpp"

namespace joust::runtime {

/// A program to run, without its limits; what a contender's or database's start command amounts to.
struct Program {
    std::vector<std::string> command;  ///< without '/' in its first word it is looked up in PATH
    host::Environment environment;     ///< the whole of it
    Path directory;
    Path log;                        ///< stdout and stderr are appended, in bounds: see host::BoundedLog
    std::optional<host::User> user;  ///< empty: as Joust itself
};

}  // namespace joust::runtime
