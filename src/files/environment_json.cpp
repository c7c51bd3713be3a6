#include "files/environment_json.hpp"

#include "base/secrets.hpp"
#include "files/json_fields.hpp"
#include "files/json_text.hpp"
#include "files/limits_json.hpp"
#include "model/benchmark.hpp"

namespace joust::files {

using namespace model;

template <typename F, Is<StorageFacts> S>
void fields(F& f, S& storage) {
    f("directory", storage.directory);
    f("file_system", storage.file_system);
    f("in_memory", storage.in_memory);
    f.seconds("sync_median_s", storage.sync_median);
    f.later("journal", storage.journal);
}

template <typename F, Is<HostFacts> H>
void fields(F& f, H& host) {
    f("kernel", host.kernel);
    f("distribution", host.distribution);
    f("cpu_model", host.cpu_model);
    f("cpus_online", host.cpus_online);
    f("cpus_allowed", host.cpus_allowed);
    f.bytes("memory_total_bytes", host.memory_total);
    f.bytes("swap_total_bytes", host.swap_total);
    f("cgroup_version", host.cgroup_version);
    f("virtualisation", host.virtualisation);
    f("clock_source", host.clock_source);
    f("cpu_governor", host.cpu_governor);
    f("load_average_1min", host.load_average_1min);
    f("listen_backlog_limit", host.listen_backlog_limit);
    f("open_files_max", host.open_files_max);
    f("storage", host.storage);
}

std::optional<DatabaseEngine> database_engine(std::string_view text) {
    for (const DatabaseEngine engine : {DatabaseEngine::postgres, DatabaseEngine::sqlite})
        if (name(engine) == text) return engine;
    return std::nullopt;
}

std::optional<LimitsBy> limits_by(std::string_view text) {
    for (const LimitsBy limits : {LimitsBy::off, LimitsBy::cgroups_v1, LimitsBy::cgroups_v2})
        if (name(limits) == text) return limits;
    return std::nullopt;
}

template <typename F, Is<DatabaseFacts> D>
void fields(F& f, D& database) {
    enumeration(f, "engine", database.engine, database_engine);
    f("version", database.version);
    f("data_file_system", database.data_file_system);
    f("settings_in_force", database.settings_in_force);
}

template <typename F, Is<Stack> S>
void fields(F& f, S& stack) {
    f("language", stack.language);
    f("framework", stack.framework);
    f("server", stack.server);
    f("orm", stack.orm);
    f("driver", stack.driver);
    f("concurrency", stack.concurrency);
    f("workers", stack.workers);
    f("threads", stack.threads);
    f("db_connections", stack.db_connections);
    f("processes", stack.processes);
    f("notes", stack.notes);
}

std::optional<RuntimeKind> runtime_kind(std::string_view text) {
    for (const RuntimeKind kind : {RuntimeKind::process, RuntimeKind::docker})
        if (name(kind) == text) return kind;
    return std::nullopt;
}

template <typename F, Is<EngineFacts> E>
void fields(F& f, E& engine) {
    f("version", engine.version);
    f("storage_driver", engine.storage_driver);
    f("cgroup_driver", engine.cgroup_driver);
}

template <typename F, Is<StatementCount> S>
void fields(F& f, S& count) {
    f("requests", count.requests);
    f("statements", count.statements);
}

template <typename F, Is<SourceLine> L>
void fields(F& f, L& line) {
    f.text("file", line.file);
    f("line", line.line);
}

template <typename F, Is<ContenderFacts> C>
void fields(F& f, C& contender) {
    f.name("name", contender.name);
    f("title", contender.title);
    f("stack", contender.stack);
    f.words("command", contender.command);
    f.later("environment", contender.environment);
    f.later("source_sha256", contender.source_sha256);
    f("lock_sha256", contender.lock_sha256);
    f("versions", contender.versions);
    later_enumeration(f, "runtime", contender.runtime, runtime_kind);
    f.later("image", contender.image);
    f.later("statements", contender.statements);
    f.later("debug", contender.debug);
    f.later("constraints", contender.constraints);
}

template <typename F, Is<Environment> E>
void fields(F& f, E& environment) {
    f.derived("started", iso_time(environment.started));
    auto started = environment.started.time_since_epoch();
    f.nanoseconds("started_unix_ns", started);
    if constexpr (F::reading) environment.started = WallTime(started);
    std::vector<std::int64_t> resumed;
    for (const WallTime time : environment.resumed)
        resumed.push_back(time.time_since_epoch().count());
    f.later("resumed_unix_ns", resumed);
    if constexpr (F::reading)
        for (const std::int64_t time : resumed)
            environment.resumed.emplace_back(Nanoseconds{time});
    f.later("benchmark_sha256", environment.benchmark_sha256);
    f("joust_version", environment.joust_version);
    f.later("program_sha256", environment.program_sha256);
    f("git_commit", environment.git_commit);
    f("git_dirty", environment.git_dirty);
    f.words("command_line", environment.command_line);
    f("host", environment.host);
    enumeration(f, "limits", environment.limits, limits_by);
    f("limits_in_force", environment.limits_in_force);
    f.later("added_steal_file", environment.added_steal_file);
    f.later("port", environment.port);
    f("layout_notes", environment.layout_notes);
    f.later("users_separated", environment.users_separated);
    f.later("docker_engine", environment.engine);
    f("database", environment.database);
    f("contenders", environment.contenders);
}

namespace {

constexpr std::size_t k_most_bytes = std::size_t{16} << 20U;

// Credentials stay out of every file.
void mask(Environment& environment) {
    environment.command_line = masked_command(environment.command_line);
    environment.database.settings_in_force = masked_values(environment.database.settings_in_force);
    for (ContenderFacts& contender : environment.contenders) {
        contender.command = masked_command(contender.command);
        contender.environment = masked_values(contender.environment);
    }
}

std::optional<std::string> mistake(const Environment& environment) {
    if (!is_commit(environment.git_commit))
        return fmt::format("\"git_commit\" is \"{}\", which is no commit", printable(environment.git_commit));
    if (environment.contenders.size() > k_most_contenders)
        return fmt::format("\"contenders\" has more than {}", k_most_contenders);
    return std::nullopt;
}

}  // namespace

bool is_commit(std::string_view text) {
    return text.size() <= 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string environment_json(const Environment& environment) {
    Environment written = environment;
    mask(written);
    for (ContenderFacts& contender : written.contenders)
        if (contender.sqlite_stack && written.database.engine == DatabaseEngine::sqlite)
            contender.stack = *contender.sqlite_stack;
    Json json = Json::object();
    JsonWriter writer(json);
    writer("schema_version", k_environment_schema_version);
    fields(writer, written);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Environment> parse_environment(std::string_view text, const Path& file) {
    const auto json = parse_json_object(text);
    if (!json) return fail(ErrorKind::bad_input, "{}: {}", file.string(), json.error().message);
    std::optional<std::string> problem;
    JsonReader reader(*json, problem);
    int version = 0;
    reader("schema_version", version);
    if (!problem && version > k_environment_schema_version)
        return fail(ErrorKind::bad_input,
                    "{}: schema_version is {}, this joust reads up to {}; use a newer joust", file.string(),
                    version, k_environment_schema_version);
    Environment environment;
    fields(reader, environment);
    if (!problem) problem = mistake(environment);
    if (problem) return fail(ErrorKind::bad_input, "{}: {}", file.string(), *problem);
    return environment;
}

Result<Environment> read_environment(const Directory& run) {
    if (!run.has(k_environment_file))
        return fail(
            ErrorKind::bad_input,
            "{} has no {}, which tells on what its trials were measured; put it back, or begin a new run",
            run.path().string(), k_environment_file);
    JOUST_TRY(const std::string text, run.read(k_environment_file, k_most_bytes));
    return parse_environment(text, run.path() / k_environment_file);
}

Result<Environment> read_environment(const Path& run_dir) {
    JOUST_TRY(const Directory run, Directory::open(run_dir));
    return read_environment(run);
}

}  // namespace joust::files
