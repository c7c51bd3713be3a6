#pragma once

#include <vector>

#include "report/figures/figure.hpp"

namespace joust::report {

/// Where on the x axis the marker of each point is drawn, by series and point: at its x, or beside it where
/// the marker of another contender would lie on the same spot and hide it. Lines and bands keep to x.
std::vector<std::vector<double>> marker_places(const Figure& figure);

}  // namespace joust::report
