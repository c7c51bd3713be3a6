#pragma once

#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "model/comparison.hpp"

namespace joust::cli {

/// What came out of a run directory.
struct Rendered {
    model::Comparison comparison;
    std::string summary;  ///< for stdout
    Path markdown;
    Status written;  ///< what kept a file of the report from being written, the summary notwithstanding
};

/// Reads a run directory, computes the comparison and writes every file of the report into it. `joust run`
/// ends with it too, so what it says is what the files on the disk say.
Result<Rendered> render(const Path& run_directory);

}  // namespace joust::cli
