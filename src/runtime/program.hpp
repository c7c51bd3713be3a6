#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/process.hpp"
#include "runtime/folder.hpp"

namespace joust::runtime {

/// A file that a program reads.
struct ProgramFile {
    Path path;  ///< as the program sees it
    std::string content;
};

/// A program to run, without its limits; what a contender's or database's start command amounts to. Its paths
/// are those that the program sees.
struct Program {
    std::vector<std::string> command;  ///< without '/' in its first word it is looked up in PATH
    host::Environment environment;     ///< the whole of it; in Docker laid over that of the image
    Path directory;
    Path log = "/dev/null";          ///< stdout and stderr are appended, in bounds: see host::BoundedLog
    std::optional<host::User> user;  ///< empty: as Joust itself
    std::string image = "";          ///< Docker only: what it runs in
    /// It may write to these.
    std::vector<const Folder*> folders = {};
    /// Folders of this host that it may write to, under the same path as here.
    std::vector<Path> shared = {};
    /// Written before it starts, readable for everybody.
    std::vector<ProgramFile> files = {};
};

}  // namespace joust::runtime
