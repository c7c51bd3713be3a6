#pragma once

#include <string>
#include <vector>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"

// How cells and ratios read in tables, the same in every format. "–" stands for what does not exist.
namespace joust::report {

/// "1 CPU, 2 GiB each · PostgreSQL 15.6 · 3 blocks × 5 s per level": the conditions in one line; "limits off"
/// in place of the limits where a trial ran without them.
std::string conditions(const model::Benchmark& benchmark, const model::Comparison& comparison,
                       const std::string& database_version = "");
/// "3 blocks"; of a run that has had less than it might, "4 of at most 6 blocks", or "2 of 4 blocks".
std::string blocks_text(const model::Benchmark& benchmark, const model::Comparison& comparison);
/// Whether a trial of the run was measured with --limits off.
bool limits_off(const model::Comparison& comparison);
/// "at 50 users", "at 200 requests/s".
std::string at_level(const model::Benchmark& benchmark, std::int64_t level);
/// "1.32 [1.25, 1.39]", "1.32" without an interval.
std::string ratio_text(const model::RatioEstimate& ratio);
std::string ratio_text(const model::PairedRatio& ratio);
/// "faster", "inconclusive"; "not decided" where doubt forbids a verdict.
std::string verdict_words(const model::PairedRatio& ratio);
/// "34 % errors", "service died": the first finding in three words.
std::string short_reason(const model::Cell& cell);
std::vector<std::string> short_reason_list(const model::Cell& cell);
/// Every finding but those that only explain, in the fewest words, one after the other: "34 % errors, limits
/// off".
std::string short_reasons(const model::Cell& cell);
/// "valid", "suspect: no steady state, littles law", "invalid: 34 % errors, limits off".
std::string validity_text(const model::Cell& cell);
/// "baseline", "baseline again", "descriptive", "faster", "1 pair only", "invalid: 34 % errors", "not ranked:
/// django invalid"; each followed by
/// ", limits off" where they were.
std::string verdict_text(const model::Comparison& comparison, const model::Cell& cell);
/// The verdict that verdict_text() puts into words; empty for a valid baseline, and where the ratio only
/// describes.
std::optional<model::Verdict> verdict_of(const model::Comparison& comparison, const model::Cell& cell);
}  // namespace joust::report
