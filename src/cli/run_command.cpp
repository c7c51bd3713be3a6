#include <set>

#include "analysis/next_trials.hpp"
#include "analysis/winner.hpp"
#include "base/directory.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "cli/output_files.hpp"
#include "cli/render.hpp"
#include "cli/signals.hpp"
#include "deploy/preflight.hpp"
#include "experiment/experiment.hpp"
#include "experiment/trial.hpp"
#include "files/benchmark_toml.hpp"
#include "files/contender_toml.hpp"
#include "files/diagnostics.hpp"
#include "files/workload_toml.hpp"
#include "host/facts.hpp"
#include "host/user.hpp"
#include "load/session/prepared_request.hpp"
#include "model/wording.hpp"
#include "report/figures/pictures.hpp"
#include "report/report.hpp"
#include "terminal/progress.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

// What the load would refuse to send, it would refuse only when everything has been set up.
Status check_requests(const experiment::RunSpec& spec) {
    for (const model::Contender& contender : spec.contenders) {
        const load::Options options = experiment::load_options(spec, contender, {.level = 1}, 80, {});
        for (const load::Operation& operation : options.operations) {
            const auto request =
                load::PreparedRequest::prepare(options.target, operation.request, options.feed);
            if (!request)
                return fail(request.error().kind, "workload {}, operation {}, on the route of {}: {}",
                            spec.workload.name, operation.name, contender.name, request.error().message);
        }
    }
    return {};
}

// What may be used at one moment: the memory of the contenders of a pair, which live at one time, and the
// database's. A limit that the host cannot give protects nobody: the kernel would kill whom it likes.
Status check_memory(const experiment::RunSpec& spec) {
    const model::Benchmark& benchmark = spec.benchmark;
    const bool server = benchmark.database.engine == model::DatabaseEngine::postgres;
    const Bytes database = server ? benchmark.database_limits.memory : Bytes{0};
    // On one port they live one after the other.
    const std::uint64_t together = spec.port ? 1 : benchmark.entrants.size();
    const Bytes contenders{benchmark.contender_limits.memory.count * together};
    const Bytes sum = contenders + database;
    const host::HostMemory memory = host::read_host_memory();
    const std::string each = fmt::format(
        "{} may use {}{}", together == 1 ? "a contender" : fmt::format("each of {} contenders", together),
        model::limit_text(benchmark.contender_limits.memory), together == 1 ? "" : " at the same time");
    const std::string parts = server          ? fmt::format("{} and the database {}, together {}", each,
                                                            model::limit_text(database), model::limit_text(sum))
                              : together == 1 ? each
                                              : fmt::format("{}, together {}", each, model::limit_text(sum));
    if (spec.limits_off || memory.available.count == 0) return {};
    if (memory.total < sum)
        return fail(ErrorKind::bad_input,
                    "limits: {}, and this host has {} in all; write smaller limits.contender.memory or "
                    "limits.database.memory",
                    parts, model::bytes_text(memory.total));
    if (memory.available < sum)
        terminal::tell(
            "note: {}, and {} of this host's memory are free now: a party may run out of memory before "
            "it reaches its limit; end what needs memory, or write smaller limits\n",
            parts, model::bytes_text(memory.available));
    return {};
}

// What is run, and where its directory is.
struct Asked {
    model::Benchmark benchmark;
    std::optional<Path> resume;
    bool limits_off = false;
};

Result<Asked> read_benchmark(const RunCommand& command, const Installation& installation,
                             files::Diagnostics& diagnostics) {
    if (command.resume.empty()) {
        JOUST_TRY(const Path file, find_benchmark(installation, command.benchmark));
        auto benchmark = files::read_benchmark_as_far_as_possible(
            file, {.profile = command.profile, .assignments = command.assignments}, diagnostics);
        if (!benchmark) return tl::unexpected(diagnostics.error());
        return Asked{std::move(*benchmark), std::nullopt, command.limits_off};
    }
    JOUST_TRY(const files::RunDirectory run, files::RunDirectory::open(command.resume));
    auto benchmark = run.read_benchmark(diagnostics);
    if (!benchmark) return tl::unexpected(diagnostics.error());
    JOUST_TRY(const model::Environment environment, run.read_environment());
    return Asked{std::move(*benchmark), command.resume, environment.limits == model::LimitsBy::off};
}

// A run that could not finish a single block would compare nothing.
Status check_budget(const model::Benchmark& benchmark) {
    const auto& budget = benchmark.experiment.budget;
    const Nanoseconds block = model::planned_time(benchmark, 1, model::k_overhead_per_trial).most;
    if (!budget || *budget >= block) return {};
    return fail(ErrorKind::bad_input,
                "experiment.budget is {}, and one block may take {}; write a larger budget, fewer levels or "
                "a shorter duration",
                spoken(*budget), spoken(block));
}

// Reads and checks all the files of a run, so that every mistake in any of them is told at once.
Result<experiment::RunSpec> read_run(const RunCommand& command, const Installation& installation) {
    files::Diagnostics diagnostics;
    JOUST_TRY(Asked asked, read_benchmark(command, installation, diagnostics));
    const model::Benchmark& benchmark = asked.benchmark;
    std::optional<model::Workload> workload;  // empty also where the benchmark does not say which
    if (!benchmark.workload.empty())
        workload = files::read_workload(installation.workloads(), benchmark.workload, diagnostics);
    std::vector<model::Contender> contenders;
    std::set<std::string> names;
    for (const model::Entrant& entrant : benchmark.entrants)
        names.insert(entrant.contender);
    for (const std::string& name : names)
        if (auto contender = files::read_contender(installation.contenders(), name, diagnostics))
            contenders.push_back(std::move(*contender));
    if (!diagnostics.empty() || !workload) return tl::unexpected(diagnostics.error());
    for (const model::Contender& contender : contenders) {
        JOUST_CHECK(deploy::check_routes(contender, *workload));
        JOUST_CHECK(deploy::check_expectations(contender, *workload));
    }
    experiment::RunSpec spec{.benchmark = benchmark,
                             .workload = *workload,
                             .contenders = std::move(contenders),
                             .limits_off = asked.limits_off,
                             .port = command.port,
                             .results = command.results.empty() ? installation.results : command.results,
                             .resume = asked.resume,
                             .state_root = host::default_state_root(),
                             .docker_files = installation.docker(),
                             .docker_bases = docker_bases(),
                             .about = {}};
    JOUST_CHECK(check_requests(spec));
    JOUST_CHECK(check_memory(spec));
    JOUST_CHECK(check_budget(spec.benchmark));
    return spec;
}

// "4 blocks", "4 to 12 blocks"
std::string range_of(std::int64_t least, std::int64_t most, const std::string& noun) {
    return least == most ? model::counted(most, noun)
                         : fmt::format("{} to {}", least, model::counted(most, noun));
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
        range_of(benchmark.experiment.blocks_min, model::last_block(benchmark.experiment), "block"),
        model::counted(levels, "level"), model::counted(entrants, "contender"),
        benchmark.experiment.equal_rate
            ? fmt::format(" + {} at an equal rate", benchmark.experiment.blocks_min * entrants)
            : "",
        range_of(plan.fewest_trials, plan.most_trials, "trial"), spoken(benchmark.load.duration),
        spoken(plan.time.least), spoken(plan.time.most),
        budget ? fmt::format(", no longer than the budget of {}", spoken(*budget)) : "");
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
ExitCode conclude(const RunCommand& command, const experiment::Outcome& outcome) {
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
        terminal::tell("stopped after {} finished trial(s), which are kept in {}\n", outcome.trials.size(),
                       printable(outcome.run_directory.string()));
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
    if (outcome->was_complete)
        terminal::tell("the run is complete: all of its {} are there, and nothing is left to measure\n",
                       model::counted(static_cast<std::int64_t>(outcome->trials.size()), "trial"));
    return conclude(command, *outcome);
}

}  // namespace joust::cli
