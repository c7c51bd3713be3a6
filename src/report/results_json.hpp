#pragma once

#include <string>

#include "report/report.hpp"

namespace joust::report {

inline constexpr int k_results_schema_version = 4;

/// incremental_benchmark_results.json, indented. docs/results.md lists the keys.
std::string results_json(const RunReport& run);

}  // namespace joust::report
