#pragma once

#include <string>
#include <vector>

#include "base/directory.hpp"
#include "base/error.hpp"
#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/environment.hpp"
#include "model/trial_result.hpp"
#include "report/summary_text.hpp"

namespace joust::report {

inline constexpr const char* k_results_file = "incremental_benchmark_results.json";
inline constexpr const char* k_markdown_file = "incremental_benchmark_report.md";

/// A finished run with what the analysis made of it.
struct RunReport {
    Path directory;
    const model::Benchmark& benchmark;
    const model::Environment& environment;
    const std::vector<model::TrialResult>& trials;
    const model::Comparison& comparison;
    /// `directory` if it is open already; null: it is opened by its path.
    const Directory* opened = nullptr;
};

/// Writes every file of the report beside the run's own: JSON, Markdown, then figures/ and the pictures made
/// from it. The same run gives the same bytes. An error about pictures comes after the other files were
/// written.
Status write_report(const RunReport& run);

}  // namespace joust::report
