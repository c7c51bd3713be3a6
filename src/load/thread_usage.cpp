#include "load/thread_usage.hpp"

#include <sys/resource.h>

namespace joust::load {
namespace {

Nanoseconds to_nanoseconds(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

ThreadUsage thread_usage_now(const Path& schedstat) {
    const std::optional<SchedulerAccount> account = SchedulerFile(schedstat).read();
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return {.cpu = {to_nanoseconds(usage.ru_utime), to_nanoseconds(usage.ru_stime)},
            .voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw),
            .involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw),
            .run_delay = account ? std::optional(account->run_delay) : std::nullopt};
}

ThreadUsage operator-(const ThreadUsage& later, const ThreadUsage& earlier) {
    ThreadUsage used{.cpu = later.cpu - earlier.cpu,
                     .voluntary_switches = later.voluntary_switches - earlier.voluntary_switches,
                     .involuntary_switches = later.involuntary_switches - earlier.involuntary_switches};
    if (later.run_delay && earlier.run_delay) used.run_delay = *later.run_delay - *earlier.run_delay;
    return used;
}

}  // namespace joust::load
