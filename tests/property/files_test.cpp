// What is written into a run's directory reads back as the value that it was.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "base/text.hpp"
#include "files/benchmark_toml.hpp"
#include "files/environment_json.hpp"
#include "files/trial_json.hpp"
#include "files/workload_toml.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::files {
namespace {

using namespace std::chrono_literals;
using namespace model;

// A text of pieces that formats are known to stumble over.
std::string text_of(const std::vector<std::string>& pieces, int most) {
    std::string text;
    for (int count = *rc::gen::inRange(0, most); count > 0; --count)
        text += *rc::gen::elementOf(pieces);
    return text;
}

const std::vector<std::string> k_shown{"a",   "Z",      "7",       " ", "\"",   "'",    "\\",  "#",
                                       "=",   "[x]",    "{y}",     "ä", "日本", "😀",   ",",   ".",
                                       "'''", "\"\"\"", "\\u0041", "%", "-",    "true", "1.5", "\\n"};

// What people are shown: of printable characters.
std::string some_text() {
    return text_of(k_shown, 12);
}
// What is passed on: of any characters.
std::string some_bytes() {
    std::vector<std::string> pieces = k_shown;
    pieces.insert(pieces.end(), {"\n", "\r\n", "\t", "\x01", "\x1b[2J", "\x7f", "\u202e"});
    return text_of(pieces, 12);
}
// What others wrote into a trial: its reader makes it printable.
std::string some_free_text() {
    return printable(some_bytes());
}
std::string some_name() {
    return *rc::gen::elementOf(std::vector<std::string>{"a", "0", "z-1", "b.c_d", "django-again", "x"});
}
std::int64_t some_count() {
    return *rc::gen::inRange<std::int64_t>(0, 1'000'000);
}
Nanoseconds some_duration(Nanoseconds low, Nanoseconds high) {
    return Nanoseconds(*rc::gen::inRange<std::int64_t>(low.count(), high.count()));
}
Limits some_limits() {
    return {.cpus = *rc::gen::inRange(1, 10'240) / 10.0,
            .memory = Bytes{*rc::gen::inRange<std::uint64_t>(64ULL << 20U, 64ULL << 30U)}};
}

Benchmark some_benchmark() {
    Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50}, 1);
    benchmark.name = some_name();
    benchmark.title = "t" + some_text();
    benchmark.workload = some_name();
    benchmark.profile = *rc::gen::arbitrary<bool>() ? some_name() : "";
    benchmark.entrants = {{"first", some_name(), {}}, {"b2", "b2", {}}, {"third", some_name(), {}}};
    benchmark.entrants[2].calibration = *rc::gen::arbitrary<bool>();
    benchmark.experiment.calibration = benchmark.entrants[2].calibration;
    if (*rc::gen::arbitrary<bool>()) benchmark.experiment.budget = some_duration(1s, 10h);
    if (*rc::gen::arbitrary<bool>()) std::swap(benchmark.entrants[0], benchmark.entrants[1]);
    if (*rc::gen::arbitrary<bool>()) benchmark.runtime = RuntimeKind::docker;
    if (*rc::gen::arbitrary<bool>()) benchmark.entrants[2].variant.runtime = RuntimeKind::process;
    if (*rc::gen::arbitrary<bool>()) benchmark.entrants[2].variant.settings["FAULT"] = some_text();
    benchmark.baseline = benchmark.entrants[*rc::gen::inRange<std::size_t>(0, 3)].label;
    benchmark.contender_limits = some_limits();
    benchmark.database_limits = some_limits();
    benchmark.database.engine = *rc::gen::element(DatabaseEngine::postgres, DatabaseEngine::sqlite);
    benchmark.database.durability = *rc::gen::element(Durability::full, Durability::relaxed);
    benchmark.database.settings = {{"max_connections", "500"}, {"s" + some_text(), masked(some_text())}};
    LoadSpec& load = benchmark.load;
    load.model = *rc::gen::element(LoadModel::closed, LoadModel::open);
    load.levels = {1 + some_count() % 1000, 1001 + some_count() % 1000};
    load.duration = some_duration(1s, 24h);
    load.timeout = some_duration(10ms, 1h);
    if (load.model == LoadModel::closed) load.think_time = some_duration(0s, 1h);
    load.warmup_min = some_duration(0s, 30min);
    load.warmup_max = some_duration(30min, 1h);
    ExperimentSpec& experiment = benchmark.experiment;
    experiment.blocks_min = *rc::gen::inRange(1, 50);
    experiment.blocks_max = experiment.blocks_min + *rc::gen::inRange(0, 50);
    experiment.margin = *rc::gen::inRange(0, 1'000'000) / 1e6;
    experiment.error_rate_max = *rc::gen::inRange(0, 1000) / 3000.0;
    experiment.seed = static_cast<std::uint64_t>(*rc::gen::inRange<std::int64_t>(0, INT64_MAX));
    return benchmark;
}

nlohmann::json some_json(int depth) {
    switch (*rc::gen::inRange(0, depth > 0 ? 6 : 4)) {
        case 0:
            return some_bytes();
        case 1:
            return *rc::gen::arbitrary<std::int64_t>();
        case 2:
            return *rc::gen::inRange(-1'000'000, 1'000'000) / 7.0;
        case 3:
            return *rc::gen::arbitrary<bool>();
        case 4: {
            nlohmann::json list = nlohmann::json::array();
            for (int count = *rc::gen::inRange(0, 4); count > 0; --count)
                list.push_back(some_json(depth - 1));
            return list;
        }
        default: {
            nlohmann::json object = nlohmann::json::object();
            for (int count = *rc::gen::inRange(0, 4); count > 0; --count)
                object[some_text()] = some_json(depth - 1);
            return object;
        }
    }
}

Operation some_operation(const std::string& name) {
    Operation operation{.name = name, .route = some_name()};
    operation.method = *rc::gen::element("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    operation.content_type = some_text();
    operation.body = masked(some_bytes());
    operation.weight = 1 + some_count();
    operation.status = *rc::gen::inRange(200, 1000);
    if (*rc::gen::arbitrary<bool>()) operation.expected_json = some_json(3).dump();
    operation.effects = {.rows = {{"t" + some_text(), {1 + some_count(), some_count(), some_count()}}},
                         .transactions = some_count(),
                         .files = {some_count(), some_count(), some_count(), some_count()},
                         .rows_left = some_count()};
    return operation;
}

RC_GTEST_PROP(RoundTrip, OfABenchmark, ()) {
    const Benchmark benchmark = some_benchmark();
    Diagnostics diagnostics;
    const auto again = parse_benchmark(to_toml(benchmark), "b.toml", diagnostics);
    if (!again) RC_FAIL(diagnostics.error().message + "\n" + to_toml(benchmark));
    // A plain entry comes first when it is read; entries under labels keep their order.
    Benchmark sorted = benchmark;
    std::stable_partition(sorted.entrants.begin(), sorted.entrants.end(),
                          [](const Entrant& entrant) { return entrant.label == "b2"; });
    if (benchmark.entrants[0].label == "b2")
        RC_ASSERT(*again == benchmark);
    else
        RC_ASSERT(again->entrants.size() == benchmark.entrants.size());
    RC_ASSERT(to_toml(*again) == to_toml(benchmark));
}

RC_GTEST_PROP(RoundTrip, OfAWorkload, ()) {
    Workload workload{
        .name = some_name(), .title = "t" + some_text(), .description = some_bytes(), .operations = {}};
    for (int count = *rc::gen::inRange(1, 4); count > 0; --count)
        workload.operations.push_back(some_operation(fmt::format("o{}", count)));
    Diagnostics diagnostics;
    auto again = parse_workload(to_toml(workload), "w.toml", diagnostics);
    if (!again) RC_FAIL(diagnostics.error().message + "\n" + to_toml(workload));
    for (std::size_t i = 0; i < workload.operations.size(); ++i) {
        std::string& was = workload.operations[i].expected_json;
        std::string& is = again->operations[i].expected_json;
        RC_ASSERT(was.empty() == is.empty());
        if (!was.empty()) RC_ASSERT(nlohmann::json::parse(was) == nlohmann::json::parse(is));
        was = is;  // keys may be in another order
    }
    RC_ASSERT(*again == workload);
}

RC_GTEST_PROP(RoundTrip, OfATrial, ()) {
    static const Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50}, 1);
    const PlannedTrial plan{*rc::gen::inRange(0, 1000), *rc::gen::inRange(0, 50), 4, *rc::gen::inRange(0, 2),
                            "django"};
    TrialResult trial = testing::synthetic_trial(benchmark, plan, {.error_share = 0.1});
    trial.started += some_duration(0s, 24h);
    trial.timeout = some_duration(10ms, 1h);
    trial.warmup = {some_duration(0s, 1h), *rc::gen::arbitrary<bool>(), some_free_text(),
                    *rc::gen::arbitrary<bool>()};
    if (*rc::gen::arbitrary<bool>()) trial.think_time = some_duration(0s, 1h);
    if (*rc::gen::arbitrary<bool>()) trial.storage_busy = some_duration(0s, 1h);
    trial.samples.delayed_bodies = static_cast<std::uint64_t>(some_count());
    trial.samples.statuses = {{200, static_cast<std::uint64_t>(some_count())},
                              {*rc::gen::inRange(201, 1000), 1U}};
    trial.samples.clock_steps = static_cast<std::uint64_t>(some_count());
    for (RequestErrorExample& example : trial.samples.examples)
        example.detail = some_free_text();
    for (Party& party : trial.parties) {
        party.usage.cpu.user = some_duration(0s, 1h);
        party.usage.cpu.system = some_duration(0s, 1h);
        if (*rc::gen::arbitrary<bool>()) party.usage.throttled = std::nullopt;
        if (*rc::gen::arbitrary<bool>()) party.limits_in_force = std::nullopt;
    }
    if (*rc::gen::arbitrary<bool>())
        trial.audit =
            Audit{.table = some_name(), .rows_left = some_count(), .lost = 3, .problem = some_free_text()};
    if (*rc::gen::arbitrary<bool>()) trial.contender_cpu_taken = some_duration(0s, 1h);
    if (*rc::gen::arbitrary<bool>()) trial.contender_steal_added = some_duration(0s, 1h);
    trial.service = {some_duration(0s, 1h), true, some_free_text(), *rc::gen::inRange(0, 100)};
    trial.incidents = {{IncidentKind::log_cut, some_free_text()}, {IncidentKind::clock_jumped, some_text()}};
    const std::string line = trial_line(trial);
    RC_ASSERT(line.find('\n') == std::string::npos);
    auto again = parse_trial_line(line, "trials.jsonl", 1);
    if (!again) RC_FAIL(again.error().message);
    // Histograms have files of their own.
    again->samples.response_time = trial.samples.response_time;
    again->samples.service_time = trial.samples.service_time;
    again->samples.time_to_first_byte = trial.samples.time_to_first_byte;
    again->samples.schedule_lag = trial.samples.schedule_lag;
    again->samples.reap_delay = trial.samples.reap_delay;
    RC_ASSERT(trial_line(*again) == line);
    RC_ASSERT(*again == trial);
}

RC_GTEST_PROP(RoundTrip, OfAnEnvironment, ()) {
    static const Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {4, 50}, 1);
    Environment environment = testing::synthetic_environment(benchmark);
    environment.started += some_duration(0s, 24h);
    environment.git_dirty = *rc::gen::arbitrary<bool>();
    environment.command_line = {"joust", masked("--set=" + some_text())};
    environment.layout_notes = {some_text(), some_text()};
    environment.database.version = some_text();
    if (*rc::gen::arbitrary<bool>()) environment.engine = EngineFacts{some_text(), some_text(), some_text()};
    environment.database.settings_in_force[some_text()] = masked(some_text());
    for (ContenderFacts& contender : environment.contenders) {
        contender.title = "t" + some_text();
        contender.versions["v" + some_text()] = some_text();
        contender.stack.notes["n" + some_text()] = some_text();
        if (*rc::gen::arbitrary<bool>()) contender.runtime = RuntimeKind::docker;
        contender.image = some_text();
        if (*rc::gen::arbitrary<bool>()) contender.debug = SourceLine{.file = some_text(), .line = 3};
    }
    const auto again = parse_environment(environment_json(environment), "environment.json");
    if (!again) RC_FAIL(again.error().message);
    RC_ASSERT(*again == environment);
}

}  // namespace
}  // namespace joust::files
