#pragma once

#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::cli {

/// The directory that the user named for results, or a new one below the system's temporary directory.
Result<Path> results_or_temporary(const Path& named);

/// Removes a temporary directory whose run told all that there is to tell; else says where the run is kept,
/// or removes the directory where there is none.
Status remove_or_tell(const Path& results, bool temporary, bool told_all);

}  // namespace joust::cli
