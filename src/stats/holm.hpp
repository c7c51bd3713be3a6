#pragma once

#include <span>
#include <vector>

namespace joust::stats {

/// P-values adjusted for their number, in their order: at most as many as `level` in a hundred families have
/// any that is falsely below `level` (Holm, A simple sequentially rejective multiple test procedure,
/// Scandinavian Journal of Statistics 6, 1979). In [0, 1].
std::vector<double> holm(std::span<const double> p_values);

}  // namespace joust::stats
