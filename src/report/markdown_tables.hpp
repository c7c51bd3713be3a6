#pragma once

#include "report/report.hpp"
#include "report/table.hpp"

namespace joust::report {

/// Ratios over all levels: goodput, CPU per operation, p99.
Table ratio_table(const RunReport& run);
/// The ratios of goodput at each level: with their own intervals, and with those among all levels.
Table level_ratio_table(const RunReport& run);
Table environment_table(const RunReport& run);
/// One column per contender.
Table architecture_table(const RunReport& run);
/// One row per level and contender each.
Table throughput_table(const RunReport& run);
Table latency_table(const RunReport& run);
Table resource_table(const RunReport& run);
/// Empty where no cell has sessions.
Table session_table(const RunReport& run);
/// What an operation makes database and files do; empty where no cell knows any of it.
Table work_table(const RunReport& run);
Table error_table(const RunReport& run);

}  // namespace joust::report
