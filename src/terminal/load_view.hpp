#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "model/samples.hpp"

namespace joust::terminal {

/// The facts that the live view of a load shows.
struct LoadView {
    std::string title;            ///< target and kind of load
    std::string phase;            ///< "warm-up", "measuring", "draining"
    double share = 0;             ///< done of the whole, 0 … 1
    std::string done;             ///< the share in words: "3 of 10 s"
    model::Samples recent;        ///< of the last second or so
    std::vector<double> rates;    ///< successes per second, one value a second, oldest first
    model::RequestErrors errors;  ///< so far
    std::uint64_t in_flight = 0;
    std::uint64_t connections = 0;
    stats::Histogram response_time;  ///< so far, of the successes
};

/// The terminal that a load is shown on.
struct LoadScreen {
    int columns = 80;
    int rows = 24;
    bool colours = false;
    bool ascii = false;
};

/// The view as lines that fit the screen and leave its last line free; a single one where there is no room.
std::vector<std::string> load_view(const LoadView& view, const LoadScreen& screen);

}  // namespace joust::terminal
