#include "load/tally.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace joust::load {
namespace {

using namespace std::chrono_literals;

const TimePoint k_start{1h};

std::uint64_t some_count() {
    return *rc::gen::inRange<std::uint64_t>(0, 1000);
}
Nanoseconds some_time() {
    return Nanoseconds(*rc::gen::inRange<std::int64_t>(0, 5'000'000'000));
}

stats::Histogram some_histogram() {
    stats::Histogram histogram;
    for (std::uint64_t count = some_count() % 8; count > 0; --count)
        histogram.record(some_time().count());
    return histogram;
}

model::RequestCounts some_requests() {
    return {some_count(), some_count(), some_count(), some_count(), some_count()};
}

ThreadTally some_thread(int number) {
    ThreadTally thread{.ids = {.prefix = std::to_string(number), .issued = some_count()}};
    if (*rc::gen::inRange(0, 8) > 0) {
        thread.used = ThreadUsage{{some_time(), some_time()}, some_count(), some_count(), std::nullopt};
        if (*rc::gen::inRange(0, 4) > 0) thread.used->run_delay = some_time();
    }
    if (*rc::gen::arbitrary<bool>()) thread.stopped = StallWatch::Sums{some_time(), some_time()};
    thread.polls = *rc::gen::inRange(0, 8) == 0;
    if (*rc::gen::arbitrary<bool>()) thread.host = HostTicks{1 + some_count(), some_count()};
    for (std::uint64_t count = some_count() % 4; count > 0; --count)
        thread.examples.push_back(
            {{.kind = *rc::gen::element(model::RequestErrorKind::reset, model::RequestErrorKind::body)},
             k_start + some_time()});
    TimePoint at = k_start;
    for (std::uint64_t count = some_count() % 4; count > 0; --count) {
        const TimePoint from = at + some_time();
        at = from + 100ms + some_time();
        thread.silences.silences.push_back({from, at, from, 1 + some_count()});
        thread.silences.absences.push_back({from, from + some_time() / 10});
    }
    for (std::int64_t second = 0; second < 3; ++second)
        thread.seconds.push_back(
            {.second = second, .failed = some_count(), .counts = {{std::uint16_t{17}, 1U}}});
    return thread;
}

/// What one thread of a load of two operations, to two addresses, may count.
Tally some_tally(int number) {
    Tally tally{.completed_in_window = some_count(),
                .errors_in_window = some_count(),
                .requests = some_requests(),
                .statuses = {{*rc::gen::inRange(200, 204), some_count()}},
                .retried = some_count(),
                .censored = some_count(),
                .held_back = some_count(),
                .never_begun = some_count(),
                .response_time = some_histogram(),
                .service_time = some_histogram(),
                .time_to_first_byte = some_histogram(),
                .delayed_bodies = some_count(),
                .schedule_lag = some_histogram(),
                .reap_delay = some_histogram(),
                .connections = {some_count(), some_count(), some_count(), some_count(), some_count()},
                .addresses = {{"one", some_count()}, {"two", some_count()}},
                .bytes_received = some_count(),
                .in_flight = some_time(),
                .response_time_sum = some_time(),
                .last_end = k_start + some_time(),
                .clock_steps = some_count()};
    // A thread that was stopped may not have seen the window, or have seen it end early.
    if (*rc::gen::inRange(0, 4) > 0) tally.window = Tally::Window{k_start, k_start + some_time()};
    if (*rc::gen::inRange(0, 4) == 0) tally.window = Tally::Window{k_start, TimePoint::max()};
    for (std::uint64_t& count : tally.errors.count)
        count = some_count();
    for (std::uint64_t& count : tally.shortages.count)
        count = some_count();
    if (*rc::gen::inRange(0, 4) > 0)
        tally.halves = Tally::Halves{{{some_count(), some_count(), some_time()}, {some_count(), 1, 2ns}}};
    tally.start_delay.record(some_time().count());
    for (const char* const name : {"read", "write"})
        tally.operations.push_back({name, some_count(), some_requests(), some_histogram()});
    tally.threads.emplace(number, some_thread(number));
    return tally;
}

Tally sum(Tally a, const Tally& b) {
    a.merge(b);
    return a;
}

bool same_samples(const Tally& a, const Tally& b) {
    const auto first = samples_of(a);
    const auto second = samples_of(b);
    return first.has_value() == second.has_value() && (!first || *first == *second);
}

RC_GTEST_PROP(Tally, is_the_same_whichever_thread_comes_first, ()) {
    const Tally a = some_tally(0);
    const Tally b = some_tally(1);
    RC_ASSERT(sum(a, b) == sum(b, a));
    RC_ASSERT(same_samples(sum(a, b), sum(b, a)));
}

RC_GTEST_PROP(Tally, is_the_same_however_threads_are_grouped, ()) {
    const Tally a = some_tally(0);
    const Tally b = some_tally(1);
    const Tally c = some_tally(2);
    RC_ASSERT(sum(sum(a, b), c) == sum(a, sum(b, c)));
    RC_ASSERT(same_samples(sum(sum(a, b), c), sum(a, sum(b, c))));
}

RC_GTEST_PROP(Tally, has_no_silence_that_one_of_the_threads_has_not, ()) {
    const Tally one = some_tally(0);
    const auto alone = samples_of(one);
    const auto both = samples_of(sum(one, some_tally(1)));
    RC_PRE(alone.has_value() && both.has_value());
    const auto sum_of = [](const model::Samples& samples) {
        Nanoseconds length{0};
        for (const model::Silence& silence : *samples.silences)
            length += silence.length;
        return length;
    };
    // A thread with one request under way has none alone, and may have some with another's.
    if (std::all_of(one.threads.at(0).silences.silences.begin(), one.threads.at(0).silences.silences.end(),
                    [](const ThreadSilence& silence) { return silence.under_way > 1; }))
        RC_ASSERT(sum_of(*both) <= sum_of(*alone));
}

RC_GTEST_PROP(Tally, tells_run_delays_of_all_threads_or_of_none, ()) {
    const Tally whole = sum(some_tally(0), some_tally(1));
    const auto samples = samples_of(whole);
    RC_PRE(samples.has_value());
    const bool all = std::all_of(whole.threads.begin(), whole.threads.end(), [](const auto& thread) {
        return thread.second.used && thread.second.used->run_delay;
    });
    RC_ASSERT(samples->run_delays.size() == (all ? 2U : 0U));
    RC_ASSERT(samples->generator.run_delay.has_value() == all);
}

}  // namespace
}  // namespace joust::load
