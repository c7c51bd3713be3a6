#include "load/worker.hpp"

#include <algorithm>

#include "load/pacing/closed_pacing.hpp"
#include "load/pacing/open_pacing.hpp"

namespace joust::load {
namespace {

constexpr int k_most_begun_at_once = 256;  // then answers are looked at again
constexpr Nanoseconds k_spin = std::chrono::microseconds(100);

std::vector<std::string> names(const std::vector<Operation>& operations) {
    std::vector<std::string> all;
    for (const Operation& operation : operations)
        all.push_back(operation.name);
    return all;
}

TimePoint from_count(const std::atomic<std::int64_t>& nanoseconds) {
    return TimePoint(Nanoseconds(nanoseconds.load(std::memory_order_acquire)));
}

std::unique_ptr<Pacing> make_pacing(const LoadPlan& plan, const Share& share, Allowance& allowance,
                                    Random& random, LiveCounters& live) {
    if (const auto* closed = std::get_if<ClosedLoop>(&plan.options.schedule))
        return std::make_unique<ClosedPacing>(*closed, share, allowance, random, live);
    return std::make_unique<OpenPacing>(plan, share, allowance);
}

}  // namespace

Worker::Worker(const LoadPlan& plan, const Control& control, const Share& share, Transport& transport,
               LiveCounters& live)
    : plan_(plan),
      control_(control),
      transport_(transport),
      ids_(make_id_source(plan.run, share.thread, share.threads, plan.order)),
      recorder_(live, names(plan.options.operations), {ids_.prefix.data(), ids_.prefix.size()}, share.thread),
      random_(random_for(plan.options.seed, fmt::format("load thread {}", share.thread))),
      allowance_(share.requests),
      pacing_(make_pacing(plan, share, allowance_, random_, live)),
      exchanges_(plan, share, ids_, transport, recorder_, *pacing_, random_, moment_) {
    prepare_lap(0);
}

void Worker::prepare_lap(std::uint64_t lap) {
    allowance_.renew();
    pacing_->prepare(lap);
}

Tally Worker::run(TimePoint start) {
    pacing_->start(start);
    wanted_ = now();
    for (;;) {
        moment_.now = now();
        if (wanted_ < recorder_.window_end()) stalls_.turn(wanted_, moment_.now);
        if (moment_.now - wanted_ >= StallWatch::k_least) recorder_.absent(wanted_, moment_.now);
        look_at_control();
        recorder_.pass_edges(moment_.now);
        exchanges_.expire(polled_);
        if (is_over()) break;
        if (exchanges_.sessions().connector().next() <= moment_.now)
            exchanges_.sessions().connector().look_after_waits();
        dispatch();
        if (is_over()) break;  // a request can fail as it begins
        wait();
    }
    return finish();
}

void Worker::wait() {
    const TimePoint until = std::min(next_wake(), moment_.now + StallWatch::k_longest_sleep);
    const bool spinning = plan_.options.spin && !pacing_->waits_for_answers() && until - moment_.now < k_spin;
    polled_ = moment_.now;
    wanted_ = spinning ? moment_.now : std::max(until, moment_.now);
    transport_.wait(wanted_, exchanges_.patience(), exchanges_.sessions());
}

Tally Worker::finish() {
    exchanges_.cut_off();
    pacing_->finish(moment_.now, exchanges_);
    recorder_.connections().asked = pacing_->connections_asked().value_or(recorder_.connections().peak);
    recorder_.live().finished.store(true, std::memory_order_release);
    return recorder_.finish(moment_.now, {.issued = exchanges_.issued(),
                                          .order = ids_.order,
                                          .clock_steps = transport_.clock_steps(),
                                          .calls_without_memory = transport_.calls_without_memory(),
                                          .addresses = exchanges_.sessions().connector().take_served(),
                                          .stalls = stalls_.sums(),
                                          .polls = plan_.options.spin});
}

std::optional<TimePoint> Worker::rest(std::uint64_t laps) {
    recorder_.restart();
    stalls_ = StallWatch();
    for (;;) {
        const std::uint64_t allowed = control_.laps.load(std::memory_order_acquire);
        if (allowed == Control::k_no_more_laps) break;
        if (allowed > laps) {
            prepare_lap(laps);
            return from_count(control_.lap_start_ns);
        }
        transport_.wait(TimePoint::max(), {}, exchanges_.sessions());
    }
    exchanges_.sessions().close_all();
    return std::nullopt;
}

void Worker::look_at_control() {
    if (!recorder_.has_window()) {
        const TimePoint window_start = from_count(control_.window_start_ns);
        if (window_start != TimePoint::max()) {
            recorder_.set_window(window_start, from_count(control_.window_end_ns));
            if (plan_.schedule_length) recorder_.set_halves(window_start, *plan_.schedule_length);
            stalls_.count_from(window_start);
            allowance_.end_at(recorder_.window_end());
        }
    }
    if (!stopped_ && control_.stop.load(std::memory_order_relaxed)) {
        stopped_ = true;
        recorder_.cut_window(moment_.now);
        allowance_.end_at(recorder_.window_end());
    }
}

/// Nothing is in flight and nothing more will be, or the drain's time is up.
bool Worker::is_over() const {
    if (stopped_) return true;
    const TimePoint end = recorder_.window_end();
    if (end != TimePoint::max() && polled_ >= end && polled_ - end >= plan_.options.timeout) return true;
    return exchanges_.under_way() == 0 && pacing_->is_done(moment_.now);
}

void Worker::dispatch() {
    for (int begun = 0; begun < k_most_begun_at_once && pacing_->begin_next(moment_.now, exchanges_); ++begun)
        moment_.now = now();
}

TimePoint Worker::next_wake() const {
    TimePoint next = std::min({recorder_.next_edge(), exchanges_.next_deadline(),
                               exchanges_.sessions().connector().next(), pacing_->next(moment_.now)});
    const TimePoint end = recorder_.window_end();
    if (end != TimePoint::max()) next = std::min(next, moment_.now < end ? end : end + plan_.options.timeout);
    return next;
}

}  // namespace joust::load
