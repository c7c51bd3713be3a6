#pragma once

#include "model/comparison.hpp"
#include "report/report.hpp"
#include "report/table.hpp"

namespace joust::report {

/// The operations of a mix, each for itself, at each level and of each entrant; without a row where there is
/// one operation only. Names of operations are as they are; `intervals`: with those of the figures.
Table operation_table(const model::Comparison& comparison, bool intervals);

/// The report's section on them; "" where there is one operation only.
std::string operations_section(const RunReport& run);

}  // namespace joust::report
