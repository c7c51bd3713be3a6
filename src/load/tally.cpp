#include "load/tally.hpp"

#include <algorithm>

#include "load/sums.hpp"

namespace joust::load {
namespace {

void add_window(std::optional<Tally::Window>& to, const std::optional<Tally::Window>& from) {
    if (!from) return;
    to = to ? Tally::Window{std::min(to->start, from->start), std::max(to->end, from->end)} : *from;
}

void add_halves(std::optional<Tally::Halves>& to, const std::optional<Tally::Halves>& from) {
    if (!to || !from) return to.reset();
    for (std::size_t i = 0; i < to->size(); ++i)
        add((*to)[i], (*from)[i]);
}

/// What all threads can tell of themselves, in order; nothing where one of them cannot.
template <typename Of>
std::vector<Nanoseconds> of_all(const Tally& tally, Of&& of) {
    std::vector<Nanoseconds> all;
    for (const auto& [number, thread] : tally.threads)
        if (const std::optional<Nanoseconds> time = of(thread)) all.push_back(*time);
    if (all.size() != tally.threads.size()) all.clear();
    return all;
}

std::optional<Nanoseconds> run_delay(const ThreadTally& thread) {
    return thread.used ? thread.used->run_delay : std::nullopt;
}

std::optional<Nanoseconds> time_stopped(const ThreadTally& thread) {
    return thread.used && thread.stopped ? std::optional(thread.stopped->total) : std::nullopt;
}

std::optional<Nanoseconds> cpu_that_counts(const ThreadTally& thread) {
    return thread.used && !thread.polls ? std::optional(thread.used->cpu.total()) : std::nullopt;
}

model::Usage usage_of(const Tally& tally, const std::vector<Nanoseconds>& run_delays) {
    model::Usage usage;
    for (const auto& [number, thread] : tally.threads) {
        if (!thread.used) continue;
        usage.cpu = usage.cpu + thread.used->cpu;
        usage.voluntary_context_switches =
            usage.voluntary_context_switches.value_or(0) + thread.used->voluntary_switches;
        usage.involuntary_context_switches =
            usage.involuntary_context_switches.value_or(0) + thread.used->involuntary_switches;
    }
    Nanoseconds sum{0};
    for (const Nanoseconds delay : run_delays)
        sum += delay;
    if (!run_delays.empty()) usage.run_delay = sum;
    return usage;
}

model::GeneratorConduct conduct_of(const Tally& tally) {
    model::GeneratorConduct conduct{.thread_cpu = of_all(tally, cpu_that_counts),
                                    .thread_stopped = of_all(tally, time_stopped),
                                    .held_back = tally.held_back,
                                    .never_begun = tally.never_begun,
                                    .shortages = tally.shortages};
    for (const auto& [number, thread] : tally.threads)
        if (thread.used && thread.stopped)
            conduct.longest_stop = std::max(conduct.longest_stop, thread.stopped->longest);
    if (tally.start_delay.count() > 0) {
        conduct.start_delay_p50 = Nanoseconds(tally.start_delay.value_at_quantile(0.5));
        conduct.start_delay_p99 = Nanoseconds(tally.start_delay.value_at_quantile(0.99));
    }
    // All threads have read the host's ticks at about the same time.
    const std::optional<HostTicks>& host = tally.threads.begin()->second.host;
    if (host && host->all > 0 && host->stolen <= host->all)  // a kernel may count steal backwards
        conduct.steal_share = static_cast<double>(host->stolen) / static_cast<double>(host->all);
    if (tally.halves) conduct.halves.assign(tally.halves->begin(), tally.halves->end());
    return conduct;
}

std::vector<model::RequestErrorExample> examples_of(const Tally& tally) {
    std::vector<model::RequestErrorExample> all;
    for (const auto& [number, thread] : tally.threads) {
        for (const ThreadTally::Example& example : thread.examples) {
            model::RequestErrorExample dated = example.error;
            dated.since_window = example.when - tally.window->start;
            add_example(all, std::move(dated), ThreadTally::k_examples);
        }
    }
    return all;
}

}  // namespace

void Tally::merge(Tally other) {
    add_window(window, other.window);
    completed_in_window += other.completed_in_window;
    errors_in_window += other.errors_in_window;
    add(requests, other.requests);
    add(errors, other.errors);
    add(statuses, other.statuses);
    retried += other.retried;
    censored += other.censored;
    held_back += other.held_back;
    never_begun += other.never_begun;
    add(shortages, other.shortages);
    add_halves(halves, other.halves);
    response_time.merge(other.response_time);
    service_time.merge(other.service_time);
    time_to_first_byte.merge(other.time_to_first_byte);
    delayed_bodies += other.delayed_bodies;
    schedule_lag.merge(other.schedule_lag);
    reap_delay.merge(other.reap_delay);
    start_delay.merge(other.start_delay);
    add(connections, other.connections);
    add(addresses, other.addresses);
    bytes_received += other.bytes_received;
    in_flight += other.in_flight;
    response_time_sum += other.response_time_sum;
    last_end = std::max(last_end, other.last_end);
    add(operations, other.operations);
    clock_steps += other.clock_steps;
    threads.merge(std::move(other.threads));
}

Result<model::Samples> samples_of(const Tally& tally) {
    // A window that was cut before it began is empty.
    if (!tally.window || tally.window->empty())
        return fail(ErrorKind::interrupted,
                    "the load was stopped before its measured window began: nothing was measured");
    model::Samples samples{.completed_in_window = tally.completed_in_window,
                           .errors_in_window = tally.errors_in_window,
                           .requests = tally.requests,
                           .errors = tally.errors,
                           .statuses = tally.statuses,
                           .retried = tally.retried,
                           .examples = examples_of(tally),
                           .censored = tally.censored,
                           .response_time = tally.response_time,
                           .service_time = tally.service_time,
                           .time_to_first_byte = tally.time_to_first_byte,
                           .delayed_bodies = tally.delayed_bodies,
                           .schedule_lag = tally.schedule_lag,
                           .reap_delay = tally.reap_delay,
                           .connections = tally.connections,
                           .addresses = tally.addresses,
                           .bytes_received = tally.bytes_received,
                           .response_time_sum = tally.response_time_sum,
                           .operations = tally.operations,
                           .clock_steps = tally.clock_steps,
                           .run_delays = of_all(tally, run_delay),
                           .conduct = conduct_of(tally),
                           .kernel_time_stamps = !tally.reap_delay.empty(),
                           .threads = static_cast<int>(tally.threads.size())};
    // Stopped by count: the window ends with the last answer.
    const TimePoint end = tally.window->end == TimePoint::max() ? tally.last_end : tally.window->end;
    samples.window = std::max(Nanoseconds{1}, end - tally.window->start);
    samples.in_flight_mean = seconds(tally.in_flight) / seconds(samples.window);
    samples.generator = usage_of(tally, samples.run_delays);
    std::vector<std::vector<SecondSeries::Second>> series;
    std::vector<const ThreadSilences*> silences;
    for (const auto& [number, thread] : tally.threads) {
        silences.push_back(&thread.silences);
        samples.ids.push_back(thread.ids);
        series.push_back(thread.seconds);
    }
    samples.seconds = merged(series, samples.window);
    samples.silences = common_silences(silences, tally.window->start);
    return samples;
}

}  // namespace joust::load
