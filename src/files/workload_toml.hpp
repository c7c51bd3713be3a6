#pragma once

#include <optional>
#include <string>

#include "base/file.hpp"
#include "files/diagnostics.hpp"
#include "model/workload.hpp"

namespace joust::files {

/// Reads `root`/`name`.toml. Mistakes go to `diagnostics`; empty exactly when there are any.
std::optional<model::Workload> read_workload(const Path& root, const std::string& name,
                                             Diagnostics& diagnostics);

}  // namespace joust::files
