#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/file.hpp"
#include "model/environment.hpp"

namespace joust::model {

inline constexpr int k_environment_schema_version = 1;

/// environment.json, indented for people. docs/results.md lists the keys.
std::string environment_json(const Environment& environment);

/// Reads it back; bad_input names `file` and the key.
Result<Environment> parse_environment(std::string_view text, const Path& file);

/// Reads environment.json of a run.
Result<Environment> read_environment(const Path& run_dir);

}  // namespace joust::model
