#include <cstdio>
#include <set>

#include "analysis/winner.hpp"
#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "cli/progress.hpp"
#include "cli/render.hpp"
#include "cli/signals.hpp"
#include "experiment/experiment.hpp"
#include "model/diagnostics.hpp"
#include "model/wording.hpp"
#include "report/gnuplot.hpp"
#include "report/report.hpp"
#include "service/preflight.hpp"

namespace joust::cli {
namespace {

// Reads and checks all the files of a run, so that every mistake in any of them is told at once.
Result<experiment::RunSpec> read_run(const RunCommand& command, const Installation& installation) {
    JOUST_TRY(const Path file, find_benchmark(installation, command.benchmark));
    model::Diagnostics diagnostics;
    const auto benchmark = model::read_benchmark_as_far_as_possible(
        file, {.profile = command.profile, .assignments = command.assignments}, diagnostics);
    if (!benchmark) return tl::unexpected(diagnostics.error());
    std::optional<model::Workload> workload;  // empty also where the benchmark does not say which
    if (!benchmark->workload.empty())
        workload = model::read_workload(installation.workloads(), benchmark->workload, diagnostics);
    std::vector<model::Contender> contenders;
    std::set<std::string> names;
    for (const model::Entrant& entrant : benchmark->entrants)
        names.insert(entrant.contender);
    for (const std::string& name : names)
        if (auto contender = model::read_contender(installation.contenders(), name, diagnostics))
            contenders.push_back(std::move(*contender));
    if (!diagnostics.empty() || !workload) return tl::unexpected(diagnostics.error());
    for (const model::Contender& contender : contenders)
        JOUST_CHECK(service::check_routes(contender, *workload));
    return experiment::RunSpec{
        .benchmark = *benchmark,
        .workload = *workload,
        .contenders = std::move(contenders),
        .limits_off = command.limits_off,
        .port = command.port,
        .results = command.results.empty() ? installation.root / "results" : command.results,
        .state_root = host::default_state_root(),
        .about = {}};
}

void print_plan(const experiment::RunSpec& spec) {
    const model::Benchmark& benchmark = spec.benchmark;
    const int blocks = benchmark.experiment.blocks_min;
    const auto levels = static_cast<std::int64_t>(benchmark.load.levels.size());
    const auto entrants = static_cast<std::int64_t>(benchmark.entrants.size());
    const model::PlannedTime time = model::planned_time(benchmark, blocks, experiment::k_overhead_per_trial);
    fmt::print(stderr, "{}{}: {} × {} × {} = {} of {} each; {} to {} after set-up\n", benchmark.title,
               benchmark.profile.empty() ? "" : fmt::format(" (profile {})", benchmark.profile),
               model::counted(blocks, "block"), model::counted(levels, "level"),
               model::counted(entrants, "contender"), model::counted(blocks * levels * entrants, "trial"),
               spoken(benchmark.load.duration), spoken(time.least), spoken(time.most));
}

Status copy_json(const Path& run_directory, const std::string& destination) {
    JOUST_TRY(const std::string json, read_file(run_directory / report::k_results_file));
    if (destination != "-") return write_named(destination, json);
    fmt::print(stdout, "{}", json);
    return {};
}

// What would otherwise fail only after everything was measured.
Status check_outputs(const RunCommand& command) {
    if (!command.json.empty() && command.json != "-") JOUST_CHECK(check_writable(command.json));
    return report::pictures_possible();
}

// Report, summary and exit code from what was measured, whole or not.
ExitCode conclude(const RunCommand& command, const experiment::Outcome& outcome) {
    ExitCode code = ExitCode::done;
    if (!outcome.trials.empty()) {
        const auto rendered = render(outcome.run_directory);
        if (!rendered) return complain(rendered.error());
        if (command.json != "-") fmt::print(stdout, "{}", rendered->summary);
        std::fflush(stdout);  // before what follows on stderr
        if (!rendered->written) code = complain(rendered->written.error());
        if (!command.json.empty())
            if (const Status copied = copy_json(outcome.run_directory, command.json); !copied)
                code = complain(copied.error());
        fmt::print(stderr, "report: {}\n", rendered->markdown.string());
        if (code == ExitCode::done && !analysis::comparable(rendered->comparison))
            code = ExitCode::not_comparable;
    }
    if (const Status given = give_to_their_owner(outcome.run_directory); !given)
        code = complain(given.error());
    if (outcome.stopped_by) {
        fmt::print(stderr, "stopped after {} finished trial(s), which are kept in {}\n",
                   outcome.trials.size(), outcome.run_directory.string());
        return complain(*outcome.stopped_by);
    }
    return code;
}

}  // namespace

ExitCode run(const RunCommand& command, const std::vector<std::string>& command_line) {
    const auto installation = find_installation();
    if (!installation) return complain(installation.error());
    auto spec = read_run(command, *installation);
    if (!spec) return complain(spec.error());
    print_plan(*spec);
    if (command.plan_only) return ExitCode::done;
    if (const Status possible = check_outputs(command); !possible) return complain(possible.error());

    catch_interruptions();
    spec->about = about(*installation, command_line);
    auto progress = make_progress(screen(), spec->benchmark.experiment);
    const auto outcome = experiment::run_experiment(
        *spec, *progress, [] { return interruption() != 0; },
        [](std::span<const model::TrialResult>, int) { return false; });
    progress.reset();  // its live line must be gone before anything else is printed
    if (!outcome) return complain(outcome.error());
    return conclude(command, *outcome);
}

}  // namespace joust::cli
