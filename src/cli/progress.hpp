#pragma once

#include <memory>

#include "experiment/observer.hpp"
#include "model/benchmark.hpp"

namespace joust::cli {

/// What stderr is, as far as progress is concerned.
struct Screen {
    bool terminal = false;  ///< a live line is redrawn; otherwise plain lines are appended
    bool colours = false;
    int columns = 100;
    int rows = 24;
    bool utf8 = false;  ///< the locale's encoding
};
/// Looks at stderr, NO_COLOR, TERM and the locale.
Screen screen();
/// Whether the environment names a locale in UTF-8.
bool utf8_locale();

/// Progress for people on stderr. In a terminal: a line for each finished trial, and below them a live one
/// (what runs, goodput, p99, errors, trials done, time left). In a pipe: a plain line when something begins
/// or ends. A finished trial is judged by the rules of `experiment`.
std::unique_ptr<experiment::Observer> make_progress(const Screen& screen,
                                                    const model::ExperimentSpec& experiment);

}  // namespace joust::cli
