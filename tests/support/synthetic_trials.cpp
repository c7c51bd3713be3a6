#include "support/synthetic_trials.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/random.hpp"
#include "files/benchmark_toml.hpp"
#include "files/diagnostics.hpp"

namespace joust::testing {
namespace {

constexpr auto k_started = WallTime(Nanoseconds(1'772'368'245'000'000'000));  // 2026-03-01T12:30:45Z

stats::Histogram log_logistic(std::uint64_t count, double median_ns, double spread) {
    stats::Histogram histogram;
    for (std::uint64_t i = 0; i < count; ++i) {
        const double u = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
        histogram.record(std::llround(median_ns * std::pow(u / (1 - u), spread)));
    }
    return histogram;
}

model::Usage usage(double cpu_s, double memory_mib) {
    const auto mib = [](double value) { return Bytes{static_cast<std::uint64_t>(value * 1024 * 1024)}; };
    model::Usage usage;
    usage.cpu = {from_seconds(cpu_s * 0.8), from_seconds(cpu_s * 0.2)};
    usage.throttled = Nanoseconds{0};
    usage.throttled_periods = 0;
    usage.anonymous = {mib(memory_mib), mib(memory_mib * 1.1)};
    usage.page_cache = {mib(3), mib(4)};
    usage.voluntary_context_switches = static_cast<std::uint64_t>(cpu_s * 2000);
    usage.involuntary_context_switches = static_cast<std::uint64_t>(cpu_s * 100);
    usage.run_delay = Nanoseconds{0};
    usage.bytes_read = Bytes{static_cast<std::uint64_t>(cpu_s * 2e6)};
    usage.bytes_written = Bytes{static_cast<std::uint64_t>(cpu_s * 3e6)};
    usage.storage_written = Bytes{static_cast<std::uint64_t>(cpu_s * 1e6)};
    return usage;
}

model::RequestCounts counts(std::uint64_t succeeded, const TrialShape& shape) {
    model::RequestCounts requests;
    const double errors = shape.error_share >= 1
                              ? 1000.0
                              : static_cast<double>(succeeded) * shape.error_share / (1 - shape.error_share);
    const auto bad = static_cast<std::uint64_t>(std::llround(errors));
    requests.succeeded = shape.error_share >= 1 ? 0 : succeeded;
    requests.started = requests.succeeded + bad;
    (shape.error_kind == model::RequestErrorKind::timeout ? requests.timed_out : requests.failed) = bad;
    return requests;
}

// As declared; where there are two, the one that was started does nothing.
model::ServiceProcesses processes(const model::TrialResult& trial) {
    const int looks = static_cast<int>(seconds(trial.samples.window) * 5) + 1;
    model::ServiceProcesses found{.declared = trial.service.processes,
                                  .workers = 1,
                                  .looks = looks,
                                  .span = trial.samples.window,
                                  .most = trial.service.processes,
                                  .distinct = trial.service.processes,
                                  .seen = {}};
    const bool alone = trial.service.processes == 1;
    found.seen.push_back({4711, "python3", looks, trial.parties.front().usage.cpu.total(), alone});
    if (!alone) found.seen.push_back({4710, "gunicorn", looks, Nanoseconds{0}, true});
    return found;
}

model::LimitsInForce limits(std::uint64_t gib, int cpu) {
    return {.cpu_set = {cpu},
            .cpu_quota = std::nullopt,
            .memory = Bytes{gib << 30},
            .swap_off = true,
            .cgroup_version = "v2"};
}

model::ContenderFacts facts(const std::string& name) {
    model::ContenderFacts facts;
    facts.name = name;
    facts.title = name == "django" ? "Django + Django ORM" : "FastAPI + Tortoise ORM";
    facts.lock_sha256 = std::string(64, name == "django" ? 'd' : 'f');
    facts.command = {"{venv}/bin/" + std::string(name == "django" ? "gunicorn" : "uvicorn"), "app"};
    facts.stack.language = "Python";
    facts.stack.framework = name == "django" ? "Django" : "FastAPI";
    facts.stack.server = name == "django" ? "gunicorn (gthread)" : "uvicorn (uvloop, httptools)";
    facts.stack.orm = name == "django" ? "Django ORM" : "Tortoise ORM";
    facts.stack.driver = name == "django" ? "psycopg2" : "asyncpg";
    facts.stack.concurrency = name == "django" ? "threads" : "async";
    facts.stack.threads = name == "django" ? 4 : 1;
    facts.stack.db_connections = name == "django" ? 4 : 20;
    facts.stack.processes = name == "django" ? 2 : 1;
    if (name != "django") facts.stack.notes["executor_threads"] = "5, for every file call of aiofiles";
    facts.versions = {{"python", "3.11.2"}, {name == "django" ? "django" : "fastapi", "5.2"}};
    return facts;
}

}  // namespace

model::Benchmark benchmark_from(const std::string& toml) {
    const Path file = std::filesystem::temp_directory_path() / fmt::format("joust-test-{}.toml", ::getpid());
    files::Diagnostics diagnostics;
    if (const Status written = write_atomically(file, toml); !written) {
        std::fprintf(stderr, "%s\n", written.error().message.c_str());
        std::abort();
    }
    const auto benchmark = files::read_benchmark(file, {}, diagnostics);
    std::filesystem::remove(file);
    if (!benchmark) {
        std::fprintf(stderr, "%s\n", diagnostics.error().message.c_str());
        std::abort();
    }
    return *benchmark;
}

model::Benchmark benchmark_of(const std::vector<std::string>& contenders,
                              const std::vector<std::int64_t>& levels, int blocks) {
    std::string names;
    for (const std::string& contender : contenders)
        names += (names.empty() ? "\"" : ", \"") + contender + "\"";
    return benchmark_from(fmt::format(R"(schema = 1
name = "io-intensive"
title = "FastAPI vs Django, I/O-intensive"
workload = "io-intensive"
contenders = [{}]
baseline = "{}"
[limits.contender]
cpus = 1.0
memory = "2GiB"
[limits.database]
cpus = 1.0
memory = "1GiB"
[database]
engine = "postgres"
[database.settings]
max_connections = 500
[load]
levels = [{}]
duration = "5s"
timeout = "60s"
[experiment]
blocks = {{ min = {}, max = {} }}
)",
                                      names, contenders.back(), fmt::join(levels, ", "), blocks, blocks));
}

model::TrialResult synthetic_trial(const model::Benchmark& benchmark, const model::PlannedTrial& plan,
                                   const TrialShape& shape) {
    model::TrialResult trial;
    trial.plan = plan;
    trial.load_model = model::load_model_of(benchmark, plan);
    trial.started = k_started + std::chrono::seconds(10 * plan.index);
    trial.took = std::chrono::milliseconds(9500);
    trial.timeout = benchmark.load.timeout;
    trial.warmup = {std::chrono::seconds(3), true, ""};
    model::Samples& samples = trial.samples;
    samples.window = benchmark.load.duration;
    const double window_s = seconds(samples.window);
    samples.requests = counts(static_cast<std::uint64_t>(std::llround(shape.goodput_rps * window_s)), shape);
    samples.completed_in_window = samples.requests.succeeded;
    const std::uint64_t bad = samples.requests.started - samples.requests.succeeded;
    samples.errors_in_window = bad;
    samples.errors[shape.error_kind] = bad;
    const bool answered = shape.error_kind == model::RequestErrorKind::status_5xx;
    if (samples.completed_in_window > 0) samples.statuses[200] = samples.completed_in_window;
    if (answered && bad > 0) samples.statuses[503] = bad;
    if (bad > 0)
        samples.examples.push_back({shape.error_kind, 503, "{\"detail\":\"busy\"}", Nanoseconds{1'000'000}});
    samples.response_time = log_logistic(samples.requests.succeeded, shape.p50_ms * 1e6, shape.spread);
    samples.service_time = samples.response_time;
    samples.censored = samples.requests.timed_out;
    if (samples.censored > 0) {
        samples.response_time.record(trial.timeout.count(), samples.censored);
        samples.service_time.record(trial.timeout.count(), samples.censored);
    }
    samples.time_to_first_byte = samples.service_time;
    samples.schedule_lag = log_logistic(samples.requests.started, 30e3, 0.2);
    samples.reap_delay = log_logistic(samples.requests.started, 20e3, 0.2);
    const auto users = static_cast<std::uint64_t>(plan.level);
    samples.connections = {users, users, users, 0, 0};
    samples.bytes_received = samples.completed_in_window * 300;
    const double total_s =
        samples.response_time.mean() / 1e9 * static_cast<double>(samples.response_time.count());
    samples.response_time_sum = from_seconds(total_s);
    samples.in_flight_mean = total_s / window_s;
    const auto operations = static_cast<double>(samples.completed_in_window);
    trial.parties = {
        {model::Role::contender, plan.entrant,
         usage(operations * shape.cpu_ms_per_operation / 1e3 + 0.05, shape.memory_mib), limits(2, 0)},
        {model::Role::database, "database",
         usage(operations * shape.database_cpu_ms_per_operation / 1e3 + 0.02, 140), limits(1, 1)},
        {model::Role::generator, "generator", usage(operations * 0.05 / 1e3, 12), std::nullopt}};
    samples.silences.emplace();
    samples.run_delays = {Nanoseconds{2'000'000}};
    samples.conduct.thread_cpu = {trial.party(model::Role::generator)->usage.cpu.total()};
    samples.conduct.thread_stopped = {Nanoseconds{0}};
    samples.conduct.start_delay_p50 = Nanoseconds{20'000};
    samples.conduct.start_delay_p99 = Nanoseconds{80'000};
    samples.conduct.steal_share = 0.0;
    const std::uint64_t half = samples.requests.started / 2;
    samples.conduct.halves = {{half, half, samples.response_time_sum / 2},
                              {half, half, samples.response_time_sum / 2}};
    samples.backend = "io_uring";
    samples.kernel_time_stamps = true;
    trial.contender_cpu_taken = std::chrono::milliseconds(20);
    trial.service = {std::chrono::milliseconds(800), false, "", plan.entrant == "django" ? 2 : 1, 0};
    trial.processes = processes(trial);
    return trial;
}

std::vector<model::TrialResult> synthetic_trials(const model::Benchmark& benchmark, const ShapeOf& shape) {
    std::vector<model::TrialResult> trials;
    for (int block = 0; block < benchmark.experiment.blocks_max; ++block)
        for (const model::PlannedTrial& plan : plan_block(benchmark, block, static_cast<int>(trials.size())))
            trials.push_back(synthetic_trial(benchmark, plan, shape(plan)));
    return trials;
}

double noise(const model::PlannedTrial& plan) {
    Random random = random_for(7, fmt::format("{} {} {}", plan.entrant, plan.level, plan.block));
    return 2 * uniform_open(random) - 1;
}

model::Environment synthetic_environment(const model::Benchmark& benchmark) {
    model::Environment environment;
    environment.host = {.kernel = "Linux 6.1.0-18-amd64 x86_64",
                        .distribution = "Debian GNU/Linux 12 (bookworm)",
                        .cpu_model = "Example CPU @ 2.60GHz",
                        .cpus_online = 4,
                        .cpus_allowed = {0, 1, 2, 3},
                        .memory_total = Bytes{std::uint64_t{8} << 30},
                        .swap_total = Bytes{0},
                        .cgroup_version = "v2",
                        .virtualisation = "kvm",
                        .clock_source = "tsc",
                        .cpu_governor = std::nullopt,
                        .load_average_1min = 0.12,
                        .listen_backlog_limit = 4096,
                        .open_files_max = 1'048'576,
                        .storage = {"/var/lib/joust", "ext4", false, std::chrono::microseconds(700)}};
    environment.joust_version = "0.1.0";
    environment.git_commit = "0123456789abcdef0123456789abcdef01234567";
    environment.command_line = {"joust", "run", "benchmarks/io-intensive.toml"};
    environment.started = k_started;
    environment.limits = model::LimitsBy::cgroups_v2;
    environment.limits_in_force = {
        {"contender", limits(2, 0)}, {"database", limits(1, 1)}, {"generator", limits(1, 2)}};
    environment.layout_notes = {"contender on CPU 0, database on CPU 1, load generator on CPU 2"};
    environment.database = {
        model::DatabaseEngine::postgres, "15.6", {{"fsync", "on"}, {"max_connections", "500"}}, "ext4"};
    for (const std::string& name : labels(benchmark))
        environment.contenders.push_back(facts(name));
    return environment;
}

}  // namespace joust::testing
