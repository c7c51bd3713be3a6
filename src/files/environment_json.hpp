#pragma once

#include <string>
#include <string_view>

#include "base/directory.hpp"
#include "base/error.hpp"
#include "model/environment.hpp"

namespace joust::files {

inline constexpr int k_environment_schema_version = 1;

inline constexpr const char* k_environment_file = "environment.json";
inline constexpr std::size_t k_most_contenders = 100;

/// environment.json, indented for people; credentials in commands and settings are masked (base/secrets.hpp).
/// docs/results.md lists the keys.
std::string environment_json(const model::Environment& environment);

/// Whether `text` may stand for a commit: up to 64 hexadecimal digits, "" for none. It becomes part of a
/// command that readers repeat.
bool is_commit(std::string_view text);

/// Reads it back; bad_input names `file` and the key.
Result<model::Environment> parse_environment(std::string_view text, const Path& file);

/// Reads environment.json of a run.
Result<model::Environment> read_environment(const Directory& run);
Result<model::Environment> read_environment(const Path& run_dir);

}  // namespace joust::files
