#include "experiment/rig.hpp"

#include <algorithm>
#include <set>

#include "deploy/facts.hpp"
#include "deploy/preflight.hpp"
#include "experiment/single_requests.hpp"
#include "experiment/slow_commits.hpp"
#include "host/facts.hpp"
#include "load/session/prepared_request.hpp"
#include "runtime/docker_runtime.hpp"
#include "runtime/process_runtime.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_preflight_limit = 10s;  // for one request of an idle service
constexpr Nanoseconds k_load_before_counting = 300ms;
constexpr int k_counted_requests = 10;  // of each operation
constexpr Nanoseconds k_counting_limit = 2s;

Error interrupted_error() {
    return {ErrorKind::interrupted, "interrupted during the set-up"};
}

}  // namespace

Result<Rig> Rig::create(const RunSpec& spec, files::RunDirectory& directory, Observer& observer,
                        const Interrupted& interrupted) {
    for (const std::string& failure : host::sweep_stale(spec.state_root).failures)
        observer.warning(failure);
    JOUST_TRY(host::User user, host::unprivileged_user());
    JOUST_TRY(host::RunState run, host::RunState::create(spec.state_root));
    Rig rig(spec, directory, std::move(run), std::move(user));
    JOUST_CHECK(rig.make_users());
    rig.environment_.host = host::read_facts(rig.run_->directory());
    if (spec.benchmark.database.durability == model::Durability::full)
        JOUST_CHECK(host::check_durable(rig.environment_.host.storage));

    JOUST_CHECK(rig.confine());
    if (!spec.limits_off)
        for (const std::string& note : rig.layout_.notes)
            rig.environment_.layout_notes.push_back(note);
    observer.stage(fmt::format("start the database ({})", name(spec.benchmark.database.engine)));
    JOUST_CHECK(rig.start_database(interrupted));
    const database::LogMark mark = rig.database_->mark();
    if (const Status added = rig.add_entrants(observer, interrupted); !added)
        return tl::unexpected(rig.explained(added.error(), mark));
    return rig;
}

// One for each, so that a contender can neither read nor signal nor change what is its rival's or the
// database's.
Status Rig::make_users() {
    for (const model::Entrant& entrant : spec_->benchmark.entrants) {
        JOUST_TRY(host::User user, run_->new_user());
        users_.emplace(entrant.label, std::move(user));
    }
    environment_.users_separated = std::none_of(
        users_.begin(), users_.end(), [&](const auto& entry) { return entry.second.uid == user_.uid; });
    return {};
}

Status Rig::confine() {
    cgroups_ = std::make_unique<host::CgroupHost>(host::CgroupHost::detect());
    JOUST_CHECK(make_runtimes());
    environment_.limits = spec_->limits_off                                ? model::LimitsBy::off
                          : cgroups_->version() == host::CgroupVersion::v1 ? model::LimitsBy::cgroups_v1
                                                                           : model::LimitsBy::cgroups_v2;
    if (!spec_->limits_off && model::uses(spec_->benchmark, model::RuntimeKind::process)) {
        if (const Status possible = cgroups_->limits_possible(); !possible)
            return fail(ErrorKind::unsupported,
                        "{}, so no comparison would be fair.\nOr add "
                        "\"--limits off\": every result is then marked as measured without limits",
                        possible.error().message);
    }
    if (cgroups_->version()) JOUST_CHECK(cgroups_->prepare());
    const bool own_process = spec_->benchmark.database.engine == model::DatabaseEngine::postgres;
    JOUST_TRY(layout_, host::lay_out_cpus(
                           host::read_topology(),
                           {.contender = spec_->benchmark.contender_limits.cpus,
                            .database = own_process ? std::optional(spec_->benchmark.database_limits.cpus)
                                                    : std::nullopt}));
    start_speed_sampler();
    if (!cgroups_->version() || !cgroups_->limits_possible() || spec_->limits_off) return {};
    for (const Path& group : cgroups_->run_directories(run_->id()))
        JOUST_CHECK(run_->record_group(group));
    JOUST_TRY(host::OwnGroup group, host::OwnGroup::enter(*cgroups_, run_->id(), layout_.generator));
    own_group_.emplace(std::move(group));
    JOUST_TRY(environment_.limits_in_force["generator"], own_group_->group().read_limits());
    return {};
}

// Before this process goes into its own group, which does not allow these CPUs, and early, while there is
// little memory that a fork would have to share. Where it cannot be started, trials are without its figure.
void Rig::start_speed_sampler() {
    if (spec_->limits_off || !layout_.limits_reachable || layout_.contender.cpus.empty()) return;
    if (auto sampler = host::SpeedSampler::start(layout_.contender.cpus))
        speed_sampler_.emplace(std::move(*sampler));
}

Status Rig::make_runtimes() {
    using model::RuntimeKind;
    if (model::uses(spec_->benchmark, RuntimeKind::process))
        runtimes_.emplace(RuntimeKind::process, std::make_unique<runtime::ProcessRuntime>(*cgroups_, *run_));
    if (!model::uses(spec_->benchmark, RuntimeKind::docker)) return {};
    JOUST_TRY(auto docker, runtime::DockerRuntime::connect(*run_, spec_->docker_bases));
    JOUST_TRY(environment_.engine, docker->facts());
    runtimes_.emplace(RuntimeKind::docker, std::move(docker));
    return {};
}

runtime::Runtime& Rig::runtime_of(const model::Entrant& entrant) const {
    return *runtimes_.at(model::runtime_of(spec_->benchmark, entrant));
}

std::map<std::string, int> Rig::declared_connections() const {
    std::map<std::string, int> declared;
    for (const model::Entrant& entrant : spec_->benchmark.entrants)
        declared.emplace(entrant.label, contender_of(entrant).stack.db_connections);
    return declared;
}

Status Rig::start_database(const Interrupted& interrupted) {
    const bool limited = !spec_->limits_off;
    JOUST_TRY(database_,
              database::start_database(
                  {.spec = spec_->benchmark.database,
                   .limits = limited ? std::optional(spec_->benchmark.database_limits) : std::nullopt,
                   .cpu = limited ? std::optional(layout_.database) : std::nullopt,
                   .runtime = *runtimes_.at(spec_->benchmark.runtime),
                   .run = *run_,
                   .user = user_,
                   .contender_users = users_,
                   .connections = declared_connections(),
                   .log_directory = directory_->logs(),
                   .image_source = spec_->docker_files / "postgres",
                   .interrupted = interrupted}));
    JOUST_TRY(environment_.database, database_->facts());
    JOUST_TRY(const auto limits, database_->limits_in_force());
    if (limits) environment_.limits_in_force["database"] = *limits;
    return {};
}

Error Rig::explained(Error error, database::LogMark mark) const {
    if (const Status sound = database_->sound_since(mark); !sound)
        error.message += "\n" + sound.error().message;
    for (const model::Incident& incident : database_->incidents_since(mark))
        error.message += "\n" + incident.text;
    return error;
}

Status Rig::add_entrants(Observer& observer, const Interrupted& interrupted) {
    for (const model::Entrant& entrant : spec_->benchmark.entrants) {
        if (interrupted()) return tl::unexpected(interrupted_error());
        JOUST_CHECK(add_entrant(entrant, observer, interrupted));
    }
    const bool server = spec_->benchmark.database.engine == model::DatabaseEngine::postgres;
    for (const model::Entrant& entrant : spec_->benchmark.entrants) {
        if (interrupted()) return tl::unexpected(interrupted_error());
        observer.stage(fmt::format("try {}: start, health, the workload's routes", entrant.label));
        JOUST_CHECK(try_entrant(entrant.label, observer, interrupted));
    }
    // However the last look ended, the benchmark is measured on the server that it asks for.
    return server ? database_->behave(database::Behaviour::usual) : Status{};
}

// Behind a load, by whose first requests sessions are opened, prepared and looked up with, and with ids that
// go on where it ended: whose statements are counted cannot tell so by what it is asked. Who answers wrongly,
// or prints more than its log holds, has no such figure; whatever is wrong with it, trials show.
Status Rig::count_statements(const deploy::Instance& instance, const Interrupted& interrupted) {
    std::vector<const model::Operation*> operations;
    for (const model::Operation& operation : spec_->workload.operations)
        operations.push_back(&operation);
    const auto each_time = static_cast<int>(operations.size());
    OneUser user(instance, *spec_, layout_.generator.cpus, interrupted, std::move(operations));
    if (!user.load_before(k_load_before_counting)) return {};
    JOUST_CHECK(database_->behave(database::Behaviour::telling));
    const database::LogMark mark = database_->mark();
    const TimePoint give_up = now() + k_counting_limit;
    int asked = 0;
    bool answered = true;
    while (answered && asked < k_counted_requests * each_time && (asked % each_time != 0 || now() < give_up))
        answered = user.ask(asked++).has_value();
    const auto statements = database_->statements_since(instance.label(), mark);
    JOUST_CHECK(database_->behave(database::Behaviour::usual));
    if (!answered || asked == 0 || !statements) return {};
    for (model::ContenderFacts& facts : environment_.contenders)
        if (facts.name == instance.label())
            facts.statements = model::StatementCount{.requests = static_cast<std::uint64_t>(asked),
                                                     .statements = *statements};
    return {};
}

Status Rig::note_constraints(const std::string& label) {
    JOUST_TRY(const database::TableStates tables, database_->tables_of(label));
    std::set<std::string> constraints;
    for (const model::Operation& operation : spec_->workload.operations)
        for (const auto& [table, rows] : operation.effects.rows)
            if (const auto found = tables.find(table); found != tables.end())
                for (const std::string& one : found->second.constraints)
                    constraints.insert(fmt::format("{}: {}", table, one));
    for (model::ContenderFacts& facts : environment_.contenders)
        if (facts.name == label) facts.constraints.assign(constraints.begin(), constraints.end());
    return {};
}

Path Rig::log_of(const std::string& label) const {
    return directory_->logs() / (label + ".log");
}

const model::Contender& Rig::contender_of(const model::Entrant& entrant) const {
    return *std::find_if(spec_->contenders.begin(), spec_->contenders.end(),
                         [&](const model::Contender& one) { return one.name == entrant.contender; });
}

Result<deploy::Staged> Rig::stage(const model::Contender& contender, runtime::Runtime& runtime,
                                  Observer& observer, const Interrupted& interrupted) {
    const std::pair key(contender.name, runtime.kind());
    if (const auto known = staged_.find(key); known != staged_.end()) return known->second;
    runtime::Images* const images = runtime.images();
    observer.stage(
        fmt::format("set up {} ({})", contender.name, images ? "image, tables" : "packages, tables"));
    JOUST_TRY(deploy::Staged staged, deploy::stage(contender, spec_->state_root, *run_, runtime.kind()));
    const Path log = directory_->logs() / (contender.name + "-setup.log");
    JOUST_CHECK(images ? deploy::build_image(contender, staged, *images, log, interrupted)
                       : deploy::set_up(contender, staged, *run_, log, interrupted));
    staged_.emplace(key, staged);
    return staged;
}

Status Rig::add_entrant(const model::Entrant& entrant, Observer& observer, const Interrupted& interrupted) {
    const model::Contender& contender = contender_of(entrant);
    runtime::Runtime& runtime = runtime_of(entrant);
    JOUST_TRY(deploy::Staged staged, stage(contender, runtime, observer, interrupted));
    deploy::DatabaseAccess access;
    JOUST_TRY(access.url, database_->create_for(entrant.label));
    access.directory = database_->directory_of(entrant.label);
    const Path log = directory_->logs() / (entrant.label + "-setup.log");
    JOUST_CHECK(deploy::migrate(contender, staged, access, runtime, *run_, users_.at(entrant.label), log));
    // What the migration made is what trials are held against.
    JOUST_TRY(const database::TableStates tables, database_->tables_of(entrant.label));
    static_cast<void>(tables);
    JOUST_TRY(model::ContenderFacts facts, deploy::read_facts(contender, staged, runtime));
    facts.name = entrant.label;
    environment_.contenders.push_back(std::move(facts));
    entries_.emplace(entrant.label,
                     Entry{&contender, std::move(staged), std::move(access), &runtime, &entrant});
    return {};
}

std::optional<model::SingleRequests> Rig::single_requests(const std::string& label) const {
    const auto found = single_requests_.find(label);
    return found == single_requests_.end() ? std::nullopt : std::optional(found->second);
}

bool Rig::looks_at_single_requests() const {
    const model::DatabaseSpec& database = spec_->benchmark.database;
    const bool to_wait = database.durability == model::Durability::full;  // else no answer has to
    return (database.engine == model::DatabaseEngine::sqlite || to_wait) && !spec_->one_by_one &&
           !operations_with_rows(spec_->workload).empty();
}

// Whoever does not answer them rightly leaves its effects open; whatever is wrong with it, trials show.
Result<model::SingleRequests> Rig::look_at_single_requests(const deploy::Instance& instance,
                                                           const Interrupted& interrupted) {
    const bool server = spec_->benchmark.database.engine == model::DatabaseEngine::postgres;
    const auto look = server ? experiment::slow_commits : experiment::single_requests;
    auto found = look(
        instance,
        OneUser(instance, *spec_, layout_.generator.cpus, interrupted, operations_with_rows(spec_->workload)),
        *database_);
    if (found || found.error().kind == ErrorKind::interrupted) return found;
    const std::string& why = found.error().message;
    return model::SingleRequests{
        .rows = {}, .syncs = {}, .left_out = {{k_single_part, why.substr(0, why.find('\n'))}}};
}

Status Rig::try_entrant(const std::string& label, Observer& observer, const Interrupted& interrupted) {
    const bool server = spec_->benchmark.database.engine == model::DatabaseEngine::postgres;
    JOUST_TRY(deploy::Instance instance, start_instance(label));
    JOUST_TRY(const Nanoseconds healthy,
              instance.wait_until_healthy(instance.contender().healthy_within, interrupted));
    (void)healthy;
    JOUST_CHECK(deploy::preflight(instance, spec_->workload, load::unused_ids(), k_preflight_limit));
    if (server) JOUST_CHECK(count_statements(instance, interrupted));
    JOUST_CHECK(note_constraints(label));
    if (!spec_->limits_off) {
        JOUST_TRY(const model::LimitsInForce limits, instance.limits_in_force());
        environment_.limits_in_force["contender-" + label] = limits;
        // An engine may use groups where this process has none of its own.
        environment_.limits = limits.cgroup_version == name(host::CgroupVersion::v1)
                                  ? model::LimitsBy::cgroups_v1
                                  : model::LimitsBy::cgroups_v2;
    }
    // The facts of the database again: with SQLite the file exists only now.
    JOUST_TRY(environment_.database, database_->facts());
    if (looks_at_single_requests()) {
        observer.stage(
            fmt::format("look at {} single requests of {}: {}", OneUser::k_requests, label,
                        server ? "answers while commits take long" : "rows, and syncs before the answer"));
        JOUST_TRY(auto found, look_at_single_requests(instance, interrupted));
        single_requests_.insert_or_assign(label, std::move(found));
    }
    instance.stop(k_stop_grace);
    // What a busy service may have kept there would look like triggers of its own in every trial.
    if (single_requests_.contains(label)) JOUST_CHECK(database_->dismiss_witness(label));
    return {};
}

Result<deploy::Instance> Rig::start_instance(const std::string& label) {
    const Entry& entry = entries_.at(label);
    JOUST_CHECK(database_->reset(label));
    const bool limited = !spec_->limits_off;
    return deploy::Instance::start(
        {.contender = *entry.contender,
         .staged = entry.staged,
         .label = label,
         .database = entry.database,
         .port = spec_->port,
         .limits = limited ? std::optional(spec_->benchmark.contender_limits) : std::nullopt,
         .cpu = limited ? std::optional(layout_.contender) : std::nullopt,
         .user = users_.at(label),
         .log = log_of(label),
         .environment = entry.entrant->variant.settings},
        *entry.runtime);
}

}  // namespace joust::experiment
