#include "cli/run_spec.hpp"

#include <set>

#include "base/secrets.hpp"
#include "base/text.hpp"
#include "deploy/preflight.hpp"
#include "experiment/trial.hpp"
#include "files/benchmark_toml.hpp"
#include "files/contender_toml.hpp"
#include "files/diagnostics.hpp"
#include "files/run_directory.hpp"
#include "files/workload_toml.hpp"
#include "host/facts.hpp"
#include "host/state_root.hpp"
#include "load/session/prepared_request.hpp"
#include "model/plan.hpp"
#include "model/wording.hpp"
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
    std::optional<std::uint16_t> port;
};

// A run's directory holds no secrets, so a run that was given some cannot go on from it alone.
Status check_nothing_masked(const model::Benchmark& benchmark) {
    const auto check = [](const std::map<std::string, std::string>& values,
                          const std::string& where) -> Status {
        for (const auto& [name, value] : values)
            if (value.find(k_mask) != std::string::npos)
                return fail(
                    ErrorKind::bad_input,
                    "--resume: {}.{} holds a secret, which is not kept in the run's directory; begin a "
                    "new run",
                    where, name);
        return {};
    };
    for (const model::Entrant& entrant : benchmark.entrants)
        JOUST_CHECK(check(entrant.variant.settings, "environment of " + entrant.label));
    return check(benchmark.database.settings, "database.settings");
}

Result<Asked> read_benchmark(const RunCommand& command, const Installation& installation,
                             files::Diagnostics& diagnostics) {
    if (command.resume.empty()) {
        JOUST_TRY(const Path file, find_benchmark(installation, command.benchmark));
        auto benchmark = files::read_benchmark_as_far_as_possible(
            file, {.profile = command.profile, .assignments = command.assignments}, diagnostics);
        if (!benchmark) return tl::unexpected(diagnostics.error());
        return Asked{std::move(*benchmark), std::nullopt, command.limits_off, command.port};
    }
    JOUST_TRY(const files::RunDirectory run, files::RunDirectory::open(command.resume));
    auto benchmark = run.read_benchmark(diagnostics);
    if (!benchmark) return tl::unexpected(diagnostics.error());
    JOUST_CHECK(check_nothing_masked(*benchmark));
    JOUST_TRY(const model::Environment environment, run.read_environment());
    // By its real path: another run that measures meanwhile renews the link results/latest.
    std::error_code error;
    const Path real = std::filesystem::canonical(run.path(), error);
    return Asked{std::move(*benchmark), error ? run.path() : real, environment.limits == model::LimitsBy::off,
                 environment.port};
}

// A run that could not finish a single block would compare nothing.
Status check_budget(const model::Benchmark& benchmark) {
    const auto& budget = benchmark.experiment.budget;
    model::Benchmark at_levels = benchmark;
    at_levels.experiment.equal_rate = false;
    const Nanoseconds block = model::planned_time(at_levels, 1, model::k_overhead_per_trial).most;
    if (!budget || *budget >= block) return {};
    return fail(ErrorKind::bad_input,
                "experiment.budget is {}, and one block may take {}; write a larger budget, fewer levels or "
                "a shorter duration",
                spoken_exactly(*budget), spoken_exactly(block));
}

}  // namespace

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
                             .port = asked.port,
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

}  // namespace joust::cli
