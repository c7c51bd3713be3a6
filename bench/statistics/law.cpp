#include "statistics/law.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "statistics/world.hpp"
#include "stats/capacity.hpp"

namespace joust::statistics {
namespace {

struct Ladder {
    const char* what;
    stats::Usl law;
    std::vector<double> users;
    int trials;
};

struct Coverage {
    int identified = 0;
    std::array<int, 4> held{};  // gamma, alpha, beta, users at the peak
};

bool holds(const stats::Interval& interval, double value) {
    return interval.low <= value && value <= interval.high;
}

std::vector<stats::TrialsAtLevel> trials_of(const Ladder& ladder, Random& random) {
    std::vector<stats::TrialsAtLevel> levels;
    for (const double users : ladder.users) {
        levels.push_back({.users = users, .throughputs = {}});
        for (int i = 0; i < ladder.trials; ++i)
            levels.back().throughputs.push_back(ladder.law.at(users) * std::exp(0.05 * normal(random)));
    }
    return levels;
}

Coverage coverage_of(const Ladder& ladder, int experiments, std::uint64_t seed) {
    Coverage coverage;
    Random random = random_for(seed, ladder.what);
    const double top = stats::peak(ladder.law)->users;
    for (int i = 0; i < experiments; ++i) {
        const auto capacity = stats::usl_bootstrap(trials_of(ladder, random), static_cast<std::uint64_t>(i));
        if (!capacity) continue;
        ++coverage.identified;
        coverage.held[0] += holds(capacity->gamma, ladder.law.gamma);
        coverage.held[1] += holds(capacity->alpha, ladder.law.alpha);
        coverage.held[2] += holds(capacity->beta, ladder.law.beta);
        coverage.held[3] += holds(capacity->peak_users, top);
    }
    return coverage;
}

}  // namespace

void print_law(int experiments, std::uint64_t seed) {
    const std::vector<double> full{1, 4, 16, 50, 200, 500};
    fmt::print(
        "\n| law, spread of a trial 5 %, {} ladders | identified, % | gamma covered, % | alpha | beta | "
        "users at the peak |\n| --- | ---: | ---: | ---: | ---: | ---: |\n",
        experiments);
    for (const Ladder& ladder :
         {Ladder{"6 levels, 4 trials: peak at 98 users", {100, 0.03, 1e-4, 0}, full, 4},
          Ladder{"6 levels, 8 trials: peak at 98 users", {100, 0.03, 1e-4, 0}, full, 8},
          Ladder{"6 levels, 4 trials: peak at 308 users", {100, 0.05, 1e-5, 0}, full, 4},
          Ladder{"6 levels, 4 trials: saturated by 4 users", {200, 0.5, 1e-5, 0}, full, 4}}) {
        const Coverage coverage = coverage_of(ladder, experiments, seed);
        fmt::print("| {} | {:.1f} |", ladder.what, 100.0 * coverage.identified / experiments);
        for (const int held : coverage.held)
            fmt::print(" {} |", coverage.identified == 0
                                    ? "–"
                                    : fmt::format("{:.1f}", 100.0 * held / coverage.identified));
        fmt::print("\n");
    }
}

}  // namespace joust::statistics
