#pragma once

#include "base/file.hpp"

namespace joust::database {

/// The directory with initdb and postgres, of the newest version that is installed: that of the distribution,
/// also where an upgrade of the system left the one before. Version 15 is the oldest that serves; without any
/// the error (unsupported) says what to install.
Result<Path> find_postgres_programs(const Path& root = "/usr/lib/postgresql");

}  // namespace joust::database
