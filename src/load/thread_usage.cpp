#include "load/thread_usage.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <numeric>

#include "base/fd.hpp"

namespace joust::load {
namespace {

Nanoseconds to_nanoseconds(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

std::optional<Nanoseconds> read_run_delay() {
    const Fd file(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
    std::array<char, 128> text{};
    if (!file || ::read(file.get(), text.data(), text.size() - 1) <= 0) return std::nullopt;
    unsigned long long on_cpu = 0;
    unsigned long long waiting = 0;
    if (std::sscanf(text.data(), "%llu %llu", &on_cpu, &waiting) != 2) return std::nullopt;
    return Nanoseconds(static_cast<std::int64_t>(waiting));
}

}  // namespace

ThreadUsage thread_usage_now() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return {.cpu = {to_nanoseconds(usage.ru_utime), to_nanoseconds(usage.ru_stime)},
            .voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw),
            .involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw),
            .run_delay = read_run_delay()};
}

std::optional<HostTicks> host_ticks_now() {
    const Fd file(::open("/proc/stat", O_RDONLY | O_CLOEXEC));
    std::array<char, 256> text{};
    if (!file || ::read(file.get(), text.data(), text.size() - 1) <= 0) return std::nullopt;
    // user nice system idle iowait irq softirq steal; the guests' times after these are in user and nice.
    std::array<unsigned long long, 8> ticks{};
    if (std::sscanf(text.data(), "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &ticks[0], &ticks[1],
                    &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]) != 8)
        return std::nullopt;
    return HostTicks{.all = std::accumulate(ticks.begin(), ticks.end(), std::uint64_t{0}),
                     .stolen = ticks.back()};
}

}  // namespace joust::load
