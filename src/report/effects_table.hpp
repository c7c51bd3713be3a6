#pragma once

#include <string>

#include "report/report.hpp"

namespace joust::report {

/// The section on what requests changed in the database and did to files, contract and observation side by
/// side, in Markdown; "" where no trial knows of it.
std::string effects_section(const RunReport& run);

}  // namespace joust::report
