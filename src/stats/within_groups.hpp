#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace joust::stats {

/// Values by groups, each of which has a mean of its own that tells nothing.
using Groups = std::vector<std::vector<double>>;

/// Standard deviation of values from the means of their groups, one for all groups. Empty where no group has
/// a second value.
std::optional<double> deviation_within(const Groups& values);

/// How two quantities go together within groups.
struct Correlation {
    double coefficient;  ///< of what is left of both without the means of the groups, -1 to 1
    double p_value;      ///< one-sided, of none or a negative one, by Student's t
    friend bool operator==(const Correlation&, const Correlation&) = default;
};

/// A correlation from fewer degrees of freedom (values less groups) is often large by chance.
inline constexpr std::size_t k_least_degrees_for_correlation = 4;

/// Each group of `x` has as many values as that of `y`, of the same things in the same order. Empty with
/// fewer degrees of freedom, or where one of both does not vary within any group.
std::optional<Correlation> correlation_within(const Groups& x, const Groups& y);

}  // namespace joust::stats
