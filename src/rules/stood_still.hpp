#pragma once

#include "model/trial_result.hpp"
#include "rules/outcome.hpp"

namespace joust::rules {

/// So many times the mean time from one answer to the next a silence lasts at least to be told. Where answers
/// came at random, one in 5 · 10^8 gaps would be that long.
inline constexpr double k_silence_to_pace = 20;
/// Of the window, what silences take at most to be told: beyond, answers in bursts are the service's pace.
inline constexpr double k_silent_share_max = 0.5;

/// Whether service and database kept answering: no answer came for 100 ms or more, though requests of two
/// users or more were under way and the load generator was awake.
Outcome stood_still(const model::TrialResult& trial);

}  // namespace joust::rules
