#pragma once

#include <string>
#include <string_view>

#include "model/comparison.hpp"
#include "model/samples.hpp"

// Lines that the results of one target and of several share: a label of 15 columns, then text, 80 wide in
// all.
namespace joust::report {

/// "label          text", folded at blanks; what follows stands below the text.
std::string labelled(std::string_view label, std::string_view text);
/// The share of errors, their kinds, and what the first one of each kind looked like; what the server sent is
/// made harmless for a terminal.
/// "statuses       200 × 1990 · 302 × 10" and the warnings; empty when there are none.
std::string status_lines(std::string_view label, const model::StatusCounts& statuses);
std::string warning_lines(std::string_view label, const std::vector<model::Finding>& warnings);
std::string error_lines(std::string_view label, const model::Samples& samples);
/// The verdict, its reasons, and the rules that could not be evaluated.
std::string self_check_lines(std::string_view label, const model::Judgement& judgement);
/// "12.3 ms", with "≥ " before a time that is only a lower bound.
std::string time_text(double nanoseconds, bool at_least);

}  // namespace joust::report
