#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "model/plan.hpp"
#include "model/trial_result.hpp"

namespace joust::experiment {

/// What a trial is doing.
enum class Phase { starting, warming_up, measuring, draining };

/// The load at one moment of a trial, over the last second or so.
struct LiveReading {
    Phase phase = Phase::starting;
    Nanoseconds in_phase{0};      ///< since the phase began
    Nanoseconds phase_length{0};  ///< measuring: the window; warming up: at most; zero: unknown
    double goodput_rps = 0;
    Nanoseconds response_time_p99{0};
    std::uint64_t errors = 0;  ///< since the load began
};

/// Told what a run does, from the thread that runs it; must return quickly. All texts are for people.
class Observer {
public:
    virtual ~Observer() = default;
    /// A stage of the set-up begins: "set up fastapi (virtual environment)".
    virtual void stage(const std::string& what) = 0;
    /// Something the user should know, that stops nothing.
    virtual void warning(const std::string& text) = 0;
    /// Before the first trial: how many trials there will be and how long they take, `finished` of them
    /// measured before.
    virtual void planned(const model::PlannedRun& plan, int finished, const Path& run_directory) = 0;
    virtual void trial_started(const model::PlannedTrial& trial) = 0;
    virtual void trial_reading(const model::PlannedTrial& trial, const LiveReading& reading) = 0;
    /// The trial is on the disk.
    virtual void trial_finished(const model::TrialResult& result) = 0;
};

}  // namespace joust::experiment
