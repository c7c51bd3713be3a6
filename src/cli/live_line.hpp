#pragma once

#include <string>

#include "experiment/observer.hpp"

namespace joust::cli {

/// What the live line shows.
struct LiveView {
    model::PlannedTrial trial;
    int trials = 0;  ///< planned in all
    experiment::LiveReading reading;
    Nanoseconds time_left{0};
};

/// "django, 200 users, block 2".
std::string subject(const model::PlannedTrial& trial);
/// One line of at most `columns` characters (the last parts are dropped first).
std::string live_line(const LiveView& view, int columns);
/// What a finished trial measured, in one line.
std::string finished_line(const model::TrialResult& result, int trials);

}  // namespace joust::cli
