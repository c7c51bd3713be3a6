#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"

namespace joust::report {

/// Puts colour around a verdict, for a terminal that wants it. Called for texts that end a line.
using Paint = std::function<std::string(model::Verdict, std::string_view text)>;

/// The result of a run for the end of the terminal's output: one line per level and contender, the ratio over
/// all levels, then the headline and what to know before believing it. Plain UTF-8, at most 100 columns.
std::string summary_text(const model::Benchmark& benchmark, const model::Comparison& comparison,
                         const Paint& paint = {});

/// Breaks `text` at blanks so that no line is longer than `width` columns; every line after the first starts
/// with `indent`.
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent = "");

}  // namespace joust::report
