#include "analysis/next_trials.hpp"
#include "analysis/winner.hpp"
#include "base/directory.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "cli/output_files.hpp"
#include "cli/render.hpp"
#include "cli/run_spec.hpp"
#include "cli/signals.hpp"
#include "cli/stopped.hpp"
#include "experiment/experiment.hpp"
#include "experiment/resume.hpp"
#include "files/run_directory.hpp"
#include "host/user.hpp"
#include "model/measuring_time.hpp"
#include "model/wording.hpp"
#include "report/figures/pictures.hpp"
#include "report/report.hpp"
#include "terminal/progress.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

// "4 blocks", "4 to 12 blocks"
std::string range_of(std::int64_t least, std::int64_t most, const std::string& noun) {
    return least == most ? model::counted(most, noun)
                         : fmt::format("{} to {}", least, model::counted(most, noun));
}

std::string no_longer_than(const model::Benchmark& benchmark) {
    const auto& budget = benchmark.experiment.budget;
    return budget ? fmt::format(", no longer than the budget of {}", spoken_exactly(*budget)) : "";
}

void tell_complete(std::size_t trials) {
    terminal::tell("the run is complete: all of its {} are there, and nothing is left to measure\n",
                   model::counted(static_cast<std::int64_t>(trials), "trial"));
}

// What is left of a run that could go on.
Status print_rest(const experiment::RunSpec& spec) {
    const model::Benchmark& benchmark = spec.benchmark;
    JOUST_TRY(const files::RunDirectory directory, files::RunDirectory::open(*spec.resume));
    JOUST_CHECK(experiment::check_resumable(spec, directory));
    JOUST_TRY(const files::StoredTrials stored, directory.read_trials());
    const auto next = static_cast<int>(analysis::next_trials(benchmark, stored.trials).size());
    if (next == 0) {
        tell_complete(stored.trials.size());
        return {};
    }
    const model::PlannedRun rest = model::planned_run(benchmark, model::k_overhead_per_trial,
                                                      model::measured_part(benchmark, stored.trials));
    const int fewest = std::max(next, rest.fewest_trials);
    terminal::tell(
        "{}: {} finished; left {} of {} each, {} to {} after set-up{}\n", printable(benchmark.title),
        model::counted(static_cast<std::int64_t>(stored.trials.size()), "trial"),
        range_of(fewest, std::max(fewest, rest.most_trials), "trial"), spoken(benchmark.load.duration),
        spoken(rest.time.least), spoken(rest.time.most), no_longer_than(benchmark));
    return {};
}

void print_plan(const experiment::RunSpec& spec) {
    const model::Benchmark& benchmark = spec.benchmark;
    const auto levels = static_cast<std::int64_t>(benchmark.load.levels.size());
    const auto entrants = static_cast<std::int64_t>(benchmark.entrants.size());
    const model::PlannedRun plan = model::planned_run(benchmark, model::k_overhead_per_trial);
    const auto& budget = benchmark.experiment.budget;
    terminal::tell(
        "{}{}: {} × {} × {}{} = {} of {} each; {} to {} after set-up{}\n", printable(benchmark.title),
        benchmark.profile.empty() ? "" : fmt::format(" (profile {})", benchmark.profile),
        range_of(model::fewest_blocks(benchmark.experiment), model::last_block(benchmark.experiment),
                 "block"),
        model::counted(levels, "level"), model::counted(entrants, "contender"),
        model::has_equal_rate(benchmark)
            ? fmt::format(" + {} at an equal rate", benchmark.experiment.blocks_min * entrants)
            : "",
        range_of(plan.fewest_trials, plan.most_trials, "trial"), spoken_exactly(benchmark.load.duration),
        spoken(plan.time.least), spoken(plan.time.most), no_longer_than(benchmark));
    const model::PlannedTime least = model::planned_time(
        benchmark, model::fewest_blocks(benchmark.experiment), model::k_overhead_per_trial);
    if (budget && least.least > *budget)
        terminal::tell(
            "note: all of it would take {} at the least, so the budget of {} ends the run before; write a "
            "larger budget or fewer blocks\n",
            spoken(least.least), spoken_exactly(*budget));
    if (spec.port && entrants > 1)
        terminal::tell(
            "note: all contenders listen on port {}, so each is started when the one before has "
            "ended, and not beside it\n",
            *spec.port);
}

Status copy_json(const Path& run_directory, const std::string& destination) {
    JOUST_TRY(const Directory run, Directory::open(run_directory));
    JOUST_TRY(const std::string json, run.read(report::k_results_file, std::size_t{1} << 30U));
    return write_output(destination, json);
}

// What would otherwise fail only after everything was measured.
Status check_outputs(const RunCommand& command) {
    const std::array<NamedFile, 1> outputs{{{"--json", command.json}}};
    const std::array<NamedFile, 1> inputs{{{"benchmark", command.benchmark}}};
    JOUST_CHECK(check_output_files(outputs, inputs));
    return report::pictures_possible();
}

// Report, summary and exit code from what was measured, whole or not.
ExitCode conclude(const RunCommand& command, const model::Benchmark& benchmark,
                  const experiment::Outcome& outcome) {
    ExitCode code = ExitCode::done;
    if (!outcome.trials.empty()) {
        const auto rendered = render(outcome.run_directory);
        if (!rendered) return complain(rendered.error());
        if (command.json != "-")
            if (const Status printed = terminal::print_text(printable_lines(rendered->summary)); !printed)
                code = complain(printed.error());
        if (!rendered->written) code = complain(rendered->written.error());
        if (!command.json.empty())
            if (const Status copied = copy_json(outcome.run_directory, command.json); !copied)
                code = complain(copied.error());
        terminal::tell("report: {}\n", printable(rendered->markdown.string()));
        if (code == ExitCode::done && !analysis::comparable(rendered->comparison))
            code = ExitCode::not_comparable;
    }
    if (const Status given = host::give_to_owner_of_parent(outcome.run_directory); !given)
        code = complain(given.error());
    if (outcome.stopped_by) {
        terminal::tell("{}", stopped_text(benchmark, outcome));
        return complain(*outcome.stopped_by);
    }
    return code;
}

}  // namespace

ExitCode run(const RunCommand& command, const std::vector<std::string>& command_line) {
    catch_interruptions();
    const auto installation = find_installation();
    if (!installation) return complain(installation.error());
    auto spec = [&] {
        const EndsAtOnce nothing_begun;
        return read_run(command, *installation);
    }();
    if (!spec) return complain(spec.error());
    spec->about = about(*installation, command_line);
    spec->about.port = spec->port;
    if (command.plan_only && spec->resume) {
        const Status told = print_rest(*spec);
        return told ? ExitCode::done : complain(told.error());
    }
    print_plan(*spec);
    if (command.plan_only) return ExitCode::done;
    const Status possible = [&] {
        const EndsAtOnce nothing_begun;
        return check_outputs(command);
    }();
    if (!possible) return complain(possible.error());

    auto progress = terminal::make_progress(terminal::screen(), spec->benchmark);
    const auto outcome = experiment::run_experiment(
        *spec, *progress, [] { return interruption() != 0; },
        [](const model::Benchmark& benchmark, const std::vector<model::TrialResult>& finished) {
            return analysis::next_trials(benchmark, finished);
        });
    progress.reset();  // its live line must be gone before anything else is printed
    if (!outcome) return complain(outcome.error());
    if (outcome->was_complete) tell_complete(outcome->trials.size());
    return conclude(command, spec->benchmark, *outcome);
}

}  // namespace joust::cli
