#include "load/worker.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace joust::load {
namespace {

constexpr int k_most_begun_at_once = 256;  // then answers are looked at again
constexpr Nanoseconds k_spin = std::chrono::microseconds(100);
constexpr Nanoseconds k_stagger_per_user = std::chrono::milliseconds(1);
constexpr Nanoseconds k_longest_stagger = std::chrono::seconds(1);

std::vector<std::string> names(const std::vector<Operation>& operations) {
    std::vector<std::string> all;
    for (const Operation& operation : operations)
        all.push_back(operation.name);
    return all;
}

TimePoint from_count(const std::atomic<std::int64_t>& nanoseconds) {
    return TimePoint(Nanoseconds(nanoseconds.load(std::memory_order_acquire)));
}

}  // namespace

Worker::Worker(const LoadPlan& plan, const Control& control, const Share& share, Transport& transport,
               LiveCounters& live)
    : plan_(plan),
      control_(control),
      share_(share),
      transport_(transport),
      id_source_(make_id_source(plan.run, share.thread, share.threads)),
      recorder_(live, names(plan.options.operations), {id_source_.prefix.data(), id_source_.prefix.size()}),
      connections_(share.connections),
      known_heads_(plan.requests.size()),
      known_answers_(plan.requests.size()),
      closed_loop_(std::get_if<ClosedLoop>(&plan.options.schedule)),
      left_(share.requests),
      random_(random_for(plan.options.seed, fmt::format("load thread {}", share.thread))) {
    for (const Operation& operation : plan.options.operations)
        weights_ += operation.weight;
    for (const PreparedRequest& request : plan.requests)
        buffer_size_ = std::max(buffer_size_, request.buffer_size());
    constexpr std::size_t k_record_bytes = 16 * 1024;  // the largest that TLS allows
    if (plan.tls) plaintext_.resize(k_record_bytes);
    served_by_.resize(plan.addresses.size());
    shunned_until_.resize(plan.addresses.size());
    answers_.resize(plan.addresses.size());
    races_.resize(racing_places(plan.addresses.size()), k_no_connection);
    race_addresses_.resize(races_.size());
    if (plan.options.spread) address_ = static_cast<std::size_t>(share.thread) % plan.addresses.size();
    prepare_lap(0);
}

/// A schedule from its beginning; Poisson arrivals differ from lap to lap.
void Worker::prepare_lap(std::uint64_t lap) {
    if (const auto* open_loop = std::get_if<OpenLoop>(&plan_.options.schedule))
        arrivals_.emplace(*plan_.curve, open_loop->arrivals, share_.thread, share_.threads,
                          plan_.options.seed + lap);
    left_ = share_.requests;
    users_.clear();
}

/// Users start spread evenly over the stagger, interleaved over the threads.
void Worker::make_users(TimePoint start) {
    // A count may be used up before the last user would begin.
    const Nanoseconds usual =
        left_ ? Nanoseconds{0} : std::min(k_longest_stagger, closed_loop_->users * k_stagger_per_user);
    const Nanoseconds stagger = closed_loop_->stagger.value_or(usual);
    users_.reserve(share_.connections);
    for (std::size_t i = 0; i < share_.connections; ++i) {
        const auto user = static_cast<std::int64_t>(i) * share_.threads + share_.thread;
        if (i == connections_.size()) connections_.add();  // later laps find them
        users_.push(start + stagger * user / closed_loop_->users, static_cast<ConnectionId>(i));
    }
}

ThreadResult Worker::run(TimePoint start) {
    start_ = start;
    if (closed_loop_ != nullptr) make_users(start);
    TimePoint wanted = now();
    for (;;) {
        now_ = now();
        if (wanted < recorder_.window_end()) stalls_.turn(wanted, now_);
        look_at_control();
        recorder_.pass_edges(now_);
        expire();
        if (is_over()) break;
        if (!connects_.empty()) look_after_connects();
        dispatch();
        if (is_over()) break;  // a request can fail as it begins
        const TimePoint until = std::min(next_wake(), now_ + StallWatch::k_longest_sleep);
        const bool spinning = plan_.options.spin && arrivals_ && until - now_ < k_spin;
        polled_ = now_;
        wanted = spinning ? now_ : std::max(until, now_);
        transport_.wait(wanted, pace_.patience(busy_, closed_loop_ != nullptr), *this);
    }
    end_unfinished();
    recorder_.connections().asked = connections_asked();
    recorder_.live().finished.store(true, std::memory_order_release);
    std::vector<model::ServedAddress> addresses;
    for (std::size_t i = 0; i < served_by_.size(); ++i)
        addresses.push_back({to_text(plan_.addresses[i]), std::exchange(served_by_[i], 0)});
    return recorder_.finish(now_, {.issued = issued_,
                                   .clock_steps = transport_.clock_steps(),
                                   .calls_without_memory = transport_.calls_without_memory(),
                                   .addresses = std::move(addresses),
                                   .stalls = stalls_.sums(),
                                   .polls = plan_.options.spin});
}

/// Users who never had a turn, for no request was left, wanted no connection.
std::uint64_t Worker::connections_asked() const {
    if (closed_loop_ == nullptr) return recorder_.connections().peak;
    if (!left_) return share_.connections;
    std::uint64_t users = 0;
    for (std::size_t id = 0; id < connections_.size(); ++id)
        users += connections_[static_cast<ConnectionId>(id)].had_request() ? 1 : 0;
    return users;
}

std::optional<TimePoint> Worker::rest(std::uint64_t laps) {
    recorder_.restart();
    stalls_ = StallWatch();
    blocked_until_ = TimePoint{};
    for (;;) {
        const std::uint64_t allowed = control_.laps.load(std::memory_order_acquire);
        if (allowed == Control::k_no_more_laps) break;
        if (allowed > laps) {
            prepare_lap(laps);
            return from_count(control_.lap_start_ns);
        }
        transport_.wait(TimePoint::max(), {}, *this);
    }
    for (std::size_t id = 0; id < connections_.size(); ++id)
        drop(static_cast<ConnectionId>(id));
    return std::nullopt;
}

void Worker::look_at_control() {
    if (!recorder_.has_window()) {
        const TimePoint window_start = from_count(control_.window_start_ns);
        if (window_start != TimePoint::max()) {
            recorder_.set_window(window_start, from_count(control_.window_end_ns));
            if (plan_.schedule_length) recorder_.set_halves(window_start, *plan_.schedule_length);
            stalls_.count_from(window_start);
        }
    }
    if (!stopped_ && control_.stop.load(std::memory_order_relaxed)) {
        stopped_ = true;
        recorder_.cut_window(now_);
    }
}

bool Worker::may_begin(TimePoint due) const {
    return due < recorder_.window_end() && left_ != std::optional<std::uint64_t>(0);
}

/// Nothing is in flight and nothing more will be, or the drain's time is up.
bool Worker::is_over() const {
    if (stopped_) return true;
    const TimePoint end = recorder_.window_end();
    if (end != TimePoint::max() && polled_ >= end && polled_ - end >= plan_.options.timeout) return true;
    if (busy_ != 0) return false;
    if (arrivals_ && arrivals_->current()) return !may_begin(start_ + *arrivals_->current());
    return !may_begin(now_) || (arrivals_ && left_);
}

void Worker::dispatch() {
    if (closed_loop_ != nullptr) {
        dispatch_users();
    } else {
        dispatch_arrivals();
    }
}

void Worker::dispatch_users() {
    for (int begun = 0; users_.next() <= now_ && begun < k_most_begun_at_once; ++begun) {
        const Users::Ready ready = users_.pop();
        if (may_begin(now_)) begin(ready.user, ready.at, ready.at);
        now_ = now();
    }
}

/// Everything that is due, in order. A request that finds no connection waits, and times out, like any other.
void Worker::dispatch_arrivals() {
    blocked_ = false;
    for (int begun = 0; begun < k_most_begun_at_once && arrivals_->current(); ++begun) {
        const TimePoint due = start_ + *arrivals_->current();
        if (due > now_ || !may_begin(due)) return;
        ConnectionId id = idle_.back();
        if (id != k_no_connection) {
            idle_.remove(connections_, id);
        } else if (!closed_.empty()) {
            id = closed_.back();
            closed_.pop_back();
        } else if (!connections_.full()) {
            id = connections_.add();
        } else if (now_ - due >= plan_.options.timeout) {
            recorder_.shed(due, due + plan_.options.timeout, true);
            if (left_) --*left_;
            arrivals_->advance();
            continue;
        } else {
            blocked_ = true;
            blocked_until_ = now_;
            return;
        }
        arrivals_->advance();
        begin(id, due, std::max(due, blocked_until_));
        now_ = now();
    }
}

TimePoint Worker::next_wake() const {
    TimePoint next = recorder_.next_edge();
    const TimePoint end = recorder_.window_end();
    if (end != TimePoint::max()) next = std::min(next, now_ < end ? end : end + plan_.options.timeout);
    if (!in_flight_.empty())
        next = std::min(next, connections_[in_flight_.front()].due + plan_.options.timeout);
    if (!connects_.empty()) next = std::min(next, connects_.front().at);
    if (closed_loop_ != nullptr) {
        if (may_begin(now_)) next = std::min(next, users_.next());
    } else if (arrivals_->current()) {
        const TimePoint due = start_ + *arrivals_->current();
        if (may_begin(due)) next = std::min(next, blocked_ ? due + plan_.options.timeout : due);
    }
    return next;
}

/// Ends the requests whose deadline had passed when the transport was last asked: what has come in time but
/// was not read yet, because this thread did not run, is read first.
void Worker::expire() {
    while (!in_flight_.empty()) {
        const ConnectionId id = in_flight_.front();
        if (connections_[id].due + plan_.options.timeout > polled_) return;
        timed_out(id);
    }
}

/// Their connections are closed: an answer that still comes belongs to no request any more.
void Worker::end_unfinished() {
    while (!in_flight_.empty()) {
        const ConnectionId id = in_flight_.front();
        Ending unfinished = ending(connections_[id], Ending::How::unfinished, now_);
        unfinished.kind = model::RequestErrorKind::timeout;
        drop(id);
        end(id, unfinished);
        if (closed_loop_ == nullptr) closed_.push_back(id);
    }
    for (; arrivals_ && arrivals_->current(); arrivals_->advance()) {
        const TimePoint due = start_ + *arrivals_->current();
        if (due > now_ || !may_begin(due)) return;
        recorder_.shed(due, now_, false);
        if (left_) --*left_;
    }
}

}  // namespace joust::load
