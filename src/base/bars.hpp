#pragma once

#include <string>
#include <vector>

namespace joust {

/// How a bar is drawn.
struct BarStyle {
    bool ascii = false;
    bool whole_cells = false;  ///< else in eighths of a cell, where a share above 0 is never invisible
    bool track = false;        ///< what is not filled shows too
};
/// A bar of `cells` columns, of which `share` (0 … 1) is filled: "███▌    ".
std::string bar(double share, int cells, const BarStyle& style);

/// A row of bars, the highest value full height: "▁▃█". Values below 0 count as 0.
std::string sparkline(const std::vector<double>& values, bool ascii);

}  // namespace joust
