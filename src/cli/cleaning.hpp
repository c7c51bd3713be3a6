#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"

namespace joust::cli {

/// What became of the things that Joust keeps on a machine, each a text of one line.
struct Cleaning {
    std::vector<std::string> removed;
    std::vector<std::string> left;      ///< in use at this moment
    std::vector<std::string> failures;  ///< sentences: what could not be removed
};

/// Removes what is below the state root, and the root itself where it is empty then: remains of dead runs,
/// and contenders' environments that no living run uses. Nothing else, so never a result. `only_tell`:
/// `removed` says what would be, and all stays. The state root must have passed host::check_state_root().
Cleaning clean_state(const Path& state_root, bool only_tell);

/// The same for the images that Joust had the Docker engine make. All of them are left while a run is alive:
/// those of contenders that wait for their turn are in no container.
Cleaning clean_engine(const Path& state_root, bool only_tell);

/// What `joust clean` does not remove and how to do it, a line each.
std::vector<std::string> what_stays(const Path& state_root);

}  // namespace joust::cli
