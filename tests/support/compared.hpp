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
inline model::PairedRatio pooled(const model::Comparison& comparison,
                                 model::Quantity quantity = model::Quantity::goodput) {
    return comparison.pooled(quantity).front();
}

/// The ratios of one quantity at each level.
inline std::vector<model::PairedRatio> by_level(const model::Comparison& comparison,
                                                model::Quantity quantity) {
    std::vector<model::PairedRatio> found;
    std::copy_if(comparison.ratios.begin(), comparison.ratios.end(), std::back_inserter(found),
                 [&](const model::PairedRatio& ratio) { return ratio.quantity == quantity && ratio.level; });
    return found;
}

}  // namespace joust::testing
