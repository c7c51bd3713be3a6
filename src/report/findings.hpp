#pragma once

#include <string>
#include <vector>

#include "report/report.hpp"

namespace joust::report {

/// Sentences on what was found and why; each is made from the numbers that it cites, and is left out without
/// them.
std::vector<std::string> findings(const RunReport& run);

}  // namespace joust::report
