#pragma once

#include "model/benchmark.hpp"
#include "model/finding.hpp"
#include "model/trial_result.hpp"
#include "rules/generator_rules.hpp"

namespace joust::rules {

/// Whether a trial may be ranked: every rule on it and on its generator, with those that had no data named.
model::Judgement judge(const model::TrialResult& trial, const model::ExperimentSpec& experiment);

/// Whether the load generator can be trusted in this run, whatever the target did.
model::Judgement self_check(const GeneratorCase& load);

}  // namespace joust::rules
