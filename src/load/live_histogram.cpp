#include "load/live_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace joust::load {

void LiveHistogram::merge(const LiveHistogram& other) {
    for (std::size_t i = 0; i < k_size; ++i)
        counts_[i] += other.counts_[i];
}

LiveHistogram LiveHistogram::since(const LiveHistogram& earlier) const {
    LiveHistogram difference;
    for (std::size_t i = 0; i < k_size; ++i)
        difference.counts_[i] = counts_[i] - earlier.counts_[i];
    return difference;
}

std::uint64_t LiveHistogram::count() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::int64_t LiveHistogram::value_at_quantile(double quantile) const {
    const std::uint64_t total = count();
    if (total == 0) return 0;
    const auto rank = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(total))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < k_size; ++i) {
        seen += counts_[i];
        if (seen >= rank) return value_at(i);
    }
    return value_at(k_size - 1);
}

}  // namespace joust::load
