#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiment/observer.hpp"
#include "model/comparison.hpp"

namespace joust::terminal {

/// The facts that the live line shows.
struct LiveView {
    model::PlannedTrial trial;
    model::LoadModel load_model = model::LoadModel::closed;  ///< of the trial
    int trials = 0;                                          ///< planned in all
    experiment::LiveReading reading;
    Nanoseconds time_left{0};
};

/// The goodput of a finished trial.
struct MeasuredRate {
    std::string entrant;
    std::int64_t level = 0;
    double goodput_rps = 0;
    model::Lens lens = model::Lens::capacity;
    bool counts = true;  ///< false: the trial is invalid, and its goodput no figure
};
/// What has been measured after `elapsed`: the mean goodput of each entrant at each level of the benchmark's
/// own load, over the trials that count; "invalid" where there is none. No verdict.
std::string so_far_line(const std::vector<MeasuredRate>& measured, model::LoadModel load,
                        Nanoseconds elapsed);

/// How many trials a run comes to in all that has got to `trial`. Until then `planned` at most; those at an
/// equal rate are the last ones, and how many there are is known.
int trials_in_all(const model::Benchmark& benchmark, const model::PlannedTrial& trial, int planned);

/// How a run gets on.
struct Pace {
    int trials = 0;  ///< planned in all
    int done = 0;
    Nanoseconds took{0};     ///< all that are done together
    Nanoseconds running{0};  ///< since the last one ended
    Nanoseconds planned{0};  ///< for each, before any has ended
};
/// Until the last trial ends, if each that is left takes what those done took on average.
Nanoseconds time_left(const Pace& pace);

/// "django, 200 users, block 2", "django, 150 requests/s, block 2".
std::string subject(const model::PlannedTrial& trial, model::LoadModel load_model);
/// One line of at most `columns` - 1 characters. Where they do not suffice, first the bar goes, then words
/// are shortened, then what is known anyway goes; goodput, p99, errors and the time left stay longest.
std::string live_line(const LiveView& view, int columns);
/// "✓" valid, "?" suspect, "✗" invalid.
std::string_view finished_mark(model::Validity validity);
/// What a finished trial measured, and what it was judged by itself, in one line; a line for each of its
/// incidents follows.
std::vector<std::string> finished_lines(const model::TrialResult& result, int trials,
                                        const model::Judgement& judgement);

}  // namespace joust::terminal
