#include "stats/verdict.hpp"

#include <cmath>

namespace joust::stats {

Outcome outcome(const std::optional<Interval>& interval, double margin) {
    if (!interval) return Outcome::inconclusive;
    const double largest = std::log1p(margin);
    if (interval->low >= -largest && interval->high <= largest) return Outcome::equivalent;
    if (interval->low > 0) return Outcome::higher;
    if (interval->high < 0) return Outcome::lower;
    return Outcome::inconclusive;
}

}  // namespace joust::stats
