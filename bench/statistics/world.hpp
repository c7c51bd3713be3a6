#pragma once

#include <vector>

#include "base/random.hpp"
#include "stats/pooled_mean.hpp"

namespace joust::statistics {

/// How a trial's goodput scatters beside steal.
enum class Noise {
    white,      ///< normal, each trial for itself
    drift,      ///< white, and the host gets 30 % slower over the run
    sluggish,   ///< AR(1) of 0.7 from trial to trial
    heavy,      ///< t with 3 degrees of freedom
    step,       ///< white, and the host gets 20 % slower at some moment
    outliers,   ///< white, and one trial in twenty scatters five times as much
    one_sided,  ///< white, the entrant scatters three times as much as the baseline
};

/// Steal: the logarithm is AR(1) in time, a value a second.
struct Steal {
    double median = 0;        ///< share of CPU time
    double seconds = 10;      ///< correlation time
    double sigma = 0.6;       ///< of the logarithm: one second in twenty steals 2.7 times the median and more
    double of_entrant = 2;    ///< how many times its share of goodput a contender loses
    double of_baseline = 2;   ///< likewise
    double entrants_own = 0;  ///< share that the entrant brings upon itself, on top
    std::vector<double> of_levels = {};  ///< how many times as much both lose of it, by level; empty: once
};

/// What experiments are drawn from.
struct World {
    Noise noise = Noise::white;
    int blocks = 4;
    std::vector<double> spreads{0.05, 0.05, 0.05};  ///< of the log ratio of a pair, by level
    std::vector<double> log_ratios{0, 0, 0};        ///< true ones, by level
    double slot_effect = 0;                         ///< logarithm that the second of a pair loses
    Steal steal = {};
    double voided = 0;                 ///< of each pair, how probably a trial of it is invalid
    double doubted = 0;                ///< share of the pairs whose entrant's trial a rule doubts
    double doubted_bias = 0;           ///< logarithm that the entrant's goodput gains there
    bool one_after_the_other = false;  ///< in each block all of the entrant's levels, then the baseline's
};

/// What is known of a pair beside its figures.
struct Circumstances {
    double steal_of_entrant;  ///< a share
    double steal_of_baseline;
    bool doubted;
    bool voided = false;  ///< the pair's figures count nowhere
};

/// One drawn experiment.
struct Experiment {
    stats::PairLevels levels;
    std::vector<std::vector<Circumstances>> circumstances;  ///< of each pair of each level
    double truth = 0;  ///< mean over levels of the log ratio at the run's own steal, equal for both
};

Experiment drawn(const World& world, Random& random);

double normal(Random& random);

}  // namespace joust::statistics
