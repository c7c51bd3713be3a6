#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/clock.hpp"
#include "model/samples.hpp"

namespace joust::load {

/// A stretch of the window in which one load thread got no answer, whether or not it waited for one.
struct ThreadSilence {
    TimePoint from;
    TimePoint to;
    TimePoint since = TimePoint::max();  ///< the oldest request under way at its end was due then
    std::size_t under_way = 0;           ///< requests at its end
    friend bool operator==(const ThreadSilence&, const ThreadSilence&) = default;
};

/// Time in which a load thread wanted to look for answers, but did not run.
struct Absence {
    TimePoint from;
    TimePoint to;
    friend bool operator==(const Absence&, const Absence&) = default;
};

/// What one load thread has noticed of silences, in order of time.
struct ThreadSilences {
    std::vector<ThreadSilence> silences;  ///< each of model::k_silence_least or more
    std::vector<Absence> absences;        ///< within them
    friend bool operator==(const ThreadSilences&, const ThreadSilences&) = default;
};

/// The silences of all threads together: nobody got an answer, and at least two requests were under way all
/// the time. `window` is its start.
std::vector<model::Silence> common_silences(const std::vector<const ThreadSilences*>& threads,
                                            TimePoint window);

/// Notices silences as one load thread's answers come. A call per answer costs a subtraction and two
/// comparisons; the rest is done for each silence.
class SilenceWatch {
public:
    /// Looks from `start` to `end`, which is TimePoint::max() while it is not known.
    void set_window(TimePoint start, TimePoint end);
    void cut_window(TimePoint end) { window_end_ = end; }
    /// Whether whatever ends then comes after a silence; before there is a window nothing does.
    [[nodiscard]] bool is_after_silence(TimePoint end) const {
        return end - last_answer_ >= model::k_silence_least;
    }
    /// An answer within the window.
    void answered(TimePoint end) { last_answer_ = std::max(last_answer_, end); }
    /// An answer that is_after_silence(), with the requests under way until it came.
    void answered_after_silence(TimePoint end, TimePoint oldest_due, std::size_t under_way);
    /// A request that was given up, while no answer came.
    void given_up(TimePoint oldest_due, std::size_t under_way);
    /// The thread wanted to run from the one to the other, and did not.
    void absent(TimePoint from, TimePoint to);
    /// What was noticed, the silence at the end of the window included. The watch is to be set anew.
    ThreadSilences take();

private:
    void add(TimePoint end, TimePoint oldest_due, std::size_t under_way);

    TimePoint last_answer_ = TimePoint::max();
    TimePoint window_end_ = TimePoint::max();
    TimePoint oldest_given_up_ = TimePoint::max();  ///< since the last answer
    std::size_t given_up_ = 0;
    std::vector<Absence> absences_;  ///< those that may lie in the silence that goes on
    ThreadSilences found_;
};

}  // namespace joust::load
