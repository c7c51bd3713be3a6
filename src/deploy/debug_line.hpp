#pragma once

#include <optional>

#include "base/file.hpp"
#include "model/environment.hpp"

namespace joust::deploy {

/// Where the Python sources below `source` switch DEBUG on, as Django's settings do. In a file the last line
/// counts that sets it at the beginning of the line, or without one those indented. Empty where another line
/// that counts sets it to anything else, for which of them is used is not known. Reads up to 10 000 files of
/// up to 1 MiB each; follows no link and enters no virtual environment.
std::optional<model::SourceLine> debug_line(const Path& source);

}  // namespace joust::deploy
