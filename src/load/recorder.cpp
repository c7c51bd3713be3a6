#include "load/recorder.hpp"

#include <algorithm>

namespace joust::load {

Recorder::Recorder(LiveCounters& live, std::vector<std::string> operations, std::string id_prefix, int thread,
                   Path schedstat)
    : live_(live), id_prefix_(std::move(id_prefix)), thread_(thread), schedstat_(std::move(schedstat)) {
    if (operations.size() > 1) operation_names_ = std::move(operations);
    restart();
}

void Recorder::restart() {
    window_start_ = window_end_ = TimePoint::max();
    tally_ = Tally{};
    own_ = ThreadTally{.ids = {.prefix = id_prefix_}};
    tally_.operations.resize(operation_names_.size());
    for (std::size_t i = 0; i < operation_names_.size(); ++i)
        tally_.operations[i].name = operation_names_[i];
    example_counts_ = {};
    statuses_ = {};
    seconds_ = {};
    silences_ = {};
    middle_ = TimePoint::max();
    usage_before_ = thread_usage_now(schedstat_);
    usage_at_start_.reset();
    usage_at_end_.reset();
    host_at_start_.reset();
    host_at_end_.reset();
}

void Recorder::set_window(TimePoint start, TimePoint end) {
    window_start_ = start;
    window_end_ = end;
    silences_.set_window(start, end);
    if (end != TimePoint::max()) set_halves(start, end - start);
}

void Recorder::set_halves(TimePoint start, Nanoseconds length) {
    middle_ = start + length / 2;
    halves_end_ = start + length;
    tally_.halves.emplace();
}

void Recorder::cut_window(TimePoint now) {
    if (!has_window() || now >= window_end_) return;
    middle_ = TimePoint::max();
    tally_.halves.reset();
    window_end_ = std::max(now + Nanoseconds{1}, window_start_);  // what is due now belongs to it
    silences_.cut_window(window_end_);
}

TimePoint Recorder::next_edge() const {
    if (!usage_at_start_) return window_start_;
    return usage_at_end_ ? TimePoint::max() : window_end_;
}

void Recorder::pass_edges(TimePoint now) {
    if (now < window_start_) usage_before_.reset();
    if (!usage_at_start_ && now >= window_start_) {
        // A thread that got no CPU at first saw nothing before the window: its waiting belongs to the window.
        usage_at_start_ = usage_before_ ? usage_before_ : thread_usage_now(schedstat_);
        host_at_start_ = read_host_ticks();
    }
    if (usage_at_start_ && !usage_at_end_ && now >= window_end_) {
        usage_at_end_ = thread_usage_now(schedstat_);
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
    model::IssuedIds& ids = own_.ids;
    if (ending.misdelivered) ++ids.misdelivered;
    if (ending.wrong_id) ++ids.wrong_id;
    if (!ending.identified) return;
    if (ids.unacknowledged.size() < model::IssuedIds::k_most_unacknowledged) {
        ids.unacknowledged.push_back({ending.sequence, ending.kind});
    } else {
        ids.truncated = true;
    }
}

void Recorder::after_silence(const Ending& ending, TimePoint oldest_due, std::size_t under_way) {
    const bool answer = ending.how == Ending::How::succeeded || ending.how == Ending::How::failed;
    if (answer)
        silences_.answered_after_silence(ending.end, oldest_due, under_way);
    else
        silences_.given_up(oldest_due, under_way);
}

void Recorder::record(const Ending& ending) {
    if (ending.end < window_end_ && ending.how != Ending::How::unfinished) record_completion(ending);
    if (ending.due >= window_start_ && ending.due < window_end_) record_due_in_window(ending);
    tally_.in_flight +=
        std::max(Nanoseconds{0}, std::min(ending.end, window_end_) - std::max(ending.due, window_start_));
}

void Recorder::record_completion(const Ending& ending) {
    if (middle_ != TimePoint::max() && ending.end < halves_end_ && ending.how != Ending::How::timed_out)
        ++(*tally_.halves)[ending.end < middle_ ? 0 : 1].answered;
    if (ending.how == Ending::How::succeeded) {
        ++tally_.completed_in_window;
        silences_.answered(ending.end);
        seconds_.succeeded(ending.end - window_start_, (ending.end - ending.due).count());
        if (!tally_.operations.empty()) ++tally_.operations[ending.operation].completed_in_window;
    } else {
        ++tally_.errors_in_window;
        if (ending.how == Ending::How::failed) silences_.answered(ending.end);
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
    count(tally_.requests);
    if (ending.answered) ++statuses_[static_cast<std::size_t>(ending.status)];
    tally_.last_end = std::max(tally_.last_end, ending.end);
    tally_.response_time_sum += ending.end - ending.due;
    if (middle_ != TimePoint::max() && ending.due < halves_end_) {
        model::GeneratorConduct::Half& half = (*tally_.halves)[ending.due < middle_ ? 0 : 1];
        ++half.due;
        half.response_time_sum += ending.end - ending.due;
    }
    const bool censored = ending.how == Ending::How::timed_out || ending.how == Ending::How::unfinished;
    if (ending.how == Ending::How::failed || ending.how == Ending::How::timed_out)
        ++tally_.errors[ending.kind];
    if (censored) ++tally_.censored;
    if (!tally_.operations.empty()) {
        model::OperationSamples& operation = tally_.operations[ending.operation];
        ++operation.requests.started;
        count(operation.requests);
        if (ending.how != Ending::How::failed)
            operation.response_time.record((ending.end - ending.due).count());
    }
    if (ending.sent) tally_.schedule_lag.record((ending.sent_at - ending.due).count());
    if (ending.how == Ending::How::failed) return;
    tally_.response_time.record((ending.end - ending.due).count());
    if (ending.sent) record_times_of_server(ending);
    if (ending.stamped) tally_.reap_delay.record(ending.reap_delay.count());
}

void Recorder::record_times_of_server(const Ending& ending) {
    tally_.service_time.record((ending.end - ending.sent_at).count());
    const TimePoint first = std::min(ending.first_byte, ending.end);
    tally_.time_to_first_byte.record((first - ending.sent_at).count());
    const Nanoseconds rest = ending.end - first;
    if (rest >= model::k_ack_delay_least && rest < model::k_ack_delay_most &&
        ending.how == Ending::How::succeeded)
        ++tally_.delayed_bodies;
}

void Recorder::shed(TimePoint due, TimePoint now, bool timed_out) {
    begun(due);
    if (due >= window_start_ && due < window_end_) {
        ++tally_.held_back;
        ++tally_.never_begun;
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
    own_.examples.push_back({{kind, status, std::move(detail), Nanoseconds{0}}, when});
}

void Recorder::close_window(const Closing& closing) {
    own_.used = *usage_at_end_ - *usage_at_start_;
    own_.polls = closing.polls;
    own_.stopped = closing.stalls;
    if (host_at_start_ && host_at_end_)
        own_.host = HostTicks{.all = host_at_end_->all - host_at_start_->all,
                              .stolen = host_at_end_->stolen - host_at_start_->stolen};
}

Tally Recorder::finish(TimePoint now, const Closing& closing) {
    if (has_window() && now >= window_start_) {
        pass_edges(std::max(now, window_end_));  // a load that stops by count has no edge to wait for
        close_window(closing);
    }
    for (std::size_t status = 0; status < statuses_.size(); ++status)
        if (statuses_[status] > 0) tally_.statuses[static_cast<int>(status)] = statuses_[status];
    if (has_window()) tally_.window = Tally::Window{window_start_, window_end_};
    tally_.clock_steps = closing.clock_steps;
    tally_.addresses = closing.addresses;
    tally_.shortages[model::Shortage::memory] += closing.calls_without_memory;
    own_.ids.issued = closing.issued;
    own_.ids.order = closing.order;
    own_.seconds = seconds_.take();
    if (has_window()) own_.silences = silences_.take();
    tally_.threads.emplace(thread_, std::move(own_));
    return std::move(tally_);
}

}  // namespace joust::load
