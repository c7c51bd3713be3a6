#pragma once

#include <span>
#include <vector>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/trial_result.hpp"

namespace joust::analysis {

/// A trial with its judgement; both outlive it.
struct JudgedTrial {
    const model::TrialResult* trial;
    const model::Judgement* judgement;

    [[nodiscard]] bool counts() const { return judgement->validity != model::Validity::invalid; }
    [[nodiscard]] model::Fault fault() const { return model::fault_of(judgement->findings); }
    /// Whether figures of that kind may be used: no rule voids them.
    [[nodiscard]] bool has(model::Aspect aspect) const {
        return counts() && !model::has_effect(judgement->findings, model::Effect::voids, aspect);
    }
};

/// Mean with its t interval (from three values on), cut at 0; of no values, 0 without an interval.
model::Estimate estimate(const std::vector<double>& values);

/// `value` with the interval of `spread`, widened to hold it.
model::Estimate widened(double value, const model::Estimate& spread);

/// The trials of one entrant at one level, summed up; at least one trial.
model::Cell make_cell(std::span<const JudgedTrial> trials, const model::Benchmark& benchmark);

}  // namespace joust::analysis
