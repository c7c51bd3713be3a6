#include "load/laps.hpp"

#include <algorithm>

#include "load/sums.hpp"
#include "load/tally.hpp"

namespace joust::load {
namespace {

/// A sum that is not known where a part of it is not.
template <typename T>
void add_known(std::optional<T>& to, const std::optional<T>& from) {
    to = to && from ? std::optional(*to + *from) : std::nullopt;
}

/// By thread; not known where it is not known of each lap.
void add_by_thread(std::vector<Nanoseconds>& to, const std::vector<Nanoseconds>& from) {
    if (from.size() != to.size()) to.clear();
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] += from[i];
}

void add_usage(model::Usage& to, const model::Usage& from) {
    to.cpu = to.cpu + from.cpu;
    add_known(to.voluntary_context_switches, from.voluntary_context_switches);
    add_known(to.involuntary_context_switches, from.involuntary_context_switches);
    add_known(to.run_delay, from.run_delay);
    add_known(to.throttled, from.throttled);
}

void add_counts(model::Samples& to, const model::Samples& from) {
    to.completed_in_window += from.completed_in_window;
    to.errors_in_window += from.errors_in_window;
    add(to.requests, from.requests);
    add(to.errors, from.errors);
    add(to.statuses, from.statuses);
    to.censored += from.censored;
    add(to.addresses, from.addresses);
    add(to.connections, from.connections);
    to.bytes_received += from.bytes_received;
    to.retried += from.retried;
    to.response_time_sum += from.response_time_sum;
    to.clock_steps += from.clock_steps;
    to.kernel_time_stamps = to.kernel_time_stamps || from.kernel_time_stamps;
}

/// Of another lap, which makes up `share` of the time so far. The tail is that of the worst lap; the median
/// is their mean, for one bad lap of many does not make most of the response time the generator's.
void join_conduct(model::GeneratorConduct& to, const model::GeneratorConduct& from, double share) {
    add_by_thread(to.thread_cpu, from.thread_cpu);
    add_by_thread(to.thread_stopped, from.thread_stopped);
    to.longest_stop = std::max(to.longest_stop, from.longest_stop);
    to.held_back += from.held_back;
    to.never_begun += from.never_begun;
    add(to.shortages, from.shortages);
    if (!to.local_ports) to.local_ports = from.local_ports;
    for (std::size_t i = 0; i < std::min(to.halves.size(), from.halves.size()); ++i)
        add(to.halves[i], from.halves[i]);
    if (to.start_delay_p50 && from.start_delay_p50)
        to.start_delay_p50 =
            from_seconds(seconds(*to.start_delay_p50) * (1 - share) + seconds(*from.start_delay_p50) * share);
    to.start_delay_p99 = std::max(to.start_delay_p99, from.start_delay_p99);
    to.steal_share = to.steal_share && from.steal_share
                         ? std::optional(*to.steal_share * (1 - share) + *from.steal_share * share)
                         : std::nullopt;
}

/// Of another lap, which begins where the time so far ends.
void join_silences(model::Samples& to, const model::Samples& from) {
    if (!to.silences || !from.silences) return to.silences.reset();
    for (const model::Silence& one : *from.silences)
        if (to.silences->size() < model::Samples::k_most_silences)
            to.silences->push_back({to.window + one.since_window, one.length});
}

void add_histograms(model::Samples& to, const model::Samples& from) {
    to.response_time.merge(from.response_time);
    to.service_time.merge(from.service_time);
    to.time_to_first_byte.merge(from.time_to_first_byte);
    to.delayed_bodies += from.delayed_bodies;
    to.schedule_lag.merge(from.schedule_lag);
    to.reap_delay.merge(from.reap_delay);
    add(to.operations, from.operations);
}

}  // namespace

model::Samples joined(std::vector<model::Samples> laps) {
    model::Samples whole = std::move(laps.front());
    double in_flight = whole.in_flight_mean * seconds(whole.window);
    for (std::size_t i = 1; i < laps.size(); ++i) {
        model::Samples& lap = laps[i];
        const model::ConnectionCounts before = whole.connections;
        add_counts(whole, lap);
        // The connections are the same ones in every lap; only those that were made anew add up.
        whole.connections.asked = std::max(before.asked, lap.connections.asked);
        whole.connections.peak = std::max(before.peak, lap.connections.peak);
        add_histograms(whole, lap);
        join_silences(whole, lap);
        for (model::RequestErrorExample& example : lap.examples)
            add_example(whole.examples, std::move(example), ThreadTally::k_examples);
        add_usage(whole.generator, lap.generator);
        add_by_thread(whole.run_delays, lap.run_delays);
        join_conduct(whole.conduct, lap.conduct, seconds(lap.window) / seconds(whole.window + lap.window));
        in_flight += lap.in_flight_mean * seconds(lap.window);
        whole.window += lap.window;
        whole.ids = std::move(lap.ids);  // counts over all laps
    }
    whole.in_flight_mean = in_flight / seconds(whole.window);
    whole.seconds.clear();  // seconds of different laps are not one series
    return whole;
}

}  // namespace joust::load
