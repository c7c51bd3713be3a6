#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/comparison.hpp"

// What a comparison found, in sentences; none has a mark of any format.
namespace joust::report::words {

/// What the verdict rests on, or why there is none; without a full stop.
std::string why(const model::Comparison& comparison, const model::PairedRatio& ratio);
/// The same of a ratio at an equal rate.
std::string why(const model::EqualRate& found, const model::PairedRatio& ratio);

/// What doubt does to a verdict: "the doubt is on one of the two".
std::string doubt_text(model::Doubt doubt);

/// Of a ratio that is not judged because of how the run ended: "the run ended after 2 of 4 blocks; `joust run
/// --resume DIR` finishes it"; empty of any other.
std::string ended_text(const model::Comparison& comparison, const model::PairedRatio& ratio);

/// "95 % interval 1.32 to 1.41"; empty without one.
std::string interval_text(double confidence, const std::optional<double>& low,
                          const std::optional<double>& high, int decimals);
/// "adjusted to equal steal (as measured 1.30, 95 % interval 1.2 to 1.4)"; empty where steal decides nothing.
std::string steal_text(const model::PairedRatio& ratio, int decimals);

/// "over the 6 pairs without doubt 1.35, 95 % interval 1.33 to 1.37"
std::string sure_text(const model::PairedRatio& ratio);
/// " (no two at one level: of the scatter between levels)", of an interval that is; else empty.
std::string_view between_levels_text(bool between_levels);
/// The same of that of the pairs without doubt, where it is not so of all pairs.
std::string_view sure_between_levels_text(const model::PairedRatio& ratio);
/// "no ratio from 0.79 to 1.27 counts as a difference, for django differed from itself by as much"; of a
/// ratio that has a floor.
std::string floor_text(const model::PairedRatio& ratio);

/// Which pairs are in no ratio for what speaks against a contender that is ranked all the same: of whom, at
/// which level, and why. Empty where there is none.
std::string against_contenders(const model::Comparison& comparison);
/// Why no verdict is given in favour of one of the two: "fastapi did other than declared in 1 trial, …"; of a
/// ratio of that basis.
std::string undeclared_text(const model::PairedRatio& ratio);
/// " at the levels where neither is invalid", or of the pairs; empty where every level counts.
std::string_view where_ranked(const model::PairedRatio& ratio);

/// What the workload declares and could not be held against some trials: which part, of whom, in how many,
/// and why. Empty where all of it was.
std::string not_proven(const model::Comparison& comparison);
/// What is to be said before any ratio: where nobody was busy, where users' think time was the limit, what
/// was not proven, what speaks against a contender, and by how much a contender differed from itself. Empty
/// where there is nothing of that.
std::string before_ratios(const model::Comparison& comparison);
/// What the run found, with its numbers, or why that is nothing; one or two sentences. For what has shown
/// before_ratios() before; never alone.
std::string verdict(const model::Comparison& comparison);
/// before_ratios(), then verdict().
std::string headline(const model::Comparison& comparison);

/// What to know of the run before believing any number; whole sentences.
std::vector<std::string> warnings(const model::Comparison& comparison);

}  // namespace joust::report::words
