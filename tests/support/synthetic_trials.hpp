#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/benchmark.hpp"
#include "model/environment.hpp"
#include "model/trial_result.hpp"

// Made-up trials with known properties, for the tests of all that follows after a run.
namespace joust::testing {

/// What one made-up trial looks like; response times are log-logistic around the median.
struct TrialShape {
    double goodput_rps = 200;
    double p50_ms = 20;
    double spread = 0.15;    ///< of the logarithm: p99 is about p50 * 99^spread
    double error_share = 0;  ///< of the requests due in the window
    model::RequestErrorKind error_kind = model::RequestErrorKind::status_5xx;
    double cpu_ms_per_operation = 4;
    double database_cpu_ms_per_operation = 1.5;
    double memory_mib = 90;
};

/// Reads it as a file of that text would be read; aborts the test program when it has mistakes.
model::Benchmark benchmark_from(const std::string& toml);
/// FastAPI vs Django, closed model, 5 s windows, PostgreSQL.
model::Benchmark benchmark_of(const std::vector<std::string>& contenders,
                              const std::vector<std::int64_t>& levels, int blocks);

/// A whole, valid trial of that shape.
model::TrialResult synthetic_trial(const model::Benchmark& benchmark, const model::PlannedTrial& plan,
                                   const TrialShape& shape);
using ShapeOf = std::function<TrialShape(const model::PlannedTrial&)>;
/// Every trial that the benchmark plans.
std::vector<model::TrialResult> synthetic_trials(const model::Benchmark& benchmark, const ShapeOf& shape);

/// Between -1 and 1, fixed by the plan: what differs from repeat to repeat.
double noise(const model::PlannedTrial& plan);

model::Environment synthetic_environment(const model::Benchmark& benchmark);

}  // namespace joust::testing
