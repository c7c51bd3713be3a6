#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "files/diagnostics.hpp"
#include "model/contender.hpp"

namespace joust::files {

/// Names of the contenders below `root`, sorted.
std::vector<std::string> contender_names(const Path& root);

/// Reads `root`/`name`/contender.toml and what it extends. Mistakes go to `diagnostics`; empty exactly when
/// there are any.
std::optional<model::Contender> read_contender(const Path& root, const std::string& name,
                                               Diagnostics& diagnostics);

}  // namespace joust::files
