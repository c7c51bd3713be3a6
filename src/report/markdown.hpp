#pragma once

#include <string>

#include <vector>

#include "report/figures/figure.hpp"
#include "report/report.hpp"

namespace joust::report {

/// incremental_benchmark_report.md.
std::string markdown(const RunReport& run, const std::vector<Figure>& figures);

}  // namespace joust::report
