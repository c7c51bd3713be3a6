#pragma once

#include <string>
#include <vector>

#include "stats/histogram.hpp"

namespace joust::report {

/// How a histogram is drawn in a terminal.
struct HistogramStyle {
    int rows = 10;     ///< at most so many
    int columns = 78;  ///< at most so wide
    bool ascii = false;
};

/// Response times as rows of bars, shortest times on top: the longest time of the row, its bar, its share,
/// and the percentiles that lie in it. Rows are equally wide on a logarithmic scale, since latency has a long
/// tail. No row for an empty histogram.
std::vector<std::string> histogram_rows(const stats::Histogram& times_ns, const HistogramStyle& style);

/// The characters beyond ASCII that Joust prints, replaced by similar ones: for terminals that are not UTF-8.
std::string to_ascii(const std::string& text);

}  // namespace joust::report
