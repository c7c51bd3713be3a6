#include "load/silences.hpp"

#include <algorithm>
#include <utility>

namespace joust::load {
namespace {

constexpr std::size_t k_least_under_way = 2;  // one alone may just be slow

// Where both are silent.
std::vector<ThreadSilence> both(const std::vector<ThreadSilence>& a, const std::vector<ThreadSilence>& b) {
    std::vector<ThreadSilence> common;
    for (auto one = a.begin(), other = b.begin(); one != a.end() && other != b.end();) {
        const TimePoint from = std::max(one->from, other->from);
        const TimePoint to = std::min(one->to, other->to);
        if (to - from >= model::k_silence_least)
            common.push_back(
                {from, to, std::min(one->since, other->since), one->under_way + other->under_way});
        ++(one->to < other->to ? one : other);
    }
    return common;
}

Nanoseconds absent_in(const ThreadSilences& thread, TimePoint from, TimePoint to) {
    Nanoseconds sum{0};
    for (const Absence& absence : thread.absences)
        sum += std::max(Nanoseconds{0}, std::min(absence.to, to) - std::max(absence.from, from));
    return sum;
}

}  // namespace

std::vector<model::Silence> common_silences(const std::vector<const ThreadSilences*>& threads,
                                            TimePoint window) {
    if (threads.empty()) return {};
    std::vector<ThreadSilence> common = threads.front()->silences;
    for (std::size_t i = 1; i < threads.size(); ++i)
        common = both(common, threads[i]->silences);
    std::vector<model::Silence> silences;
    for (const ThreadSilence& one : common) {
        const TimePoint from = std::max(one.from, one.since);
        Nanoseconds length = one.to - from;
        for (const ThreadSilences* thread : threads)
            length -= absent_in(*thread, from, one.to);
        if (length < model::k_silence_least || one.under_way < k_least_under_way) continue;
        if (silences.size() < model::Samples::k_most_silences) silences.push_back({from - window, length});
    }
    return silences;
}

void SilenceWatch::set_window(TimePoint start, TimePoint end) {
    last_answer_ = start;
    window_end_ = end;
}

void SilenceWatch::add(TimePoint end, TimePoint oldest_due, std::size_t under_way) {
    const TimePoint to = std::min(end, window_end_);
    if (to - last_answer_ < model::k_silence_least) return;
    if (found_.silences.size() >= model::Samples::k_most_silences) return;
    found_.silences.push_back(
        {last_answer_, to, std::min(oldest_due, oldest_given_up_), std::max(under_way, given_up_)});
    for (const Absence& absence : absences_)  // one that lies in two silences is kept once
        if (found_.absences.empty() || found_.absences.back().to < absence.to)
            found_.absences.push_back(absence);
}

void SilenceWatch::answered_after_silence(TimePoint end, TimePoint oldest_due, std::size_t under_way) {
    add(end, oldest_due, under_way);
    last_answer_ = end;
    oldest_given_up_ = TimePoint::max();
    given_up_ = 0;
}

void SilenceWatch::given_up(TimePoint oldest_due, std::size_t under_way) {
    oldest_given_up_ = std::min(oldest_given_up_, oldest_due);
    given_up_ = std::max(given_up_, under_way);
}

void SilenceWatch::absent(TimePoint from, TimePoint to) {
    constexpr std::size_t k_most = 1000;
    if (!absences_.empty() && absences_.back().to <= last_answer_) absences_.clear();
    if (absences_.size() < k_most) absences_.push_back({from, to});
}

ThreadSilences SilenceWatch::take() {
    if (window_end_ != TimePoint::max()) add(window_end_, TimePoint::max(), 0);
    ThreadSilences found = std::exchange(found_, {});
    *this = {};
    return found;
}

}  // namespace joust::load
