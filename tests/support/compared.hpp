#pragma once

#include <algorithm>
#include <vector>

#include "analysis/compare.hpp"
#include "support/report_cases.hpp"

namespace joust::testing {

inline model::Comparison compared(const ReportCase& run) {
    return analysis::compare(run.benchmark, run.trials);
}

/// The ratio over all levels of the first contender that is not the baseline.
inline const model::PairedRatio& pooled(const std::vector<model::PairedRatio>& ratios) {
    return *std::find_if(ratios.begin(), ratios.end(),
                         [](const model::PairedRatio& ratio) { return !ratio.level; });
}

}  // namespace joust::testing
