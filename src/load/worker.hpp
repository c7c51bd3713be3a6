#pragma once

#include <memory>
#include <optional>

#include "load/exchanges.hpp"
#include "load/load_plan.hpp"
#include "load/pacing/allowance.hpp"
#include "load/pacing/pacing.hpp"
#include "load/recorder.hpp"
#include "load/stall_watch.hpp"
#include "load/transport/transport.hpp"

namespace joust::load {

/// One load thread's work, alone with its connections: nothing here is shared but the plan (read only),
/// Control and the live counters. Its loop waits, has what is due begun, and keeps to the window.
class Worker {
public:
    /// All but `share` outlive it.
    Worker(const LoadPlan& plan, const Control& control, const Share& share, Transport& transport,
           LiveCounters& live);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Runs one lap: loads from `start` to the end of the window and of the drain. Connections stay open.
    Tally run(TimePoint start);
    /// Rests after `laps` laps: looks after the idle connections until there is one more, and returns when it
    /// starts. Without another one, it closes the connections and returns nothing.
    std::optional<TimePoint> rest(std::uint64_t laps);

private:
    void prepare_lap(std::uint64_t lap);
    void look_at_control();
    void dispatch();
    void wait();
    [[nodiscard]] bool is_over() const;
    [[nodiscard]] TimePoint next_wake() const;
    Tally finish();

    const LoadPlan& plan_;
    const Control& control_;
    Transport& transport_;
    const IdSource ids_;
    Recorder recorder_;
    Random random_;  ///< of operations and think times
    Allowance allowance_;
    const std::unique_ptr<Pacing> pacing_;
    Moment moment_;
    Exchanges exchanges_;
    StallWatch stalls_;
    TimePoint polled_;  ///< when the transport was last asked for events
    TimePoint wanted_;  ///< when the loop's turn was to begin
    bool stopped_ = false;
};

}  // namespace joust::load
