#include "stats/usl.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace joust::stats {
namespace {

constexpr std::size_t k_parameters = 3;
constexpr int k_most_steps = 500;
// The fit stands when a step changes no parameter by more than this share of it.
constexpr double k_least_change = 1e-10;
constexpr double k_largest_damping = 1e12;

using Parameters = std::array<double, k_parameters>;  // gamma, alpha, beta
using Matrix = std::array<Parameters, k_parameters>;
using Free = std::array<bool, k_parameters>;

double denominator(const Parameters& p, double users) {
    return 1 + p[1] * (users - 1) + p[2] * users * (users - 1);
}

double throughput(const Parameters& p, double users) {
    return p[0] * users / denominator(p, users);
}

// Infinite where the law has a pole at or below a measured number of users.
double squares_left(const Parameters& p, std::span<const Point> points) {
    double sum = 0;
    for (const Point& point : points) {
        if (!(denominator(p, point.users) > 0)) return std::numeric_limits<double>::infinity();
        const double left = point.throughput - throughput(p, point.users);
        sum += left * left;
    }
    return sum;
}

Parameters derivatives(const Parameters& p, double users) {
    const double below = denominator(p, users);
    const double by_denominator = -p[0] * users / (below * below);
    return {users / below, by_denominator * (users - 1), by_denominator * users * (users - 1)};
}

// Gauss's elimination with pivots; a row and column of zeros leaves its unknown at 0.
Parameters solve(Matrix a, Parameters b) {
    std::array<bool, k_parameters> used{};
    std::array<std::size_t, k_parameters> row_of{};
    std::array<bool, k_parameters> known{};
    for (std::size_t column = 0; column < k_parameters; ++column) {
        std::size_t pivot = k_parameters;
        for (std::size_t row = 0; row < k_parameters; ++row)
            if (!used[row] &&
                (pivot == k_parameters || std::abs(a[row][column]) > std::abs(a[pivot][column])))
                pivot = row;
        if (a[pivot][column] == 0) continue;
        used[pivot] = known[column] = true;
        row_of[column] = pivot;
        for (std::size_t row = 0; row < k_parameters; ++row) {
            if (row == pivot) continue;
            const double times = a[row][column] / a[pivot][column];
            for (std::size_t i = 0; i < k_parameters; ++i)
                a[row][i] -= times * a[pivot][i];
            b[row] -= times * b[pivot];
        }
    }
    Parameters x{};
    for (std::size_t column = 0; column < k_parameters; ++column)
        if (known[column]) x[column] = b[row_of[column]] / a[row_of[column]][column];
    return x;
}

struct Normal {
    Matrix matrix{};
    Parameters gradient{};
};

Normal normal_equations(const Parameters& p, std::span<const Point> points, const Free& free) {
    Normal normal;
    for (const Point& point : points) {
        const Parameters slope = derivatives(p, point.users);
        const double left = point.throughput - throughput(p, point.users);
        for (std::size_t i = 0; i < k_parameters; ++i) {
            if (!free[i]) continue;
            normal.gradient[i] += slope[i] * left;
            for (std::size_t j = 0; j < k_parameters; ++j)
                if (free[j]) normal.matrix[i][j] += slope[i] * slope[j];
        }
    }
    return normal;
}

bool hardly_changed(const Parameters& from, const Parameters& step) {
    for (std::size_t i = 0; i < k_parameters; ++i)
        if (std::abs(step[i]) > k_least_change * (std::abs(from[i]) + 1e-12)) return false;
    return true;
}

// Marquardt, An algorithm for least-squares estimation of nonlinear parameters, SIAM Journal 11, 1963.
Parameters descended(Parameters p, std::span<const Point> points, const Free& free) {
    double damping = 1e-3;
    double left = squares_left(p, points);
    for (int step_number = 0; step_number < k_most_steps && damping < k_largest_damping; ++step_number) {
        Normal normal = normal_equations(p, points, free);
        for (std::size_t i = 0; i < k_parameters; ++i)
            normal.matrix[i][i] *= 1 + damping;
        const Parameters step = solve(normal.matrix, normal.gradient);
        Parameters next = p;
        for (std::size_t i = 0; i < k_parameters; ++i)
            next[i] += step[i];
        const double next_left = squares_left(next, points);
        if (next_left <= left) {
            const bool done = hardly_changed(p, step);
            p = next;
            left = next_left;
            damping = std::max(damping / 10, 1e-12);
            if (done) break;
        } else {
            damping *= 10;
        }
    }
    return p;
}

// The law is linear in N / X: (1 + alpha (N - 1) + beta N (N - 1)) / gamma. That gives where to start from.
Parameters start(std::span<const Point> points, const Free& free) {
    Normal normal;
    for (const Point& point : points) {
        if (!(point.throughput > 0)) continue;
        const double n = point.users;
        const Parameters term{1, n - 1, n * (n - 1)};
        const double weight = point.throughput * point.throughput / n;  // what keeps errors of X alike
        for (std::size_t i = 0; i < k_parameters; ++i) {
            if (!free[i]) continue;
            normal.gradient[i] += weight * weight * term[i] * n / point.throughput;
            for (std::size_t j = 0; j < k_parameters; ++j)
                if (free[j]) normal.matrix[i][j] += weight * weight * term[i] * term[j];
        }
    }
    const Parameters x = solve(normal.matrix, normal.gradient);
    if (!(x[0] > 0)) return {points.front().throughput / points.front().users, 0, 0};
    return {1 / x[0], std::max(0.0, x[1] / x[0]), std::max(0.0, x[2] / x[0])};
}

std::optional<Usl> best_with(std::span<const Point> points, const Free& free) {
    const Parameters p = descended(start(points, free), points, free);
    const double left = squares_left(p, points);
    if (!(p[0] > 0) || p[1] < 0 || p[2] < 0 || !std::isfinite(left)) return std::nullopt;
    return Usl{.gamma = p[0], .alpha = p[1], .beta = p[2], .residual = left};
}

}  // namespace

double Usl::at(double users) const {
    return throughput({gamma, alpha, beta}, users);
}

std::optional<Usl> fit_usl(std::span<const Point> points) {
    std::set<double> users;
    for (const Point& point : points)
        users.insert(point.users);
    if (users.size() < k_parameters) return std::nullopt;
    // Where the free minimum is out of bounds, the bounded one lies on their edge.
    if (const auto inside = best_with(points, {true, true, true})) return inside;
    std::optional<Usl> best;
    for (const Free& free : {Free{true, true, false}, {true, false, true}, {true, false, false}}) {
        const auto fit = best_with(points, free);
        if (fit && (!best || fit->residual < best->residual)) best = fit;
    }
    return best;
}

std::optional<Peak> peak(const Usl& law) {
    if (!(law.beta > 0) || !(law.alpha < 1)) return std::nullopt;
    const double users = std::sqrt((1 - law.alpha) / law.beta);
    return Peak{.users = users, .throughput = law.at(users)};
}

}  // namespace joust::stats
