#include <cstdio>

#include "cli/commands.hpp"
#include "cli/criterion.hpp"
#include "cli/load_comparison.hpp"
#include "cli/load_options.hpp"
#include "cli/load_watch.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "host/own_throttling.hpp"
#include "load/engine.hpp"
#include "model/wording.hpp"
#include "report/histogram_text.hpp"
#include "report/load_report.hpp"

namespace joust::cli {
namespace {

Result<std::vector<Criterion>> parse_criteria(std::string_view flag, const std::vector<std::string>& texts) {
    std::vector<Criterion> criteria;
    for (const std::string& text : texts) {
        JOUST_TRY(Criterion criterion, parse_criterion(flag, text));
        criteria.push_back(std::move(criterion));
    }
    return criteria;
}

Result<model::LoadRun> measure(const LoadCommand& command, LoadWatch& watch) {
    const std::string& url = command.urls.front();
    JOUST_TRY(const load::Options options, load_options(command, url));
    model::LoadRun run = load_run(command, options, url);
    ExpectedLoad expected{
        .title = fmt::format("{} · {}", url,
                             run.offered_rps ? model::rate_text(*run.offered_rps) + " offered"
                                             : model::counted(run.connections, "connection")),
        .requests = command.requests};
    if (const auto* window = std::get_if<load::StopAfter>(&options.stop)) {
        expected.warm_up = window->warm_up;
        expected.length = window->length;
    }
    const host::OwnThrottling throttled;
    JOUST_TRY(load::Engine engine, load::Engine::start(options));
    if (const std::string reason = engine.fallback_reason(); !reason.empty())
        fmt::print(stderr, "warning: epoll instead of io_uring: {}\n", reason);
    watch.wait(engine, expected);
    run.stopped_early = watch.stopped();
    JOUST_TRY(model::Samples samples, engine.finish());
    if (!run.stopped_early.empty()) run.offered_rps = offered_rps(options, samples.window);
    samples.generator.throttled = throttled.since_start();
    finish_run(run, std::move(samples));
    return run;
}

// Prints and writes a result, of one target or of several.
template <typename Measured>
Status deliver(const LoadCommand& command, const Measured& measured) {
    if (command.json == "-") {
        fmt::print(stdout, "{}", report::load_json(measured));
    } else {
        const std::string text = report::load_text(measured);
        fmt::print(stdout, "{}", utf8_locale() ? text : report::to_ascii(text));
        if (!command.json.empty()) JOUST_CHECK(write_atomically(command.json, report::load_json(measured)));
    }
    std::fflush(stdout);
    if (!command.csv.empty()) JOUST_CHECK(write_atomically(command.csv, report::load_csv(measured)));
    if (!command.hlog.empty()) {
        JOUST_TRY(const std::string log, report::load_hlog(measured));
        JOUST_CHECK(write_atomically(command.hlog, log));
    }
    return {};
}

// What the shell is told of the results.
ExitCode verdict(std::span<const model::LoadRun> runs, const std::vector<Criterion>& criteria) {
    bool missed = false;
    bool invalid = false;
    for (const model::LoadRun& run : runs) {
        for (const Criterion& criterion : criteria) {
            if (!criterion.missed(run.samples)) continue;
            fmt::print(stderr, "failed: {}: it is {}{}\n", criterion.text, criterion.value_text(run.samples),
                       runs.size() > 1 ? ", " + run.url : "");
            missed = true;
        }
        invalid = invalid || run.self_check.validity == model::Validity::invalid;
    }
    if (invalid) return ExitCode::not_comparable;
    return missed ? ExitCode::criterion_missed : ExitCode::done;
}

template <typename Measured>
ExitCode conclude(const LoadCommand& command, const Measured& measured, std::span<const model::LoadRun> runs,
                  const std::vector<Criterion>& criteria) {
    if (const Status written = deliver(command, measured); !written) return complain(written.error());
    if (interruption() != 0) return interruption() == 15 ? ExitCode::terminated : ExitCode::interrupted;
    return verdict(runs, criteria);
}

}  // namespace

ExitCode load(const LoadCommand& command) {
    const auto fail_if = parse_criteria("--fail-if", command.fail_if);
    if (!fail_if) return complain(fail_if.error());
    auto stop_if = parse_criteria("--stop-if", command.stop_if);
    if (!stop_if) return complain(stop_if.error());
    catch_interruptions();
    if (command.insecure) fmt::print(stderr, "warning: --insecure: certificates are not verified\n");
    LoadWatch watch(std::move(*stop_if));
    if (command.urls.size() > 1) {
        const auto compared = compare_targets(command, watch);
        if (!compared) return complain(compared.error());
        return conclude(command, *compared, compared->runs, *fail_if);
    }
    const auto run = measure(command, watch);
    if (!run) return complain(run.error());
    return conclude(command, *run, {&*run, 1}, *fail_if);
}

}  // namespace joust::cli
