#include <array>

#include "analysis/criterion.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/criterion_argument.hpp"
#include "cli/load_comparison.hpp"
#include "cli/load_options.hpp"
#include "cli/load_watch.hpp"
#include "cli/output_files.hpp"
#include "cli/signals.hpp"
#include "host/own_throttling.hpp"
#include "load/engine.hpp"
#include "model/wording.hpp"
#include "report/histogram_text.hpp"
#include "report/load/report.hpp"
#include "report/words/criterion.hpp"
#include "terminal/screen.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

Result<std::vector<model::Criterion>> parse_criteria(std::string_view flag,
                                                     const std::vector<std::string>& texts) {
    std::vector<model::Criterion> criteria;
    for (const std::string& text : texts) {
        JOUST_TRY(model::Criterion criterion, parse_criterion(flag, text));
        criteria.push_back(std::move(criterion));
    }
    return criteria;
}

// Files are read and names looked up here, so a signal need not be waited for.
Result<load::Options> read_options(const LoadCommand& command, const std::string& url) {
    const EndsAtOnce nothing_begun;
    return load_options(command, url);
}
Result<load::Engine> start(const load::Options& options) {
    const EndsAtOnce nothing_begun;
    return load::Engine::start(options);
}

Result<model::LoadRun> measure(const LoadCommand& command, LoadWatch& watch) {
    const std::string& url = command.urls.front();
    JOUST_TRY(const load::Options options, read_options(command, url));
    model::LoadRun run = load_run(command, options, url);
    ExpectedLoad expected{
        .title = fmt::format("{} · {}", run.url,
                             run.offered_rps ? model::rate_text(*run.offered_rps) + " offered"
                                             : model::counted(run.connections, "connection")),
        .requests = command.requests};
    if (const auto* window = std::get_if<load::StopAfter>(&options.stop)) {
        expected.warm_up = window->warm_up;
        expected.length = window->length;
    }
    for (const std::string& warning : {cut_short(options), lowered_bound(command, run)})
        if (!warning.empty()) terminal::tell("warning: {}\n", warning);
    const host::OwnThrottling throttled;
    JOUST_TRY(load::Engine engine, start(options));
    if (const std::string reason = engine.fallback_reason(); !reason.empty())
        terminal::tell("warning: epoll instead of io_uring: {}\n", reason);
    watch.wait(engine, expected);
    run.stopped_early = watch.stopped();
    JOUST_TRY(model::Samples samples, engine.finish());
    if (!run.stopped_early.empty()) run.offered_rps = offered_rps(options, samples.window);
    samples.generator.throttled = throttled.since_start();
    finish_run(run, std::move(samples));
    return run;
}

Status check_outputs(const LoadCommand& command) {
    const EndsAtOnce nothing_begun;
    const std::array<NamedFile, 3> outputs{
        {{"--json", command.json}, {"--csv", command.csv}, {"--hlog", command.hlog}}};
    const std::array<NamedFile, 3> inputs{
        {{"--data", command.data}, {"--body-file", command.body_file}, {"--cacert", command.ca_file}}};
    return check_output_files(outputs, inputs);
}

// Writes a result, of one target or of several, into its files and then prints it, for whoever reads stdout
// may take his time. What cannot be written does not keep the rest from it; the first error is returned.
template <typename Measured>
Status deliver(const LoadCommand& command, const Measured& measured) {
    Status result;
    std::string printed;
    bool is_text = true;
    const auto write = [&](const Path& path, auto&& render) {
        if (path.empty()) return;
        Result<std::string> content = render(measured);
        Status written = content ? Status{} : tl::unexpected(content.error());
        if (path == "-") {
            is_text = false;
            printed = std::move(content).value_or("");
        } else if (content) {
            written = write_output(path, *content);
        }
        if (result) result = written;
    };
    write(command.json, [](const auto& all) -> Result<std::string> { return report::load_json(all); });
    write(command.csv, [](const auto& all) -> Result<std::string> { return report::load_csv(all); });
    write(command.hlog, [](const auto& all) { return report::load_hlog(all); });
    if (is_text) printed = report::load_text(measured);
    if (is_text && !terminal::utf8_locale()) printed = report::to_ascii(printed);
    const EndsWhilePrinting nothing_left;
    const Status shown = terminal::print_text(printed);
    return result ? shown : result;
}

void judge(model::LoadRun& run, const std::vector<model::Criterion>& criteria) {
    for (const model::Criterion& criterion : criteria) {
        const model::FoundValue found = analysis::found(criterion, run.samples, run.timeout);
        run.fail_if.push_back({criterion.text, report::words::found_text(criterion, found),
                               analysis::missed(criterion, found)});
    }
}

// What the shell is told of the results.
ExitCode verdict(std::span<const model::LoadRun> runs) {
    bool missed = false;
    bool invalid = false;
    for (const model::LoadRun& run : runs) {
        for (const model::CriterionResult& result : run.fail_if) {
            if (!result.failed) continue;
            terminal::tell("failed: {}: it is {}{}\n", result.criterion, result.found,
                           runs.size() > 1 ? ", " + printable(run.url) : "");
            missed = true;
        }
        invalid = invalid || run.self_check.validity == model::Validity::invalid;
    }
    if (invalid) return ExitCode::not_comparable;
    return missed ? ExitCode::criterion_missed : ExitCode::done;
}

template <typename Measured>
ExitCode conclude(const LoadCommand& command, const Measured& measured,
                  std::span<const model::LoadRun> runs) {
    const Status written = deliver(command, measured);
    if (!written) complain(written.error());
    const ExitCode judged = verdict(runs);  // its sentences are told whatever could be written
    if (!written) return ExitCode::failed;
    if (interruption() != 0) return interruption() == 15 ? ExitCode::terminated : ExitCode::interrupted;
    return judged;
}

}  // namespace

ExitCode load(const LoadCommand& command) {
    const auto fail_if = parse_criteria("--fail-if", command.fail_if);
    if (!fail_if) return complain(fail_if.error());
    auto stop_if = parse_criteria("--stop-if", command.stop_if);
    if (!stop_if) return complain(stop_if.error());
    catch_interruptions();
    if (const Status writable = check_outputs(command); !writable) return complain(writable.error());
    if (command.insecure) terminal::tell("warning: --insecure: certificates are not verified\n");
    LoadWatch watch(std::move(*stop_if));
    if (command.urls.size() > 1) {
        auto compared = compare_targets(command, watch);
        if (!compared) return complain(compared.error());
        if (const std::string warning = lowered_bound(command, compared->runs.front()); !warning.empty())
            terminal::tell("warning: {}\n", warning);
        for (std::size_t i = 0; i < compared->runs.size(); ++i) {
            judge(compared->runs[i], *fail_if);
            if (const std::size_t unserved = compared->rounds_unserved(i); unserved > 0)
                terminal::tell("warning: {} served nothing in {} of {}\n", printable(compared->runs[i].url),
                               unserved, model::counted(compared->rounds, "round"));
        }
        return conclude(command, *compared, compared->runs);
    }
    auto run = measure(command, watch);
    if (!run) return complain(run.error());
    judge(*run, *fail_if);
    return conclude(command, *run, {&*run, 1});
}

}  // namespace joust::cli
