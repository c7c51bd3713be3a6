#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "load/live_histogram.hpp"
#include "load/options.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// The load since its start, at one moment; numbers only grow but for the gauges. Subtract two for a rate.
struct Progress {
    TimePoint at;
    std::uint64_t started = 0;
    std::uint64_t succeeded = 0;
    model::RequestErrors errors;
    Nanoseconds response_time_sum{0};  ///< over the successes
    LiveHistogram response_time;       ///< of the successes
    std::uint64_t bytes_received = 0;
    std::uint64_t users_completed = 0;  ///< gauge: users (closed model) with at least one success
    std::uint64_t in_flight = 0;        ///< gauge: requests that were sent, or wait for their connection
    std::uint64_t connections = 0;      ///< gauge: open or being opened
    bool finished = false;              ///< the load has ended and nothing is in flight
};

/// Load on a target from its own threads. A resource: its destructor stops and joins them.
class Engine {
public:
    /// Resolves the name, prepares the requests, probes io_uring, starts the threads; the load begins at once
    /// (open model: time 0 of the schedule; closed: users start staggered).
    static Result<Engine> start(Options options);

    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;
    ~Engine();

    /// What the load has done so far. It is cheap, does not disturb the load, and may be asked from any
    /// thread.
    [[nodiscard]] Progress progress() const;
    /// When the load, or its last lap, began.
    [[nodiscard]] TimePoint started_at() const;
    /// The name of what does the input and output: "io_uring" or "epoll".
    [[nodiscard]] std::string backend() const;
    /// Why `auto` did not take io_uring; empty when it did, or when it was not asked.
    [[nodiscard]] std::string fallback_reason() const;

    /// Measures [start, end); once, with StopManually. Give `start` a few ms in the future: requests due
    /// before the call are not counted.
    void set_window(TimePoint start, TimePoint end);
    /// Ends the load without draining: what is in flight counts as unfinished, a window that had begun ends
    /// now. From any thread.
    void stop_now();
    /// Waits for the window's end and the drain (at most the timeout, none after stop_now), joins the
    /// threads, merges. Call once. Fails when no window was set, or the load was stopped before it began
    /// (ErrorKind::interrupted).
    Result<model::Samples> finish();

    /// Waits for the end of this lap as finish() does, but keeps threads and connections; the load rests.
    Result<model::Samples> finish_lap();
    /// Begins the same load once more after finish_lap(): its schedule from the beginning, its window anew.
    void start_lap();

private:
    struct State;
    explicit Engine(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace joust::load
