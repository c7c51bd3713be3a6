#pragma once

#include <optional>
#include <span>

namespace joust::stats {

/// Throughput that was measured with so many users.
struct Point {
    double users;       ///< > 0
    double throughput;  ///< per second, >= 0
};

/// Universal scalability law (Gunther, Guerrilla Capacity Planning, 2007):
/// X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1)).
struct Usl {
    double gamma;     ///< throughput of one user, per second, > 0
    double alpha;     ///< contention, the share of work that is done one at a time, >= 0
    double beta;      ///< what users cost one another pairwise, >= 0
    double residual;  ///< sum of the squares of what the fit leaves

    double at(double users) const;
};

/// Where throughput is greatest.
struct Peak {
    double users;
    double throughput;
};

/// Least squares by Levenberg and Marquardt, with alpha and beta no less than 0: where the data ask for less,
/// the best fit with that parameter at exactly 0. Empty below three different numbers of users, or where
/// nothing fits.
std::optional<Usl> fit_usl(std::span<const Point> points);

/// The law's peak wherever it lies; empty where throughput rises without end (beta 0) or falls from one user
/// on.
std::optional<Peak> peak(const Usl& law);

}  // namespace joust::stats
