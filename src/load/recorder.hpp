#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/secret_order.hpp"
#include "load/live_counters.hpp"
#include "load/second_series.hpp"
#include "load/stall_watch.hpp"
#include "load/tally.hpp"
#include "load/thread_usage.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// The end of one request, as the recorder needs it.
struct Ending {
    enum class How : std::uint8_t { succeeded, failed, timed_out, unfinished };

    How how = How::succeeded;
    model::RequestErrorKind kind{};  ///< unless succeeded
    bool sent = true;                ///< `sent_at` is known
    bool identified = false;         ///< `sequence` is its request id, sent or not
    bool stamped = false;            ///< `end` is the kernel's time stamp, `reap_delay` is known
    bool misdelivered = false;       ///< the answer was right for another request of this run
    bool wrong_id = false;           ///< the answer had another text where the request's id has to stand
    bool answered = false;           ///< the answer came whole and in time; `status` is 100 … 999
    int status = 0;
    std::uint32_t operation = 0;
    std::uint64_t sequence = 0;
    TimePoint due;
    TimePoint sent_at;
    TimePoint first_byte = TimePoint::max();  ///< of the answer; max() where none came
    TimePoint end;
    Nanoseconds reap_delay{0};
};

/// Sorts the endings of one thread's requests into the window [start, end): goodput by when they ended,
/// latency by when they were due (method: "A trial").
class Recorder {
public:
    /// `operations` are their names. `schedstat` is the calling thread's, elsewhere only for tests.
    Recorder(LiveCounters& live, std::vector<std::string> operations, std::string id_prefix, int thread = 0,
             Path schedstat = SchedulerFile::k_of_this_thread);

    void set_window(TimePoint start, TimePoint end);
    [[nodiscard]] bool has_window() const { return window_start_ != TimePoint::max(); }
    [[nodiscard]] TimePoint window_start() const { return window_start_; }
    [[nodiscard]] TimePoint window_end() const { return window_end_; }
    /// Tells the time over which requests are due, when the window's end is not known beforehand.
    void set_halves(TimePoint start, Nanoseconds length);
    /// Ends the window now, if that is earlier than its end.
    void cut_window(TimePoint now);
    /// Reads the thread's usage at the window's edges; call now and then, at the edges if possible.
    void pass_edges(TimePoint now);
    /// Next moment at which pass_edges has something to do; TimePoint::max() when none.
    [[nodiscard]] TimePoint next_edge() const;

    void begun(TimePoint due) {
        live_.started.add(1);
        live_.in_flight.add(1);
        if (due >= window_start_ && due < window_end_) ++tally_.requests.started;
    }
    /// Counts a request that was begun `delay` after a connection was there for it; `held_back` if it had to
    /// wait for one.
    void begun(TimePoint due, Nanoseconds delay, bool held_back) {
        begun(due);
        if (due < window_start_ || due >= window_end_) return;
        tally_.start_delay.record(delay.count());
        if (held_back) ++tally_.held_back;
    }
    /// Counts a request that could not be begun, for want of a connection, before it timed out or the load
    /// ended.
    void shed(TimePoint due, TimePoint now, bool timed_out);
    void ended(const Ending& ending) {
        live_.in_flight.subtract(1);
        if (ending.how == Ending::How::succeeded) {
            count_success(ending);
        } else {
            count_failure(ending);
        }
        if (ending.end >= window_start_) record(ending);
    }
    /// Tells of an ending whether it comes after a silence. Then, before ended(), after_silence() is to be
    /// told of the requests under way.
    [[nodiscard]] bool is_after_silence(const Ending& ending) const {
        return silences_.is_after_silence(ending.end);
    }
    void after_silence(const Ending& ending, TimePoint oldest_due, std::size_t under_way);
    /// This thread wanted to run from the one to the other, and did not.
    void absent(TimePoint from, TimePoint to) { silences_.absent(from, to); }
    /// Keeps an example of a failure, if there are not ten of its kind yet; asked first to save making the
    /// text.
    [[nodiscard]] bool wants_example(model::RequestErrorKind kind) const {
        return example_counts_[static_cast<std::size_t>(kind)] < ThreadTally::k_examples;
    }
    void keep_example(model::RequestErrorKind kind, int status, std::string detail, TimePoint when);
    void received(std::size_t bytes, TimePoint when) {
        live_.bytes_received.add(bytes);
        if (when >= window_start_ && when < window_end_) tally_.bytes_received += bytes;
    }
    void retried() { ++tally_.retried; }
    /// Counts a request, due then, for which this host had no more of something.
    void lacked(model::Shortage shortage, TimePoint due) {
        if (due >= window_start_ && due < window_end_) ++tally_.shortages[shortage];
    }
    model::ConnectionCounts& connections() { return tally_.connections; }
    [[nodiscard]] const model::ConnectionCounts& connections() const { return tally_.connections; }
    LiveCounters& live() { return live_; }

    /// Counts that the transport and the loop know at the end.
    struct Closing {
        std::uint64_t issued = 0;  ///< request ids handed out
        SecretOrder order;         ///< of them
        std::uint64_t clock_steps = 0;
        std::uint64_t calls_without_memory = 0;
        std::vector<model::ServedAddress> addresses;
        std::optional<StallWatch::Sums> stalls;
        bool polls = false;  ///< the thread spins: its CPU time says nothing
    };
    Tally finish(TimePoint now, const Closing& closing);
    /// Makes the recorder as new after finish(), without a window; the live counters go on.
    void restart();

private:
    void close_window(const Closing& closing);
    void count_success(const Ending& ending);
    void count_failure(const Ending& ending);
    void record(const Ending& ending);
    void record_due_in_window(const Ending& ending);
    void record_completion(const Ending& ending);
    inline void record_times_of_server(const Ending& ending);

    LiveCounters& live_;
    std::vector<std::string> operation_names_;  ///< of a mix; empty when there is only one
    std::string id_prefix_;
    int thread_;
    Path schedstat_;
    TimePoint window_start_ = TimePoint::max();
    TimePoint window_end_ = TimePoint::max();
    Tally tally_;
    ThreadTally own_;  ///< what goes into it at the end
    std::array<std::uint32_t, model::k_request_error_kinds> example_counts_{};
    std::array<std::uint64_t, 1000> statuses_{};  ///< by status; a status has three digits
    SecondSeries seconds_;
    SilenceWatch silences_;
    TimePoint middle_ = TimePoint::max();  ///< between the halves; max() when there are none
    TimePoint halves_end_ = TimePoint::max();
    std::optional<ThreadUsage> usage_before_;  ///< until a moment before the window was seen
    std::optional<ThreadUsage> usage_at_start_;
    std::optional<ThreadUsage> usage_at_end_;
    std::optional<HostTicks> host_at_start_;
    std::optional<HostTicks> host_at_end_;
};

}  // namespace joust::load
