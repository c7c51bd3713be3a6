#pragma once

namespace joust::stats {

/// Student's t distribution with `degrees` > 0 degrees of freedom (need not be whole).
/// Probability of a value of at most `t`.
double student_t_cdf(double t, double degrees);
/// The value that is not exceeded with `probability`, which is in (0, 1).
double student_t_quantile(double probability, double degrees);

}  // namespace joust::stats
