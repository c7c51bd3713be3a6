#include "experiment/trial.hpp"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>

#include "base/random.hpp"
#include "base/text.hpp"
#include "deploy/command.hpp"
#include "experiment/steady_state.hpp"
#include "host/proc.hpp"
#include "host/storage.hpp"
#include "load/engine.hpp"
#include "model/wording.hpp"
#include "probes/audit_probe.hpp"
#include "probes/file_probe.hpp"
#include "probes/process_probe.hpp"
#include "probes/round_trip_probe.hpp"
#include "probes/speed_probe.hpp"
#include "probes/storage_probe.hpp"
#include "probes/usage_probe.hpp"
#include "probes/wait_probe.hpp"
#include "probes/wal_probe.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_poll = 50ms;
constexpr Nanoseconds k_window_notice = 20ms;    // so that the window is known before it starts
constexpr Nanoseconds k_live_span = 1s;          // live figures are over the last second
constexpr Nanoseconds k_clock_drift_max = 50ms;  // NTP slews by 0.5 ms/s at most; more is a step

// One trial under way; the steps are run() in order.
class Trial {
public:
    Trial(Rig& rig, const RunSpec& spec, const model::PlannedTrial& plan, const Beside& beside,
          Observer& observer, const Interrupted& interrupted)
        : rig_(rig), spec_(spec), beside_(beside), observer_(observer), interrupted_(interrupted) {
        result_.plan = plan;
        result_.load_model = model::load_model_of(spec.benchmark, plan);
        result_.timeout = spec.benchmark.load.timeout;
        result_.think_time = spec.benchmark.load.think_time;
        result_.single_requests = rig.single_requests(plan.entrant);
    }

    Result<model::TrialResult> run(Started started) {
        result_.started = started.begun_wall;
        const Nanoseconds clocks_before = clock_offset();
        const database::LogMark mark = started.mark;
        deploy::Instance instance = std::move(started.instance);
        result_.service.time_to_healthy = started.time_to_healthy;
        JOUST_CHECK(read_limits(instance));
        const std::vector<host::ProcessIdentity> processes = identities(instance);
        const TimePoint counted_from = now();
        const auto syncs_before = rig_.database().log_syncs(result_.plan.entrant, database::Sessions::open);
        JOUST_TRY(load::Engine engine,
                  load::Engine::start(load_options(spec_, instance.contender(), result_.plan, instance.port(),
                                                   rig_.layout().generator.cpus)));
        JOUST_CHECK(warm_up(instance, engine));
        JOUST_CHECK(measure(instance, engine));
        look_for_restarts(instance, processes);
        JOUST_CHECK(check_limits(instance));
        read_own_settings();
        JOUST_CHECK(record_end(instance));
        if (syncs_before && *syncs_before) count_log_syncs(**syncs_before, now() - counted_from);
        JOUST_CHECK(rig_.database().sound_since(mark));
        for (model::Incident& incident : rig_.database().incidents_since(mark))
            result_.incidents.push_back(std::move(incident));
        if (const Nanoseconds drift = clock_offset() - clocks_before;
            std::chrono::abs(drift) > k_clock_drift_max)
            add(model::IncidentKind::clock_jumped,
                fmt::format("the wall clock jumped by {:.3f} s against the monotonic clock", seconds(drift)));
        result_.took = now() - started.begun;
        return std::move(result_);
    }

private:
    static Nanoseconds clock_offset() { return wall_now().time_since_epoch() - now().time_since_epoch(); }

    void add(model::IncidentKind kind, std::string text) {
        result_.incidents.push_back({kind, std::move(text)});
    }

    Status read_limits(const deploy::Instance& instance) {
        using model::Role;
        result_.parties = {
            {.role = Role::contender, .name = result_.plan.entrant, .usage = {}},
            {.role = Role::database, .name = std::string(name(Role::database)), .usage = {}},
            {.role = Role::generator, .name = std::string(name(Role::generator)), .usage = {}}};
        if (spec_.limits_off) return {};
        JOUST_TRY(result_.party(Role::contender)->limits_in_force, instance.limits_in_force());
        JOUST_TRY(result_.party(Role::database)->limits_in_force, rig_.database().limits_in_force());
        return {};
    }

    // They were read back when the service started; somebody may have changed them since.
    Status check_limits(const deploy::Instance& instance) {
        if (spec_.limits_off) return {};
        JOUST_TRY(const model::LimitsInForce limits, instance.limits_in_force());
        if (const std::vector<std::string> wrong = instance.limits_not_in_force(limits); !wrong.empty())
            add(model::IncidentKind::limits_not_in_force,
                fmt::format("at the end of the trial {} ran with {}", result_.plan.entrant,
                            joined(wrong, ", ")));
        return {};
    }

    // Where they cannot be asked for, the trial says nothing of them; it is none the worse for it.
    void read_own_settings() {
        if (auto own = rig_.database().own_settings(result_.plan.entrant)) result_.own_settings = *own;
    }

    static std::vector<host::ProcessIdentity> identities(const deploy::Instance& instance) {
        std::vector<host::ProcessIdentity> found;
        for (const pid_t pid : instance.pids())
            if (const auto process = host::identify(pid)) found.push_back(*process);
        return found;
    }

    // A worker that ends within the trial takes requests with it, and one that a supervisor starts in its
    // place hides that. The end of the service as a whole is record_end()'s.
    void look_for_restarts(const deploy::Instance& instance,
                           const std::vector<host::ProcessIdentity>& before) {
        if (!instance.running()) return;
        const auto ended = std::count_if(before.begin(), before.end(),
                                         [](const auto& process) { return !host::alive(process); });
        if (ended > 0)
            add(model::IncidentKind::service_restarted,
                fmt::format("{} of {} processes of {} ended during the trial while the service went on",
                            ended, before.size(), result_.plan.entrant));
    }

    Status warm_up(const deploy::Instance& instance, load::Engine& engine) {
        const model::LoadSpec& load = spec_.benchmark.load;
        const bool closed = result_.load_model == model::LoadModel::closed;
        SteadyState state(closed ? static_cast<std::uint64_t>(result_.plan.level) : 0);
        const TimePoint started = engine.started_at();
        for (;;) {
            if (interrupted_()) return stop(engine);
            const load::Progress progress = engine.progress();
            const Nanoseconds elapsed = progress.at - started;
            state.add({elapsed, progress.succeeded, progress.response_time_sum, progress.users_completed});
            report(progress, Phase::warming_up, elapsed, load.warmup_max);
            const Nanoseconds at_least = std::max(load.warmup_min, state.twice_mean_response_time());
            result_.warmup.steady = elapsed >= at_least && state.steady();
            const bool pointless = !instance.running() || !rig_.database().running();
            if (result_.warmup.steady || elapsed >= load.warmup_max || pointless) break;
            std::this_thread::sleep_for(std::min(k_poll, load.warmup_max - elapsed));
        }
        result_.warmup.goodput_steady = result_.warmup.steady || state.goodput_steady();
        if (!result_.warmup.steady) result_.warmup.why = state.why_not();
        window_ = now() + k_window_notice;
        result_.warmup.length = window_ - started;
        engine.set_window(window_, window_ + window_length());
        return {};
    }

    [[nodiscard]] Nanoseconds window_length() const {
        return model::window_of(spec_.benchmark, result_.plan);
    }

    [[nodiscard]] probes::WatchedLoad watched_load(const load::Engine& engine) const {
        probes::WatchedLoad watched{.succeeded = [&engine] { return engine.progress().succeeded; }};
        watched.straddling = result_.load_model == model::LoadModel::closed
                                 ? static_cast<std::uint64_t>(result_.plan.level)
                                 : engine.progress().connections;
        const load::Progress& last = recent_.back();
        const load::Progress& before = recent_.front();
        if (const Nanoseconds span = last.at - before.at; span > 0ns)
            watched.requests_per_s = static_cast<double>(last.succeeded - before.succeeded) / seconds(span);
        return watched;
    }

    [[nodiscard]] const model::Stack& declared_stack(const model::Contender& contender) const {
        const bool sqlite = spec_.benchmark.database.engine == model::DatabaseEngine::sqlite;
        return sqlite && contender.sqlite_stack ? *contender.sqlite_stack : contender.stack;
    }

    // What is read over the window of this trial.
    probes::Probes make_probes(const deploy::Instance& instance, const load::Engine& engine) {
        using model::Role;
        std::vector<probes::Watched> watched{{Role::contender, instance.usage_source()}};
        if (const auto database = rig_.database().usage_source())
            watched.push_back({Role::database, *database});
        if (rig_.generator_group() != nullptr)
            watched.push_back({Role::generator, host::GroupSource{&rig_.generator_group()->files()}});
        const std::vector<int>& own = rig_.layout().contender.cpus;
        if (!spec_.limits_off && rig_.layout().limits_reachable && read_cpu_time(own))
            watched.push_back({std::nullopt, host::CpuSource{own, spec_.about.added_steal_file}});
        for (const deploy::Instance* resting : beside_)
            watched.push_back({.role = std::nullopt, .source = resting->usage_source(), .resting = true});
        probes::Probes all;
        all.push_back(std::make_unique<probes::UsageProbe>(std::move(watched)));
        if (rig_.speed_sampler() != nullptr)
            all.push_back(std::make_unique<probes::SpeedProbe>(*rig_.speed_sampler()));
        if (const std::optional<Path> scratch = instance.scratch().here())
            all.push_back(std::make_unique<probes::StorageProbe>(
                host::block_devices({rig_.environment().host.storage.directory, *scratch})));
        if (const auto files = probes::files_per_request(spec_.workload))
            all.push_back(std::make_unique<probes::FileProbe>(
                instance.scratch().here(), *files, watched_load(engine),
                random_for(spec_.benchmark.experiment.seed, fmt::format("files {}", result_.plan.index))));
        const model::Stack& stack = declared_stack(instance.contender());
        all.push_back(std::make_unique<probes::ProcessProbe>(
            [&instance] { return instance.pids(); }, instance.pid(),
            probes::DeclaredProcesses{.all = stack.processes, .workers = stack.workers}));
        // Whoever cannot be asked now says nothing of its waits; the trial is none the worse for it.
        if (auto reader = rig_.database().session_reader(result_.plan.entrant))
            all.push_back(std::make_unique<probes::WaitProbe>(
                std::move(*reader),
                spec_.benchmark.experiment.seed + static_cast<std::uint64_t>(result_.plan.index), code_));
        if (auto reader = rig_.database().session_reader(result_.plan.entrant))
            all.push_back(std::make_unique<probes::RoundTripProbe>(std::move(*reader)));
        if (const auto left = probes::rows_left(spec_.workload))
            all.push_back(std::make_unique<probes::AuditProbe>(rig_.database(), result_.plan.entrant, *left));
        const auto changed = probes::rows_changed(spec_.workload);
        if (changed || probes::declares_nothing(spec_.workload))
            all.push_back(std::make_unique<probes::WalProbe>(rig_.database(), result_.plan.entrant, changed,
                                                             answers_, code_));
        else
            result_.effects = probes::effects_that_differ(spec_.workload);
        return all;
    }

    Status measure(const deploy::Instance& instance, load::Engine& engine) {
        const TimePoint end = window_ + window_length();
        const probes::Probes probes = make_probes(instance, engine);
        JOUST_CHECK(probes::begin(probes, window_, end));
        bool counted = false;
        std::optional<std::uint64_t> printed_before;
        for (;;) {
            if (interrupted_()) return stop(engine);
            const load::Progress progress = engine.progress();
            const bool draining = progress.at >= end;
            if (!counted && progress.at >= window_) probes::look(probes, progress.at);
            if (!printed_before && progress.at >= window_) printed_before = instance.printed_bytes();
            if (draining && !counted) {
                result_.service.processes = static_cast<int>(instance.pids().size());
                result_.service.printed_bytes = instance.printed_bytes() - *printed_before;
                counted = true;
            }
            report(progress, draining ? Phase::draining : Phase::measuring,
                   std::max(0ns, progress.at - (draining ? end : window_)),
                   draining ? spec_.benchmark.load.timeout : window_length());
            if (progress.finished) break;
            const Nanoseconds next = progress.at < window_ ? window_ - progress.at : end - progress.at;
            std::this_thread::sleep_for(draining ? k_poll / 5 : std::min(k_poll, next));
        }
        JOUST_TRY(result_.samples, engine.finish());
        result_.party(model::Role::generator)->usage = std::exchange(result_.samples.generator, {});
        return probes::finish(probes, result_);
    }

    // So many requests are under way at most, each with one transaction.
    [[nodiscard]] std::uint64_t sharing_a_sync(std::uint64_t sessions) const {
        const bool closed = result_.load_model == model::LoadModel::closed;
        return closed ? std::min(sessions, static_cast<std::uint64_t>(result_.plan.level)) : sessions;
    }

    // Sessions tell how often they made the log durable when they end, with their service.
    void count_log_syncs(std::uint64_t before, Nanoseconds elapsed) {
        if (!result_.effects || !result_.effects->declared() || !result_.effects->not_read.empty() ||
            !result_.database_waits)
            return;
        const auto after = rig_.database().log_syncs(result_.plan.entrant, database::Sessions::ending);
        const bool counted = after && *after && **after >= before;
        result_.effects->log_syncs =
            model::LogSyncs{.syncs = counted ? std::optional(**after - before) : std::nullopt,
                            .commits = result_.effects->commits(),
                            .most_sessions = sharing_a_sync(result_.database_waits->most_sessions),
                            .elapsed = elapsed};
    }

    Status record_end(deploy::Instance& instance) {
        const std::uint64_t oom_kills = instance.oom_kills();
        const std::string log = instance.last_log_lines(5);
        const deploy::StopRecord record = instance.stop(k_stop_grace);
        if (record.lost)
            return fail(ErrorKind::service, "{} was lost: {}; the trial under way was dropped",
                        result_.plan.entrant, *record.lost);
        result_.service.died = record.died;
        if (record.died) {
            result_.service.exit = record.description;
            add(model::IncidentKind::service_died,
                fmt::format("{} {} during the trial; its last lines:\n{}", result_.plan.entrant,
                            record.description, log));
        }
        if (record.left_out_of_log > 0)
            add(model::IncidentKind::log_cut,
                fmt::format(
                    "{} printed more than is kept of a trial, and {} of it are not in its log; printing "
                    "takes time, and a log level that prints less may make it faster",
                    result_.plan.entrant, model::bytes_text(Bytes{record.left_out_of_log})));
        if (oom_kills > 0)
            add(model::IncidentKind::out_of_memory,
                fmt::format("the kernel killed {} process(es) of {} at its memory limit of {}", oom_kills,
                            result_.plan.entrant,
                            model::limit_text(spec_.benchmark.contender_limits.memory)));
        return {};
    }

    // Live figures over the last second.
    void report(const load::Progress& progress, Phase phase, Nanoseconds in_phase, Nanoseconds phase_length) {
        recent_.push_back(progress);
        answers_.push_back({progress.at, progress.succeeded});
        while (recent_.size() > 2 && progress.at - recent_.front().at > k_live_span)
            recent_.pop_front();
        const load::Progress& before = recent_.front();
        LiveReading reading{.phase = phase, .in_phase = in_phase, .phase_length = phase_length};
        if (const Nanoseconds span = progress.at - before.at; span > 0ns)
            reading.goodput_rps = static_cast<double>(progress.succeeded - before.succeeded) / seconds(span);
        reading.response_time_p99 =
            Nanoseconds{progress.response_time.since(before.response_time).value_at_quantile(0.99)};
        reading.errors = progress.errors.total();
        observer_.trial_reading(result_.plan, reading);
    }

    static Status stop(load::Engine& engine) {
        engine.stop_now();
        return fail(ErrorKind::interrupted, "interrupted; the trial under way was dropped");
    }

    Rig& rig_;
    const RunSpec& spec_;
    const Beside& beside_;
    Observer& observer_;
    const Interrupted& interrupted_;
    model::TrialResult result_;
    TimePoint window_;
    std::deque<load::Progress> recent_;
    probes::Answers answers_;
    probes::OwnCode code_;  ///< that was seen in the window
};

}  // namespace

load::Options load_options(const RunSpec& spec, const model::Contender& contender,
                           const model::PlannedTrial& plan, std::uint16_t port,
                           const std::vector<int>& cpus) {
    load::Options options;
    options.target.host = deploy::k_host;
    options.target.port = port;
    options.operations.clear();
    for (const model::Operation& operation : spec.workload.operations) {
        load::Operation& added = options.operations.emplace_back();
        added.name = operation.name;
        added.weight = operation.weight;
        added.request.method = operation.method;
        added.request.path = contender.routes.at(operation.route);
        added.request.body = operation.body;
        if (!operation.content_type.empty())
            added.request.headers.push_back({"Content-Type", operation.content_type});
        added.expect.status = operation.status;
        if (!operation.expected_json.empty()) added.expect.json = operation.expected_json;
    }
    if (model::load_model_of(spec.benchmark, plan) == model::LoadModel::closed) {
        options.schedule = load::ClosedLoop{.users = static_cast<int>(plan.level),
                                            .think_time = spec.benchmark.load.think_time};
    } else {
        options.schedule = load::OpenLoop::constant_rate(static_cast<double>(plan.level));
    }
    options.stop = load::StopManually{};
    options.timeout = spec.benchmark.load.timeout;
    options.cpus = cpus;
    options.seed = spec.benchmark.experiment.seed;
    return options;
}

Result<model::TrialResult> run_trial(Rig& rig, const RunSpec& spec, const model::PlannedTrial& plan,
                                     Started started, const Beside& beside, Observer& observer,
                                     const Interrupted& interrupted) {
    const database::LogMark mark = started.mark;
    auto result = Trial(rig, spec, plan, beside, observer, interrupted).run(std::move(started));
    if (!result && result.error().kind == ErrorKind::service)
        return tl::unexpected(rig.explained(std::move(result.error()), mark));
    return result;
}

}  // namespace joust::experiment
