#pragma once

#include <string>

#include "model/load_run.hpp"

namespace joust::report {

inline constexpr int k_load_schema_version = 1;

/// The result of `joust load` as JSON, indented; every key with its unit. docs/results.md lists the keys.
std::string load_json(const model::LoadRun& run);
/// The result for people, at most 100 columns wide.
std::string load_text(const model::LoadRun& run);
/// One row per second of the window, with a header line.
std::string load_csv(const model::LoadRun& run);

}  // namespace joust::report
