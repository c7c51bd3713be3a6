#include <cstdio>
#include <thread>

#include "analysis/judge.hpp"
#include "cli/commands.hpp"
#include "cli/criterion.hpp"
#include "cli/load_options.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "load/engine.hpp"
#include "model/load_run.hpp"
#include "model/wording.hpp"
#include "report/load_report.hpp"
#include "stats/hlog.hpp"

namespace joust::cli {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_poll = 50ms;
constexpr Nanoseconds k_redraw = 500ms;

void draw(const load::Progress& before, const load::Progress& progress, TimePoint started) {
    const double span = seconds(progress.at - before.at);
    const auto recent = progress.response_time.since(before.response_time);
    fmt::print(
        stderr, "\r\x1b[2K{:.0f} s  {}  p50 {}  p99 {}  {} errors  {} in flight",
        seconds(progress.at - started),
        model::rate_text(span > 0 ? static_cast<double>(progress.succeeded - before.succeeded) / span : 0.0),
        model::duration_text(static_cast<double>(recent.value_at_quantile(0.5))),
        model::duration_text(static_cast<double>(recent.value_at_quantile(0.99))), progress.errors.total(),
        progress.in_flight);
    std::fflush(stderr);
}

// Waits for the load's end, with a live line where there is a terminal. A signal ends the load where it is.
Result<model::Samples> watched(load::Engine& engine) {
    const bool live = screen().terminal;
    load::Progress before = engine.progress();
    bool stopped = false;
    while (true) {
        const load::Progress progress = engine.progress();
        if (progress.finished) break;
        if (interruption() != 0 && !stopped) {
            stopped = true;
            engine.stop_now();
        }
        if (live && progress.at - before.at >= k_redraw) {
            draw(before, progress, engine.started_at());
            before = progress;
        }
        std::this_thread::sleep_for(k_poll);
    }
    if (live) fmt::print(stderr, "\r\x1b[2K");
    return engine.finish();
}

Status write_hlog(const model::LoadRun& run, const Path& path) {
    std::vector<stats::HlogInterval> intervals;
    const auto add = [&](const char* tag, const stats::Histogram& histogram) {
        intervals.push_back({tag, run.started, run.samples.window, histogram});
    };
    add("response_time", run.samples.response_time);
    add("service_time", run.samples.service_time);
    add("schedule_lag", run.samples.schedule_lag);
    add("reap_delay", run.samples.reap_delay);
    JOUST_TRY(const std::string text, stats::write_hlog(run.started, "joust load " + run.url, intervals));
    return write_atomically(path, text);
}

Status write_files(const LoadCommand& command, const model::LoadRun& run) {
    if (!command.json.empty() && command.json != "-")
        JOUST_CHECK(write_atomically(command.json, report::load_json(run)));
    if (!command.hlog.empty()) JOUST_CHECK(write_hlog(run, command.hlog));
    if (!command.csv.empty()) JOUST_CHECK(write_atomically(command.csv, report::load_csv(run)));
    return {};
}

ExitCode verdict(const model::LoadRun& run, const std::vector<Criterion>& criteria) {
    bool missed = false;
    for (const Criterion& criterion : criteria) {
        if (!criterion.missed(run.samples)) continue;
        fmt::print(stderr, "failed: {}\n", criterion.text);
        missed = true;
    }
    if (run.self_check.validity == model::Validity::invalid) return ExitCode::not_comparable;
    return missed ? ExitCode::criterion_missed : ExitCode::done;
}

Result<std::vector<Criterion>> parse_criteria(const std::vector<std::string>& texts) {
    std::vector<Criterion> criteria;
    for (const std::string& text : texts) {
        JOUST_TRY(Criterion criterion, parse_criterion(text));
        criteria.push_back(std::move(criterion));
    }
    return criteria;
}

Result<model::LoadRun> measure(const LoadCommand& command, const load::Options& options) {
    model::LoadRun run{.url = command.url,
                       .load_model = std::holds_alternative<load::OpenLoop>(options.schedule)
                                         ? model::LoadModel::open
                                         : model::LoadModel::closed,
                       .connections = command.connections,
                       .offered_rps = offered_rps(options),
                       .timeout = options.timeout,
                       .started = wall_now()};
    JOUST_TRY(load::Engine engine, load::Engine::start(options));
    if (const std::string reason = engine.fallback_reason(); !reason.empty())
        fmt::print(stderr, "warning: epoll instead of io_uring: {}\n", reason);
    JOUST_TRY(run.samples, watched(engine));
    run.self_check = analysis::self_check(run.samples, run.load_model,
                                          static_cast<std::int64_t>(run.offered_rps.value_or(0)));
    return run;
}

}  // namespace

ExitCode load(const LoadCommand& command) {
    const auto criteria = parse_criteria(command.fail_if);
    if (!criteria) return complain(criteria.error());
    const auto options = load_options(command);
    if (!options) return complain(options.error());
    catch_interruptions();
    const auto run = measure(command, *options);
    if (!run) return complain(run.error());
    fmt::print(stdout, "{}", command.json == "-" ? report::load_json(*run) : report::load_text(*run));
    if (const Status written = write_files(command, *run); !written) return complain(written.error());
    if (interruption() != 0) return interruption() == 15 ? ExitCode::terminated : ExitCode::interrupted;
    return verdict(*run, *criteria);
}

}  // namespace joust::cli
