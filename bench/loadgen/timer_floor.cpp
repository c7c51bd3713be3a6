#include <sys/prctl.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <vector>

#include "base/clock.hpp"

/// What keeping a constant rate costs before anything is sent: a thread that sleeps until each due time, with
/// the timer slack of Joust's load threads, and does nothing. Prints as JSON its CPU time per due time and
/// how late it was. Usage: timer_floor RATE SECONDS
namespace joust::bench {
namespace {

Nanoseconds cpu_time() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec);
}

void sleep_until(TimePoint due) {
    const auto since_boot = due.time_since_epoch();
    const timespec wanted{.tv_sec = since_boot / std::chrono::seconds(1),
                          .tv_nsec = (since_boot % std::chrono::seconds(1)).count()};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wanted, nullptr);
}

int run(std::span<char*> words) {
    if (words.size() != 3) {
        std::fprintf(stderr, "usage: timer_floor RATE SECONDS\n");
        return 2;
    }
    const double rate = std::atof(words[1]);
    const auto count = static_cast<std::size_t>(rate * std::atof(words[2]));
    if (count < 1000) {
        std::fprintf(stderr, "timer_floor: %zu due times are too few for a 99.9th percentile\n", count);
        return 2;
    }
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    std::vector<Nanoseconds> late;
    late.reserve(count);
    std::size_t sleeps = 0;
    const TimePoint start = now() + std::chrono::milliseconds(1);
    const auto due = [&](std::size_t i) {
        return start + Nanoseconds(static_cast<Nanoseconds::rep>(static_cast<double>(i) * 1e9 / rate));
    };
    const Nanoseconds before = cpu_time();
    while (late.size() < count) {
        if (now() < due(late.size())) {
            sleep_until(due(late.size()));
            ++sleeps;
        }
        for (const TimePoint woken = now(); late.size() < count && due(late.size()) <= woken;)
            late.push_back(woken - due(late.size()));
    }
    const Nanoseconds used = cpu_time() - before;
    std::sort(late.begin(), late.end());
    std::printf(R"({"cpu_us_per_due": %.3f, "sleeps_per_due": %.3f, "late_ns": {"p50": %lld, "p999": %lld}})"
                "\n",
                static_cast<double>(used.count()) / 1e3 / static_cast<double>(count),
                static_cast<double>(sleeps) / static_cast<double>(count),
                static_cast<long long>(late[count / 2].count()),
                static_cast<long long>(late[count * 999 / 1000].count()));
    return 0;
}

}  // namespace
}  // namespace joust::bench

int main(int count, char** words) {
    return joust::bench::run({words, static_cast<std::size_t>(count)});
}
