#pragma once

#include <string>
#include <vector>

#include "report/report.hpp"

namespace joust::report {

/// What follows from the numbers for whoever runs these services or this benchmark; each sentence cites its
/// own.
std::vector<std::string> recommendations(const RunReport& run);

}  // namespace joust::report
