#pragma once

#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/trial_result.hpp"

namespace joust::probes {

/// What is read over the measured window of a trial, and what it comes to there. A resource: whatever it has
/// begun ends with it, also when nobody asks for its result.
class Probe {
public:
    virtual ~Probe() = default;
    /// The window is [start, end); called once, shortly before it begins.
    virtual Status begin(TimePoint start, TimePoint end) = 0;
    /// Called some twenty times a second within the window, and once at its end, by the thread of the trial.
    virtual void look(TimePoint /*at*/) {}
    /// Waits for the window's end, where it must, and writes what it found into the trial, whose parties are
    /// there and whose samples are in place. Called once, after begin(), when the load has ended.
    virtual Status finish(model::TrialResult& trial) = 0;
};

using Probes = std::vector<std::unique_ptr<Probe>>;
/// Begins all, in order; fails with the first that cannot.
Status begin(const Probes& probes, TimePoint start, TimePoint end);
/// Has all look, in order.
void look(const Probes& probes, TimePoint at);
/// Has all write into the trial, in order; fails with the first that cannot.
Status finish(const Probes& probes, model::TrialResult& trial);

}  // namespace joust::probes
