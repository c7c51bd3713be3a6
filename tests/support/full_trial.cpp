#include "support/full_trial.hpp"

#include "support/synthetic_trials.hpp"

namespace joust::testing {

using namespace model;

const Benchmark& full_trial_benchmark() {
    static const Benchmark value = testing::benchmark_of({"fastapi", "django"}, {4, 50}, 1);
    return value;
}

// A trial in which every field differs from its default and every list has an entry.
TrialResult full_trial() {
    TrialResult trial = synthetic_trial(full_trial_benchmark(), {7, 2, 50, 1, "django"},
                                        {.error_share = 0.1, .error_kind = RequestErrorKind::timeout});
    trial.load_model = LoadModel::open;
    trial.started += Nanoseconds{123'456'789};
    trial.warmup = {Nanoseconds{10'000'000'001}, false, "goodput still rose by 8 % a second"};
    Samples& samples = trial.samples;
    samples.requests.unfinished = 3;
    samples.statuses = {{200, 1990}, {302, 10}, {999, 1}};
    samples.connections = {50, 51, 49, 2, 1};
    samples.clock_steps = 1;
    samples.run_delays = {Nanoseconds{1}, Nanoseconds{999'999'999}};
    samples.conduct = {.thread_cpu = {Nanoseconds{5}, Nanoseconds{1'000'000'007}},
                       .thread_stopped = {Nanoseconds{0}, Nanoseconds{400'000'001}},
                       .longest_stop = Nanoseconds{300'000'001},
                       .start_delay_p50 = Nanoseconds{1000},
                       .start_delay_p99 = std::nullopt,
                       .held_back = 12,
                       .never_begun = 3,
                       .steal_share = 0.25,
                       .halves = {{10, 9, Nanoseconds{77}}, {11, 8, Nanoseconds{99}}}};
    samples.threads = 2;
    samples.seconds = {{-1, 10, 1, 1000, 2000, 3000}, {0, 11, 0, 1001, 2001, 3001}};
    samples.operations = {{"read", 5, {6, 5, 1, 0, 0}, {}}, {"write", 7, {7, 7, 0, 0, 0}, {}}};
    samples.operations[1].response_time.record(4711);
    samples.ids = {{.prefix = "a1",
                    .issued = 100,
                    .unacknowledged = {{3, RequestErrorKind::connect}, {1, RequestErrorKind::body}},
                    .truncated = true,
                    .misdelivered = 4,
                    .wrong_id = 3},
                   {.prefix = "a2", .issued = 9}};
    trial.party(Role::generator)->usage.throttled = std::nullopt;
    trial.party(Role::contender)->usage.run_delay = Nanoseconds{77};
    trial.contender_cpu_taken = Nanoseconds{123'000'000};
    trial.contender_cpu_speed = 998.25;
    trial.party(Role::database)->usage.voluntary_context_switches = std::nullopt;
    trial.party(Role::contender)->limits_in_force->cpu_quota = 0.5;
    trial.party(Role::database)->limits_in_force = std::nullopt;
    trial.service = {Nanoseconds{812'345'678}, true, "was killed by signal 9 (Killed)", 3, 4711};
    trial.audit = Audit{.table = "users",
                        .rows_left = 5,
                        .right = 6,
                        .lost = 1,
                        .partial = 2,
                        .duplicate = 3,
                        .wrong_values = 9,
                        .unknown_applied = 4,
                        .unknown_absent = 5,
                        .unknown_partial = 7,
                        .foreign_rows = 8,
                        .values = {{"age", "99"}},
                        .problem = "it is a view"};
    trial.effects = ObservedEffects{
        .contract = {{"users", {10, 5, 4}}},
        .transactions = 1,
        .not_read = "it is not there",
        .acknowledged = 11,
        .unknown = 12,
        .shapes = {{{{"users", {10, 5, 4}}}, 13}, {{{"users", {0, 0, 1}}}, 2}},
        .other_commits = 14,
        .rows = {{"users", {130, 65, 54}}},
        .rolled_back = 15,
        .rows_elsewhere = 16,
        .answers_ahead = 17,
        .tables = {{TableFault::trigger, "users", "a_trigger"}, {TableFault::replaced, "users", ""}},
        .log_syncs =
            LogSyncs{.syncs = 18, .commits = 19, .most_sessions = 20, .elapsed = Nanoseconds{21'000'000'000}},
        .counters = OwnCounters{22, {{"users", 220}}}};
    trial.files = ObservedFiles{.contract = {5, 6, 7, 8},
                                .not_evaluated = "it is out of reach",
                                .slices = 2,
                                .watched = std::chrono::milliseconds(250),
                                .requests = 40,
                                .requests_least = 30,
                                .seen = {51, 52, 53, 54},
                                .opened = 3};
    trial.effects->log_bytes = 22;
    trial.own_settings = OwnSettings{.durability = Durability::relaxed,
                                     .settings = {{"joust_a", "", "jit", "off"}, {"", "joust_a", "x", "y"}}};
    trial.database_traffic =
        DatabaseTraffic{.sessions_opened = 1,
                        .connections = 2,
                        .segments = Segments{.received = 3, .sent = 4, .received_bytes = 5, .sent_bytes = 6}};
    trial.database_waits = DatabaseWaits{.samples = 20,
                                         .sessions = 80,
                                         .idle = 11,
                                         .held = 12,
                                         .on_lock = 13,
                                         .on_log = 14,
                                         .on_storage = 3,
                                         .on_other = 2,
                                         .all_in_use = 9,
                                         .most_sessions = 5,
                                         .others = {{"another", 7}}};
    trial.single_requests =
        SingleRequests{.slow_commits = SlowCommits{.delay = std::chrono::milliseconds(50),
                                                   .requests = 19,
                                                   .before_commit = 3,
                                                   .without_commit = 2,
                                                   .before_durable = 4,
                                                   .shortest = std::chrono::milliseconds(51)},
                       .rows = OneByOne{.requests = 20,
                                        .as_contract = 11,
                                        .late = 4,
                                        .transactions = 21,
                                        .rows = {{"users", {200, 100, 99}}}},
                       .syncs = CommitSyncs{.requests = 20, .transactions = 22, .syncs = 23, .early = 5},
                       .left_out = {{"something", "it could not be done"}}};
    trial.incidents = {{IncidentKind::out_of_memory, "the kernel killed a process at 2GiB"}};
    return trial;
}

}  // namespace joust::testing
