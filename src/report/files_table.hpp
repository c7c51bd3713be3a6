#pragma once

#include <string>

#include "report/report.hpp"

namespace joust::report {

/// What requests did to files, contract and observation side by side, in Markdown; "" where no trial knows of
/// it, or the workload declares nothing of it.
std::string files_part(const RunReport& run);

}  // namespace joust::report
