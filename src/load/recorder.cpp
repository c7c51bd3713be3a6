#include "load/recorder.hpp"

#include <algorithm>

namespace joust::load {

Recorder::Recorder(LiveCounters& live, std::vector<std::string> operations, std::string id_prefix)
    : live_(live), id_prefix_(std::move(id_prefix)) {
    if (operations.size() > 1) operation_names_ = std::move(operations);
    restart();
}

void Recorder::restart() {
    window_start_ = window_end_ = TimePoint::max();
    samples_ = model::Samples{};
    samples_.ids.resize(1);
    samples_.ids[0].prefix = id_prefix_;
    samples_.operations.resize(operation_names_.size());
    for (std::size_t i = 0; i < operation_names_.size(); ++i)
        samples_.operations[i].name = operation_names_[i];
    example_times_.clear();
    example_counts_ = {};
    statuses_ = {};
    seconds_ = {};
    in_flight_ = Nanoseconds{0};
    last_end_ = {};
    start_delay_ = {};
    middle_ = TimePoint::max();
    usage_before_ = thread_usage_now();
    usage_at_start_.reset();
    usage_at_end_.reset();
    host_at_start_.reset();
    host_at_end_.reset();
}

void Recorder::set_window(TimePoint start, TimePoint end) {
    window_start_ = start;
    window_end_ = end;
    if (end != TimePoint::max()) set_halves(start, end - start);
}

void Recorder::set_halves(TimePoint start, Nanoseconds length) {
    middle_ = start + length / 2;
    halves_end_ = start + length;
    samples_.conduct.halves.resize(2);
}

void Recorder::cut_window(TimePoint now) {
    if (!has_window() || now >= window_end_) return;
    middle_ = TimePoint::max();
    samples_.conduct.halves.clear();
    window_end_ = std::max(now + Nanoseconds{1}, window_start_);  // what is due now belongs to it
}

TimePoint Recorder::next_edge() const {
    if (!usage_at_start_) return window_start_;
    return usage_at_end_ ? TimePoint::max() : window_end_;
}

void Recorder::pass_edges(TimePoint now) {
    if (now < window_start_) usage_before_.reset();
    if (!usage_at_start_ && now >= window_start_) {
        // A thread that got no CPU at first saw nothing before the window: its waiting belongs to the window.
        usage_at_start_ = usage_before_ ? usage_before_ : thread_usage_now();
        host_at_start_ = read_host_ticks();
    }
    if (usage_at_start_ && !usage_at_end_ && now >= window_end_) {
        usage_at_end_ = thread_usage_now();
        host_at_end_ = read_host_ticks();
    }
}

void Recorder::count_success(const Ending& ending) {
    const std::int64_t response_ns = (ending.end - ending.due).count();
    live_.succeeded.add(1);
    live_.response_time_sum_ns.add(static_cast<std::uint64_t>(response_ns));
    live_.response_time[LiveHistogram::index_of(response_ns)].add(1);
}

void Recorder::count_failure(const Ending& ending) {
    if (ending.how != Ending::How::unfinished) live_.errors[static_cast<std::size_t>(ending.kind)].add(1);
    model::IssuedIds& ids = samples_.ids[0];
    if (!ending.identified) return;
    if (ids.unacknowledged.size() < model::IssuedIds::k_most_unacknowledged) {
        ids.unacknowledged.push_back({ending.sequence, ending.kind});
    } else {
        ids.truncated = true;
    }
}

void Recorder::record(const Ending& ending) {
    if (ending.end < window_end_ && ending.how != Ending::How::unfinished) record_completion(ending);
    if (ending.due >= window_start_ && ending.due < window_end_) record_due_in_window(ending);
    in_flight_ +=
        std::max(Nanoseconds{0}, std::min(ending.end, window_end_) - std::max(ending.due, window_start_));
}

void Recorder::record_completion(const Ending& ending) {
    if (middle_ != TimePoint::max() && ending.end < halves_end_ && ending.how != Ending::How::timed_out)
        ++samples_.conduct.halves[ending.end < middle_ ? 0 : 1].answered;
    if (ending.how == Ending::How::succeeded) {
        ++samples_.completed_in_window;
        seconds_.succeeded(ending.end - window_start_, (ending.end - ending.due).count());
        if (!samples_.operations.empty()) ++samples_.operations[ending.operation].completed_in_window;
    } else {
        ++samples_.errors_in_window;
        seconds_.failed(ending.end - window_start_);
    }
}

void Recorder::record_due_in_window(const Ending& ending) {
    const auto count = [&](model::RequestCounts& counts) {
        switch (ending.how) {
            case Ending::How::succeeded:
                ++counts.succeeded;
                break;
            case Ending::How::failed:
                ++counts.failed;
                break;
            case Ending::How::timed_out:
                ++counts.timed_out;
                break;
            case Ending::How::unfinished:
                ++counts.unfinished;
                break;
        }
    };
    count(samples_.requests);
    if (ending.answered) ++statuses_[static_cast<std::size_t>(ending.status)];
    last_end_ = std::max(last_end_, ending.end);
    samples_.response_time_sum += ending.end - ending.due;
    if (middle_ != TimePoint::max() && ending.due < halves_end_) {
        model::GeneratorConduct::Half& half = samples_.conduct.halves[ending.due < middle_ ? 0 : 1];
        ++half.due;
        half.response_time_sum += ending.end - ending.due;
    }
    const bool censored = ending.how == Ending::How::timed_out || ending.how == Ending::How::unfinished;
    if (ending.how == Ending::How::failed || ending.how == Ending::How::timed_out)
        ++samples_.errors[ending.kind];
    if (censored) ++samples_.censored;
    if (!samples_.operations.empty()) {
        model::OperationSamples& operation = samples_.operations[ending.operation];
        ++operation.requests.started;
        count(operation.requests);
        if (ending.how != Ending::How::failed)
            operation.response_time.record((ending.end - ending.due).count());
    }
    if (ending.sent) samples_.schedule_lag.record((ending.sent_at - ending.due).count());
    if (ending.how == Ending::How::failed) return;
    samples_.response_time.record((ending.end - ending.due).count());
    if (ending.sent) samples_.service_time.record((ending.end - ending.sent_at).count());
    if (ending.stamped) samples_.reap_delay.record(ending.reap_delay.count());
}

void Recorder::shed(TimePoint due, TimePoint now, bool timed_out) {
    begun(due);
    if (due >= window_start_ && due < window_end_) {
        ++samples_.conduct.held_back;
        ++samples_.conduct.never_begun;
    }
    ended({.how = timed_out ? Ending::How::timed_out : Ending::How::unfinished,
           .kind = model::RequestErrorKind::timeout,
           .sent = false,
           .due = due,
           .end = now});
    if (timed_out && wants_example(model::RequestErrorKind::timeout))
        keep_example(model::RequestErrorKind::timeout, 0, "no connection was free before the timeout", now);
}

void Recorder::keep_example(model::RequestErrorKind kind, int status, std::string detail, TimePoint when) {
    ++example_counts_[static_cast<std::size_t>(kind)];
    samples_.examples.push_back({kind, status, std::move(detail), Nanoseconds{0}});
    example_times_.push_back(when);
}

ThreadResult Recorder::finish(TimePoint now, const Closing& closing) {
    if (has_window() && now >= window_start_) {
        pass_edges(std::max(now, window_end_));  // a load that stops by count has no edge to wait for
        const ThreadUsage& from = *usage_at_start_;
        const ThreadUsage& to = *usage_at_end_;
        samples_.generator.cpu = to.cpu - from.cpu;
        samples_.generator.voluntary_context_switches = to.voluntary_switches - from.voluntary_switches;
        samples_.generator.involuntary_context_switches = to.involuntary_switches - from.involuntary_switches;
        if (from.run_delay && to.run_delay) samples_.generator.run_delay = *to.run_delay - *from.run_delay;
        if (!closing.polls) samples_.conduct.thread_cpu = {samples_.generator.cpu.total()};
        if (closing.stalls) {
            samples_.conduct.thread_stopped = {closing.stalls->total};
            samples_.conduct.longest_stop = closing.stalls->longest;
        }
        if (host_at_start_ && host_at_end_ && host_at_end_->all > host_at_start_->all)
            samples_.conduct.steal_share =
                static_cast<double>(host_at_end_->stolen - host_at_start_->stolen) /
                static_cast<double>(host_at_end_->all - host_at_start_->all);
    }
    for (std::size_t i = 0; has_window() && i < samples_.examples.size(); ++i)
        samples_.examples[i].since_window = example_times_[i] - window_start_;
    for (std::size_t status = 0; status < statuses_.size(); ++status)
        if (statuses_[status] > 0) samples_.statuses[static_cast<int>(status)] = statuses_[status];
    samples_.ids[0].issued = closing.issued;
    samples_.clock_steps = closing.clock_steps;
    samples_.addresses = closing.addresses;
    samples_.conduct.shortages[model::Shortage::memory] += closing.calls_without_memory;
    samples_.kernel_time_stamps = !samples_.reap_delay.empty();
    return {.samples = std::move(samples_),
            .seconds = seconds_.take(),
            .start_delay = start_delay_,
            .in_flight = in_flight_,
            .window_start = window_start_,
            .window_end = window_end_,
            .last_end = last_end_,
            .has_window = has_window()};
}

namespace {

void add(model::RequestCounts& to, const model::RequestCounts& from) {
    to.started += from.started;
    to.succeeded += from.succeeded;
    to.failed += from.failed;
    to.timed_out += from.timed_out;
    to.unfinished += from.unfinished;
}

template <typename T>
void add(std::optional<T>& to, const std::optional<T>& from) {
    if (from) to = to.value_or(T{}) + *from;
}

void add_usage(model::Usage& to, const model::Usage& from) {
    to.cpu = to.cpu + from.cpu;
    add(to.voluntary_context_switches, from.voluntary_context_switches);
    add(to.involuntary_context_switches, from.involuntary_context_switches);
    add(to.run_delay, from.run_delay);
    add(to.throttled, from.throttled);
}

/// Of the same target, so they have the same addresses.
void add_addresses(model::Samples& to, const model::Samples& from) {
    if (to.addresses.empty())
        to.addresses = from.addresses;
    else
        for (std::size_t i = 0; i < std::min(to.addresses.size(), from.addresses.size()); ++i)
            to.addresses[i].connections += from.addresses[i].connections;
}

void add_counts(model::Samples& to, const model::Samples& from) {
    to.completed_in_window += from.completed_in_window;
    to.errors_in_window += from.errors_in_window;
    add(to.requests, from.requests);
    for (std::size_t i = 0; i < model::k_request_error_kinds; ++i)
        to.errors.count[i] += from.errors.count[i];
    for (const auto& [status, count] : from.statuses)
        to.statuses[status] += count;
    to.censored += from.censored;
    add_addresses(to, from);
    to.connections.asked += from.connections.asked;
    to.connections.established += from.connections.established;
    to.connections.peak += from.connections.peak;
    to.connections.closed_idle += from.connections.closed_idle;
    to.connections.resent += from.connections.resent;
    to.bytes_received += from.bytes_received;
    to.retried += from.retried;
    to.response_time_sum += from.response_time_sum;
    to.clock_steps += from.clock_steps;
    to.kernel_time_stamps = to.kernel_time_stamps || from.kernel_time_stamps;
}

void add(std::vector<Nanoseconds>& to, const std::vector<Nanoseconds>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

void add_conduct(model::GeneratorConduct& to, const model::GeneratorConduct& from) {
    add(to.thread_cpu, from.thread_cpu);
    add(to.thread_stopped, from.thread_stopped);
    to.longest_stop = std::max(to.longest_stop, from.longest_stop);
    to.held_back += from.held_back;
    to.never_begun += from.never_begun;
    for (std::size_t i = 0; i < model::k_shortages; ++i)
        to.shortages.count[i] += from.shortages.count[i];
    if (!to.local_ports) to.local_ports = from.local_ports;
    for (std::size_t i = 0; i < std::min(to.halves.size(), from.halves.size()); ++i) {
        to.halves[i].due += from.halves[i].due;
        to.halves[i].answered += from.halves[i].answered;
        to.halves[i].response_time_sum += from.halves[i].response_time_sum;
    }
}

void add_by_thread(std::vector<Nanoseconds>& to, const std::vector<Nanoseconds>& from) {
    for (std::size_t i = 0; i < std::min(to.size(), from.size()); ++i)
        to[i] += from[i];
}

/// Of another lap, which makes up `share` of the time so far. The tail is that of the worst lap; the median
/// is their mean, for one bad lap of many does not make most of the response time the generator's.
void join_conduct(model::GeneratorConduct& to, model::GeneratorConduct from, double share) {
    add_by_thread(to.thread_cpu, from.thread_cpu);
    add_by_thread(to.thread_stopped, from.thread_stopped);
    from.thread_cpu.clear();
    from.thread_stopped.clear();
    add_conduct(to, from);
    if (to.start_delay_p50 && from.start_delay_p50)
        to.start_delay_p50 =
            from_seconds(seconds(*to.start_delay_p50) * (1 - share) + seconds(*from.start_delay_p50) * share);
    to.start_delay_p99 = std::max(to.start_delay_p99, from.start_delay_p99);
    if (to.steal_share && from.steal_share)
        to.steal_share = *to.steal_share * (1 - share) + *from.steal_share * share;
}

void add_examples(model::Samples& to, std::vector<model::RequestErrorExample>& from) {
    for (model::RequestErrorExample& example : from) {
        const auto same = std::count_if(to.examples.begin(), to.examples.end(),
                                        [&](const auto& kept) { return kept.kind == example.kind; });
        if (same < static_cast<std::ptrdiff_t>(Recorder::k_examples))
            to.examples.push_back(std::move(example));
    }
}

void add_histograms(model::Samples& to, const model::Samples& from) {
    to.response_time.merge(from.response_time);
    to.service_time.merge(from.service_time);
    to.schedule_lag.merge(from.schedule_lag);
    to.reap_delay.merge(from.reap_delay);
    for (std::size_t i = 0; i < from.operations.size(); ++i) {
        to.operations[i].completed_in_window += from.operations[i].completed_in_window;
        add(to.operations[i].requests, from.operations[i].requests);
        to.operations[i].response_time.merge(from.operations[i].response_time);
    }
}

}  // namespace

Result<model::Samples> merged(std::vector<ThreadResult> threads) {
    // A window that was cut before it began is empty.
    const auto measured = std::find_if(threads.begin(), threads.end(), [](const ThreadResult& thread) {
        return thread.has_window && thread.window_end > thread.window_start;
    });
    if (measured == threads.end())
        return fail(ErrorKind::interrupted,
                    "the load was stopped before its measured window began: nothing was measured");
    const TimePoint start = measured->window_start;
    model::Samples samples = std::move(threads.front().samples);
    samples.run_delays = {samples.generator.run_delay.value_or(Nanoseconds{0})};
    LiveHistogram start_delay = threads.front().start_delay;
    Nanoseconds in_flight = threads.front().in_flight;
    TimePoint end = threads.front().window_end;
    TimePoint last = threads.front().last_end;
    for (std::size_t i = 1; i < threads.size(); ++i) {
        ThreadResult& thread = threads[i];
        in_flight += thread.in_flight;
        end = std::max(end, thread.window_end);
        last = std::max(last, thread.last_end);
        add_counts(samples, thread.samples);
        add_histograms(samples, thread.samples);
        add_examples(samples, thread.samples.examples);
        add_usage(samples.generator, thread.samples.generator);
        add_conduct(samples.conduct, thread.samples.conduct);
        start_delay.merge(thread.start_delay);
        samples.ids.push_back(std::move(thread.samples.ids.front()));
        samples.run_delays.push_back(thread.samples.generator.run_delay.value_or(Nanoseconds{0}));
    }
    if (start_delay.count() > 0) {
        samples.conduct.start_delay_p50 = Nanoseconds(start_delay.value_at_quantile(0.5));
        samples.conduct.start_delay_p99 = Nanoseconds(start_delay.value_at_quantile(0.99));
    }
    if (end == TimePoint::max()) end = last;  // stopped by count: the window ends with the last answer
    samples.window = std::max(Nanoseconds{1}, end - start);
    samples.in_flight_mean = seconds(in_flight) / seconds(samples.window);
    samples.threads = static_cast<int>(threads.size());
    std::vector<std::vector<SecondSeries::Second>> series;
    for (ThreadResult& thread : threads)
        series.push_back(std::move(thread.seconds));
    samples.seconds = merged(series, samples.window);
    return samples;
}

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
        add_examples(whole, lap.examples);
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
