#pragma once

#include <string>

#include "report/report.hpp"

namespace joust::report {

/// incremental_benchmark_report.md.
std::string markdown(const RunReport& run);

}  // namespace joust::report
