#pragma once

#include <string>

#include "base/error.hpp"
#include "model/load_run.hpp"

namespace joust::report {

inline constexpr int k_load_schema_version = 1;

/// The result of `joust load` as JSON, indented; every key with its unit. docs/results.md lists the keys.
std::string load_json(const model::LoadRun& run);
/// The result for people, at most 80 columns wide but for long URLs, with a histogram of the response times.
std::string load_text(const model::LoadRun& run);
/// One row per second of the window, with a header line.
std::string load_csv(const model::LoadRun& run);
/// The four histograms as HdrHistogram interval log.
Result<std::string> load_hlog(const model::LoadRun& run);

/// The result for several targets that were compared: each target's result, the slices, the ratios.
std::string load_json(const model::LoadComparison& comparison);
std::string load_text(const model::LoadComparison& comparison);
/// One row per slice.
std::string load_csv(const model::LoadComparison& comparison);
/// One interval per slice and histogram; the tag's number is the target's, as in the log's comment.
Result<std::string> load_hlog(const model::LoadComparison& comparison);

}  // namespace joust::report
