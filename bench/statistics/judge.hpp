#pragma once

#include <optional>

#include "statistics/world.hpp"
#include "stats/verdict.hpp"

namespace joust::statistics {

/// What a way of judging makes of an experiment.
struct Judgement {
    stats::Outcome outcome = stats::Outcome::inconclusive;
    std::optional<stats::Interval> interval;  ///< of the log ratio, where the way has one
    int blocks = 0;                           ///< that it took
};

using Judge = Judgement (*)(const Experiment& experiment);

// What Joust does: these call the decision of src/analysis.

/// One verdict on all blocks, at 95 %.
Judgement at_once(const Experiment& experiment);
/// At the looks; a run that reaches its last block is over there.
Judgement with_looks(const Experiment& experiment);
/// Of the levels each for itself, Holm's over all of them: the first verdict that tells two apart, on all
/// blocks.
Judgement any_level_at_once(const Experiment& experiment);
/// Likewise, at any look.
Judgement any_level_with_looks(const Experiment& experiment);
/// The sequential p-value of all looks, as if none stopped the run.
double sequential_p_of_all_looks(const Experiment& experiment);

// Other ways of judging, for contrast.

/// A plain 95 % interval at every look: what looks are to avoid.
Judgement with_naive_looks(const Experiment& experiment);
/// All blocks and the pairs as they are, steal left to the noise.
Judgement without_adjustment(const Experiment& experiment);
/// Version 0.1.0: levels are repeats, and steal of 1 % makes a pair suspect; most pairs suspect decides
/// nothing.
Judgement as_before(const Experiment& experiment);
/// The original: the levels once, one contender after the other, the larger mean wins; here, by more than 1
/// %.
Judgement as_the_original(const Experiment& experiment);

}  // namespace joust::statistics
