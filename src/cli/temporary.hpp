#pragma once

#include <set>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::cli {

/// Where a command keeps what it measured.
struct Results {
    Path path;
    bool temporary = false;
    std::set<std::string> before;  ///< names of what was in it when the command began
};

/// The directory that the user named for results, or a new one below the system's temporary directory.
Result<Results> results_or_temporary(const Path& named);

/// Removes a temporary directory whose run told all that there is to tell; else says where the run is kept,
/// or removes the directory where there is none. What was there before is no run of this command's.
Status remove_or_tell(const Results& results, bool told_all);

}  // namespace joust::cli
