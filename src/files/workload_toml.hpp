#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "files/diagnostics.hpp"
#include "model/workload.hpp"

namespace joust::files {

/// Reads `root`/`name`.toml. Mistakes go to `diagnostics`; empty exactly when there are any.
std::optional<model::Workload> read_workload(const Path& root, const std::string& name,
                                             Diagnostics& diagnostics);

/// Reads the text of a workload's file; `file` stands for it in messages.
std::optional<model::Workload> parse_workload(std::string_view text, std::string file,
                                              Diagnostics& diagnostics);

/// The workload as TOML with every default written out; read_workload() gives the same value back, but for
/// the order of keys in the expected JSON, and for credentials in bodies, which are masked
/// (base/secrets.hpp).
std::string to_toml(const model::Workload& workload);

}  // namespace joust::files
