#pragma once

#include "base/file.hpp"

namespace joust::database {

/// The directory with initdb and postgres: of version 15, else of the next later one installed. Without any
/// the error (unsupported) says what to install.
Result<Path> find_postgres_programs(const Path& root = "/usr/lib/postgresql");

}  // namespace joust::database
