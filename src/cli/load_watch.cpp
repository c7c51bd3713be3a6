#include "cli/load_watch.hpp"

#include <thread>

#include "analysis/criterion.hpp"
#include "cli/signals.hpp"
#include "model/wording.hpp"
#include "terminal/load_view.hpp"
#include "terminal/screen.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_poll = 25ms;
constexpr Nanoseconds k_redraw = 250ms;

stats::Histogram resolved(const load::LiveHistogram& coarse) {
    stats::Histogram histogram;
    for (std::size_t i = 0; i < load::LiveHistogram::k_size; ++i)
        if (const std::uint64_t count = coarse.count_at(i); count > 0)
            histogram.record(load::LiveHistogram::value_at(i), count);
    return histogram;
}

std::string spent(Nanoseconds elapsed, const ExpectedLoad& expected, std::uint64_t started) {
    if (expected.requests) return fmt::format("{} of {} requests", started, *expected.requests);
    return fmt::format("{:.0f} of {:.3g} s", std::floor(seconds(elapsed)),
                       seconds(expected.warm_up + expected.length));
}

}  // namespace

model::Samples between(const load::Progress& before, const load::Progress& after) {
    model::Samples samples;
    samples.window = std::max(Nanoseconds{1}, after.at - before.at);
    samples.completed_in_window = after.succeeded - before.succeeded;
    samples.requests.succeeded = samples.completed_in_window;
    for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
        samples.errors.count[kind] = after.errors.count[kind] - before.errors.count[kind];
    samples.requests.failed = samples.errors.total();
    samples.requests.started = samples.requests.succeeded + samples.requests.failed;
    samples.response_time = resolved(after.response_time.since(before.response_time));
    return samples;
}

// Where nothing ended there is a rate, but there are no times and no errors to judge.
const model::Criterion* LoadWatch::held(const model::Samples& samples, Nanoseconds timeout) const {
    for (const model::Criterion& criterion : stop_if_) {
        const bool known =
            samples.requests.started > 0 || criterion.quantity == model::Criterion::Quantity::goodput;
        if (known && analysis::missed(criterion, analysis::found(criterion, samples, timeout)))
            return &criterion;
    }
    return nullptr;
}

void LoadWatch::judge(const model::Samples& samples, Nanoseconds timeout, std::string_view where) {
    if (!stopped_.empty()) return;
    if (const model::Criterion* criterion = held(samples, timeout))
        stopped_ = fmt::format("--stop-if {}, {}", criterion->text, where);
}

void LoadWatch::look(load::Engine& engine, const load::Progress& progress, const ExpectedLoad& expected) {
    if (progress.at - seconds_.back().at < 1s) return;
    rates_.push_back(between(seconds_.back(), progress).goodput_rps());
    const Nanoseconds begin = seconds_.back().at - engine.started_at();
    // The drain has no rate to speak of; a load that ends by count has none.
    const bool before_end = expected.requests || begin + 1s <= expected.warm_up + expected.length;
    if (stopped_.empty() && begin >= expected.warm_up && before_end && !expected.slice) {
        judge(between(seconds_.back(), progress), Nanoseconds{0},  // a second holds no ages
              fmt::format("after {:.0f} s", seconds(progress.at - seconds_.front().at)));
        if (!stopped_.empty()) engine.stop_now();
    }
    seconds_.push_back(progress);
    if (seconds_.size() > 3) seconds_.erase(seconds_.begin() + 1);  // the first one is the load's start
}

void LoadWatch::show(const load::Progress& progress, const ExpectedLoad& expected, TimePoint started) {
    const terminal::Screen found = terminal::screen();
    const Nanoseconds elapsed = progress.at - started;
    const Nanoseconds whole = expected.warm_up + expected.length;
    terminal::LoadView view{
        .title = expected.title,
        .phase = elapsed < expected.warm_up             ? "warm-up"
                 : expected.requests || elapsed < whole ? "measuring"
                                                        : "draining",
        .recent = between(seconds_[seconds_.size() > 1 ? seconds_.size() - 2 : 0], progress),
        .rates = rates_,
        .errors = between(seconds_.front(), progress).errors,
        .in_flight = progress.in_flight,
        .connections = progress.connections};
    const std::uint64_t begun = progress.started - seconds_.front().started;
    view.share = expected.requests ? static_cast<double>(begun) / static_cast<double>(*expected.requests)
                                   : seconds(elapsed) / seconds(whole);
    view.done = spent(std::min(elapsed, whole), expected, begun);
    view.response_time = resolved(progress.response_time.since(seconds_.front().response_time));
    const terminal::LoadScreen size{
        .columns = found.columns, .rows = found.rows, .colours = found.colours, .ascii = !found.utf8};
    const std::string text = painter_.paint(terminal::load_view(view, size), found.columns);
    terminal::tell_text(text);
}

void LoadWatch::wait(load::Engine& engine, const ExpectedLoad& expected) {
    const bool live = terminal::screen().terminal;
    load::Progress begin = engine.progress();
    begin.at = engine.started_at();
    seconds_ = {begin};
    TimePoint drawn{};
    bool stopping = false;
    for (;;) {
        const load::Progress progress = engine.progress();
        if (progress.finished) break;
        if (interruption() != 0 && !stopping) {
            stopping = true;
            stopped_ = "by a signal";
            engine.stop_now();
        }
        look(engine, progress, expected);
        if (live && progress.at - drawn >= k_redraw) {
            show(progress, expected, engine.started_at());
            drawn = progress.at;
        }
        std::this_thread::sleep_for(k_poll);
    }
    if (!live) return;
    const std::string text = painter_.erase(terminal::screen().columns);
    terminal::tell_text(text);
}

}  // namespace joust::cli
