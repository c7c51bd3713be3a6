#include "host/usage_sampler.hpp"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include "base/proc.hpp"
#include "base/thread.hpp"
#include "host/added_steal.hpp"
#include "host/cpu_layout.hpp"
#include "host/proc.hpp"

namespace joust::host {
namespace {

/// What one source says at one moment; at an edge with its threads and what its processes moved.
struct Reading {
    UsageCounters counters;
    ThreadTable threads;
    std::optional<MovedTable> moved;
    std::optional<CpusInWindow> cpus;
};

/// Mean and peak of what has been sampled so far.
class MemoryTrace {
public:
    void add(Bytes amount) {
        sum_ += static_cast<double>(amount.count);
        peak_ = std::max(peak_, amount);
        ++samples_;
    }
    [[nodiscard]] model::MemoryUse use() const {
        return {.mean = Bytes{static_cast<std::uint64_t>(samples_ ? sum_ / samples_ : 0.0)}, .peak = peak_};
    }

private:
    double sum_ = 0;
    Bytes peak_;
    int samples_ = 0;
};

/// A thread's time on a CPU since its start, at the kernel's tick where the exact account is not kept.
Nanoseconds on_cpu(const ThreadCounters& thread) {
    return thread.account ? thread.account->on_cpu : thread.ticks.total();
}

Reading of_threads(ThreadTable threads, const std::vector<pid_t>& pids) {
    Reading reading;
    for (const auto& [tid, thread] : threads) {
        reading.counters.cpu_total += on_cpu(thread);
        reading.counters.cpu_split = reading.counters.cpu_split + thread.ticks;
    }
    for (const pid_t pid : pids) {
        const std::optional<ResidentMemory> memory = read_memory(pid);
        if (!memory) continue;
        reading.counters.anonymous = reading.counters.anonymous + memory->anonymous;
        reading.counters.page_cache = reading.counters.page_cache + memory->file;
    }
    reading.threads = std::move(threads);
    return reading;
}

Result<Reading> read_cpus(const CpuSource& source) {
    const std::optional<TimeOfCpus> time = read_cpu_time(source.cpus);
    if (!time) return fail(ErrorKind::io, "/proc/stat does not tell of CPUs {}", to_cpu_list(source.cpus));
    CpusInWindow cpus{.time = *time};
    if (source.added_steal) {
        JOUST_TRY(cpus.added_steal, read_added_steal(*source.added_steal, source.cpus));
        cpus.time.stolen += cpus.added_steal;
        cpus.time.tasks.user -= cpus.added_steal;
    }
    Reading reading;
    reading.counters.cpu_split = cpus.time.tasks;
    reading.counters.cpu_total = cpus.time.tasks.total();
    reading.cpus = cpus;
    return reading;
}

Result<Reading> read_source(const UsageSource& source, bool at_edge) {
    if (const auto* in_group = std::get_if<GroupSource>(&source)) {
        Reading reading;
        JOUST_TRY(reading.counters, in_group->group->read_usage());
        if (at_edge && in_group->threads) {
            const std::vector<pid_t> pids = in_group->group->pids();
            reading.threads = read_threads(pids);
            reading.moved = read_moved(pids);
        }
        return reading;
    }
    if (const auto* in_session = std::get_if<SessionSource>(&source)) {
        const std::vector<pid_t> pids = pids_of_session(in_session->session);
        Reading reading = of_threads(at_edge ? read_threads(pids) : ThreadTable{}, pids);
        if (at_edge) reading.moved = read_moved(pids);
        return reading;
    }
    if (const auto* some_cpus = std::get_if<CpuSource>(&source)) {
        return read_cpus(*some_cpus);
    }
    ThreadTable threads;
    if (at_edge)
        for (const pid_t tid : std::get<OwnThreadsSource>(source).tids)
            if (const auto counters = read_thread(::getpid(), tid)) threads[tid] = *counters;
    return of_threads(std::move(threads), {::getpid()});
}

bool may_vanish(const UsageSource& source) {
    const auto* const in_group = std::get_if<GroupSource>(&source);
    return in_group && in_group->may_vanish;
}

bool sums_threads(const UsageSource& source) {
    const auto* const in_group = std::get_if<GroupSource>(&source);
    return in_group ? in_group->threads : !std::holds_alternative<CpuSource>(source);
}

std::optional<Nanoseconds> run_delay(const ThreadCounters& thread) {
    return thread.account ? std::optional(thread.account->run_delay) : std::nullopt;
}

/// What several threads have done in a window. A sum is empty where it was not told of one of them.
struct Gain {
    std::optional<std::uint64_t> voluntary_switches{0};
    std::optional<std::uint64_t> involuntary_switches{0};
    std::optional<Nanoseconds> run_delay{Nanoseconds{0}};
    Nanoseconds on_cpu{0};
    CpuTime ticks;
};

template <typename T>
void add_difference(std::optional<T>& sum, const std::optional<T>& first, const std::optional<T>& last) {
    if (sum && first && last) {
        *sum += *last - *first;
    } else {
        sum.reset();
    }
}

/// Of the threads that live at the end, since the beginning. A thread that was not there yet, or whose number
/// belonged to another one (its counters have shrunk), counts from zero.
Gain gained(const ThreadTable& begin, const ThreadTable& end) {
    static const ThreadCounters k_new{
        .voluntary_switches = 0, .involuntary_switches = 0, .account = SchedulerAccount{}, .ticks = {}};
    Gain sum;
    for (const auto& [tid, last] : end) {
        const auto found = begin.find(tid);
        const bool known = found != begin.end() && on_cpu(found->second) <= on_cpu(last) &&
                           found->second.voluntary_switches <= last.voluntary_switches;
        const ThreadCounters& first = known ? found->second : k_new;
        add_difference(sum.voluntary_switches, first.voluntary_switches, last.voluntary_switches);
        add_difference(sum.involuntary_switches, first.involuntary_switches, last.involuntary_switches);
        add_difference(sum.run_delay, run_delay(first), run_delay(last));
        sum.on_cpu += on_cpu(last) - on_cpu(first);
        sum.ticks = sum.ticks + (last.ticks - first.ticks);
    }
    return sum;
}

/// What the processes that live at the end have moved since the beginning; one that was not there yet counts
/// from zero.
std::optional<Bytes> moved_between(const Reading& begin, const Reading& end,
                                   std::int64_t MovedBytes::* part) {
    if (!begin.moved || !end.moved) return std::nullopt;
    std::int64_t sum = 0;
    for (const auto& [pid, moved] : *end.moved) {
        const auto before = begin.moved->find(pid);
        sum += moved.*part - (before == begin.moved->end() ? 0 : before->second.*part);
    }
    return Bytes{static_cast<std::uint64_t>(std::max<std::int64_t>(0, sum))};
}

template <typename T>
std::optional<T> difference(const std::optional<T>& begin, const std::optional<T>& end) {
    if (!begin || !end) return std::nullopt;
    return *end - *begin;
}

model::Usage usage_between(const UsageSource& source, const Reading& begin, const Reading& end) {
    model::Usage usage{
        .throttled = difference(begin.counters.throttled, end.counters.throttled),
        .throttled_periods = difference(begin.counters.throttled_periods, end.counters.throttled_periods)};
    const Gain threads = gained(begin.threads, end.threads);
    if (sums_threads(source)) {
        usage.voluntary_context_switches = threads.voluntary_switches;
        usage.involuntary_context_switches = threads.involuntary_switches;
        usage.run_delay = threads.run_delay;
        usage.storage_written = moved_between(begin, end, &MovedBytes::to_storage);
        usage.bytes_read = moved_between(begin, end, &MovedBytes::read);
        usage.bytes_written = moved_between(begin, end, &MovedBytes::written);
    }
    const bool counted_as_a_whole =
        std::holds_alternative<GroupSource>(source) || std::holds_alternative<CpuSource>(source);
    usage.cpu = counted_as_a_whole
                    ? cpu_between(begin.counters, end.counters)
                    : cpu_between({}, {.cpu_total = threads.on_cpu, .cpu_split = threads.ticks});
    return usage;
}

}  // namespace

struct UsageSampler::State {
    std::vector<UsageSource> sources;
    TimePoint start;
    Nanoseconds period;

    std::mutex mutex;
    std::condition_variable changed;
    TimePoint end;                ///< guarded by mutex; finish_now() brings it forward
    Result<WindowUsage> outcome;  ///< written by the thread, read after join()
    std::thread thread;

    /// Sleeps until `until` or the window's end if that comes first; true while the window goes on.
    bool sleep(TimePoint until) {
        std::unique_lock lock(mutex);
        while (now() < std::min(until, end))
            changed.wait_until(lock, std::min(until, end));
        return now() < end;
    }

    /// `before` is the last reading of each source; empty for the first one.
    Result<std::vector<Reading>> read_all(bool at_edge, const std::vector<Reading>& before) const {
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            Result<Reading> reading = read_source(sources[i], at_edge);
            if (!reading && may_vanish(sources[i]))
                reading = Reading{.counters = before.empty() ? UsageCounters{} : before[i].counters};
            if (!reading) return tl::unexpected(reading.error());
            readings.push_back(std::move(*reading));
        }
        return readings;
    }

    /// The thread's main(): what is thrown here would otherwise end the program.
    Result<WindowUsage> watched() {
        try {
            return watch();
        } catch (const std::bad_alloc&) {
            return tl::unexpected(out_of_memory());
        }
    }

    Result<WindowUsage> watch() {
        sleep(start);
        WindowUsage window{.begin = now()};
        JOUST_TRY(const std::vector<Reading> first, read_all(true, {}));
        std::vector<Reading> latest = first;
        std::vector<MemoryTrace> anonymous(sources.size());
        std::vector<MemoryTrace> page_cache(sources.size());
        const auto trace = [&](const std::vector<Reading>& readings) {
            for (std::size_t i = 0; i < readings.size(); ++i) {
                anonymous[i].add(readings[i].counters.anonymous);
                page_cache[i].add(readings[i].counters.page_cache);
            }
        };
        trace(first);
        for (TimePoint next = window.begin + period; sleep(next); next += period) {
            JOUST_TRY(latest, read_all(false, latest));
            trace(latest);
        }
        window.end = now();
        JOUST_TRY(const std::vector<Reading> last, read_all(true, latest));
        trace(last);
        for (std::size_t i = 0; i < sources.size(); ++i) {
            window.parties.push_back(usage_between(sources[i], first[i], last[i]));
            window.parties.back().anonymous = anonymous[i].use();
            window.parties.back().page_cache = page_cache[i].use();
            if (first[i].cpus && last[i].cpus)
                window.cpus = CpusInWindow{last[i].cpus->time - first[i].cpus->time,
                                           last[i].cpus->added_steal - first[i].cpus->added_steal};
        }
        return window;
    }

    void close() {
        const std::lock_guard lock(mutex);
        end = std::min(end, now());
        changed.notify_all();
    }
};

UsageSampler::UsageSampler(std::vector<UsageSource> sources, TimePoint start, TimePoint end,
                           Nanoseconds period)
    : state_(std::make_unique<State>()) {
    state_->sources = std::move(sources);
    state_->start = start;
    state_->end = end;
    state_->period = period;
    auto started = start_thread([state = state_.get()] { state->outcome = state->watched(); });
    if (started)
        state_->thread = std::move(*started);
    else
        state_->outcome = tl::unexpected(started.error());
}

UsageSampler::UsageSampler(UsageSampler&&) noexcept = default;

UsageSampler::~UsageSampler() {
    if (!state_ || !state_->thread.joinable()) return;
    state_->close();
    state_->thread.join();
}

Result<WindowUsage> UsageSampler::finish() {
    if (state_->thread.joinable()) state_->thread.join();
    return state_->outcome;
}

Result<WindowUsage> UsageSampler::finish_now() {
    state_->close();
    return finish();
}

}  // namespace joust::host
