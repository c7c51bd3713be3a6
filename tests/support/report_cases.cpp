#include "support/report_cases.hpp"

#include <algorithm>
#include <cmath>

namespace joust::testing {
namespace {

const std::vector<std::string> k_both{"fastapi", "django"};
const std::vector<std::int64_t> k_quick{4, 50, 200};

ReportCase make(std::string name, const std::vector<std::string>& contenders,
                const std::vector<std::int64_t>& levels, int blocks, const ShapeOf& shape) {
    model::Benchmark benchmark = benchmark_of(contenders, levels, blocks);
    std::vector<model::TrialResult> trials = synthetic_trials(benchmark, shape);
    return {std::move(name), std::move(benchmark), std::move(trials)};
}

// A closed loop: users share the goodput, so the response time grows with them.
TrialShape loaded(const model::PlannedTrial& plan, double capacity_rps, double spread_of_repeats) {
    TrialShape shape;
    const double users = static_cast<double>(plan.level);
    shape.goodput_rps = capacity_rps * (users / (users + 1)) * (1 + spread_of_repeats * noise(plan));
    shape.p50_ms = users / shape.goodput_rps * 1000;
    shape.spread = plan.entrant == "django" ? 0.12 : 0.2;
    shape.cpu_ms_per_operation = 950 / capacity_rps * (1 + 0.02 * noise(plan));
    shape.memory_mib = (plan.entrant == "django" ? 70 : 85) + 0.05 * users;
    return shape;
}

}  // namespace

ReportCase clear_winner() {
    return make("clear_winner", k_both, k_quick, 3, [](const model::PlannedTrial& plan) {
        return loaded(plan, plan.entrant == "django" ? 185 : 250, 0.02);
    });
}

ReportCase equivalent() {
    return make("equivalent", k_both, k_quick, 3,
                [](const model::PlannedTrial& plan) { return loaded(plan, 200, 0.01); });
}

ReportCase errors_at_high_levels() {
    return make("errors_at_high_levels", k_both, k_quick, 3, [](const model::PlannedTrial& plan) {
        TrialShape shape = loaded(plan, plan.entrant == "django" ? 185 : 250, 0.02);
        if (plan.entrant == "django" && plan.level >= 50) shape.error_share = 0.34;
        return shape;
    });
}

ReportCase work_not_done() {
    ReportCase run = clear_winner();
    run.name = "work_not_done";
    for (model::TrialResult& trial : run.trials) {
        const std::int64_t inserted = trial.plan.entrant == "fastapi" ? 8 : 10;
        const std::uint64_t requests = trial.samples.completed_in_window + 100;
        const auto all = static_cast<std::int64_t>(requests);
        trial.effects = model::ObservedEffects{.contract = {{"users", {10, 5, 5}}},
                                               .transactions = 1,
                                               .acknowledged = requests,
                                               .shapes = {{{{"users", {inserted, 5, 5}}}, requests}},
                                               .rows = {{"users", {inserted * all, 5 * all, 5 * all}}},
                                               .rolled_back = 3,
                                               .answers_ahead = 0};
        const bool durable = trial.plan.entrant == "django" || trial.plan.block == 0;
        trial.effects->log_syncs = model::LogSyncs{.syncs = durable ? requests : requests / 100,
                                                   .commits = requests,
                                                   .most_sessions = 4,
                                                   .elapsed = std::chrono::seconds(1)};
        trial.audit =
            model::Audit{.table = "users", .rows_left = 5, .right = requests, .values = {{"age", "99"}}};
        if (trial.plan.entrant == "fastapi" && trial.plan.block == 1) {
            trial.audit->right -= 3;
            trial.audit->lost = 1;
            trial.audit->wrong_values = 2;
        }
        trial.effects->log_bytes = requests * 5200;
        const std::uint64_t round_trips = trial.plan.entrant == "fastapi" ? 5 : 9;
        const std::uint64_t operations = trial.samples.completed_in_window;
        trial.database_traffic =
            model::DatabaseTraffic{.sessions_opened = trial.plan.entrant == "fastapi" ? 0 : operations,
                                   .connections = 4,
                                   .segments = model::Segments{.received = round_trips * operations,
                                                               .sent = round_trips * operations,
                                                               .received_bytes = 4000 * operations,
                                                               .sent_bytes = 900 * operations}};
        const auto shortest = std::chrono::microseconds(trial.plan.entrant == "fastapi" ? 51'250 : 50'800);
        trial.single_requests =
            model::SingleRequests{.slow_commits = model::SlowCommits{.delay = std::chrono::milliseconds(50),
                                                                     .requests = 20,
                                                                     .shortest = shortest},
                                  .rows = {},
                                  .syncs = {},
                                  .left_out = {}};
        trial.own_settings = model::OwnSettings{};
        if (trial.plan.entrant == "fastapi")
            trial.own_settings->settings = {{"joust_fastapi", "", "work_mem", "64MB"}};
        const std::int64_t read = trial.plan.entrant == "fastapi" ? 0 : 503;
        trial.files = model::ObservedFiles{.contract = {5, 5, 5, 5},
                                           .slices = 2,
                                           .watched = std::chrono::milliseconds(400),
                                           .requests = 100,
                                           .requests_least = 92,
                                           .seen = {501, 502, read, 498}};
        trial.database_waits = model::DatabaseWaits{.samples = 40,
                                                    .sessions = 160,
                                                    .idle = 30,
                                                    .held = 80,
                                                    .on_lock = 2,
                                                    .on_log = 20,
                                                    .all_in_use = 12,
                                                    .most_sessions = 4};
    }
    run.benchmark.entrants.front().variant.settings = {{"FAULT", "inserts-eight"}, {"API_KEY", "1234"}};
    run.trials.back().files->not_evaluated = "its scratch folder is out of reach from here";
    return run;
}

model::SingleRequests single_requests() {
    return {
        .rows =
            model::OneByOne{
                .requests = 20, .as_contract = 20, .transactions = 20, .rows = {{"users", {200, 100, 100}}}},
        .syncs = model::CommitSyncs{.requests = 20, .transactions = 20, .syncs = 40},
        .left_out = {}};
}

ReportCase on_sqlite() {
    ReportCase run = work_not_done();
    run.name = "on_sqlite";
    run.benchmark.entrants.front().variant.settings = {};
    run.benchmark.database.engine = model::DatabaseEngine::sqlite;
    for (model::TrialResult& trial : run.trials) {
        const auto requests = trial.effects->acknowledged;
        trial.effects = model::ObservedEffects{.contract = {{"users", {10, 5, 5}}},
                                               .transactions = 1,
                                               .acknowledged = requests,
                                               .answers_ahead = 0};
        trial.effects->counters =
            model::OwnCounters{requests, {{"users", 10 * static_cast<std::int64_t>(requests)}}};
        trial.audit =
            model::Audit{.table = "users", .rows_left = 5, .right = requests, .values = {{"age", "99"}}};
        trial.files->seen.read = 503;
        trial.database_traffic.reset();
        trial.database_waits.reset();
        trial.own_settings.reset();
        trial.single_requests = single_requests();
    }
    return run;
}

ReportCase both_fail_every_request() {
    return make("both_fail_every_request", k_both, k_quick, 3, [](const model::PlannedTrial& plan) {
        TrialShape shape = loaded(plan, plan.entrant == "django" ? 320 : 140, 0.02);
        shape.error_share = 1;
        shape.goodput_rps = 0;
        shape.error_kind = model::RequestErrorKind::reset;
        return shape;
    });
}

ReportCase one_fails_every_request() {
    return make("one_fails_every_request", k_both, k_quick, 3, [](const model::PlannedTrial& plan) {
        TrialShape shape = loaded(plan, plan.entrant == "django" ? 320 : 140, 0.02);
        if (plan.entrant == "django") {
            shape.error_share = 1;
            shape.goodput_rps = 0;
        }
        return shape;
    });
}

ReportCase single_block_ladder() {
    std::vector<std::int64_t> levels;
    for (std::int64_t level = 50; level <= 1000; level += 50)
        levels.push_back(level);
    return make("single_block_ladder", k_both, levels, 1, [](const model::PlannedTrial& plan) {
        const bool django = plan.entrant == "django";
        const double users = static_cast<double>(plan.level);
        TrialShape shape = loaded(plan, django ? 185 : 250 * std::exp(-users / 4000), 0.015);
        if (!django && plan.level >= 850) {
            shape.error_share = 0.02 * (users - 800) / 50;
            shape.error_kind = model::RequestErrorKind::timeout;
        }
        return shape;
    });
}

ReportCase one_contender() {
    return make("one_contender", {"fastapi"}, k_quick, 3,
                [](const model::PlannedTrial& plan) { return loaded(plan, 250, 0.02); });
}

ReportCase looks_under_steal() {
    ReportCase run{"looks_under_steal",
                   benchmark_from(R"(name = "io-intensive"
title = "FastAPI vs Django, I/O-intensive"
workload = "io-intensive"
contenders = ["fastapi", "django"]
baseline = "django"
[load]
levels = [1, 4, 16, 50, 150]
duration = "5s"
[experiment]
blocks = { min = 4, max = 12 }
[[entrants]]
label = "django-again"
contender = "django"
)"),
                   {}};
    for (int block = 0; block < 7; ++block)
        for (const model::PlannedTrial& plan :
             plan_block(run.benchmark, block, static_cast<int>(run.trials.size()))) {
            const auto users = static_cast<double>(plan.level);
            const double steal =
                0.05 * (1 + noise({.block = plan.position, .level = plan.level * 7 + block}));
            const double law = users / (1 + 0.1 * (users - 1) + 2e-4 * users * (users - 1));
            TrialShape shape = loaded(plan, plan.entrant == "fastapi" ? 45 : 40, 0);
            shape.goodput_rps =
                (plan.entrant == "fastapi" ? 45 : 40) * law * (1 - 2 * steal) * (1 + 0.01 * noise(plan));
            shape.p50_ms = users / shape.goodput_rps * 1000;
            shape.cpu_ms_per_operation = 950 / shape.goodput_rps;
            run.trials.push_back(synthetic_trial(run.benchmark, plan, shape));
            run.trials.back().contender_steal_share = steal;
        }
    return run;
}

ReportCase void_trials() {
    ReportCase run = clear_winner();
    run.name = "void_trials";
    for (model::TrialResult& trial : run.trials) {
        const model::PlannedTrial& plan = trial.plan;
        if (plan.entrant == "fastapi" && plan.level == 50 && plan.block < 2)
            trial.samples.conduct.shortages[model::Shortage::open_files] = 3;
        if (plan.entrant == "django" && plan.level == 200 && plan.block == 0)
            trial.incidents = {{model::IncidentKind::service_restarted, "a worker was replaced"}};
    }
    return run;
}

ReportCase nothing_measured() {
    return {"nothing_measured", benchmark_of(k_both, k_quick, 3), {}};
}

std::vector<ReportCase> report_cases() {
    return {clear_winner(),
            equivalent(),
            errors_at_high_levels(),
            both_fail_every_request(),
            one_fails_every_request(),
            single_block_ladder(),
            looks_under_steal(),
            one_contender(),
            nothing_measured()};
}

}  // namespace joust::testing
