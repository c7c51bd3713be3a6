#pragma once

#include <string>

#include "report/report.hpp"
#include "report/table.hpp"

// The comparison at an equal rate, in each format.
namespace joust::report {

/// One row for each entrant: goodput, response times, CPU time per operation, and the ratios; `found` is of
/// the run's comparison.
Table equal_rate_table(const model::EqualRate& found);
/// The section of the Markdown report with its heading; ""
/// where there are no such trials and could be none.
std::string equal_rate_section(const RunReport& run);

}  // namespace joust::report
