#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/benchmark.hpp"
#include "model/contender.hpp"
#include "model/host_facts.hpp"
#include "model/limits.hpp"

namespace joust::model {

/// SQL statements of a contender's sessions, as the database printed them before anything was measured; BEGIN
/// and COMMIT are two.
struct StatementCount {
    std::uint64_t requests = 0;  ///< one after the other, after others that had opened the sessions
    std::uint64_t statements = 0;
    [[nodiscard]] double per_request() const {
        return static_cast<double>(statements) / static_cast<double>(requests);
    }
    friend bool operator==(const StatementCount&, const StatementCount&) = default;
};

/// A line of a contender's own sources.
struct SourceLine {
    std::string file;  ///< below its folder
    int line = 0;      ///< from 1
    friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

/// A contender as it was measured.
struct ContenderFacts {
    std::string name;
    std::string title;
    Stack stack;
    /// What `stack` is on SQLite, where that differs. environment.json has one stack, that of the run's
    /// engine: this one takes the other's place when it is written.
    std::optional<Stack> sqlite_stack;
    /// Of all files of its folder, whatever their modes and times; "": measured by a version that did not
    /// say.
    std::string source_sha256;
    std::string lock_sha256;  ///< of its requirements.lock (or other lock file); "" where it has none
    std::map<std::string, std::string> versions;  ///< package to version, from the lock file; "python" too
    std::vector<std::string> command;  ///< that was started, with the password of the database masked
    /// That its manifest sets for the start, placeholders as they stand there; that of an entrant goes over
    /// it. Empty in files of earlier versions.
    std::map<std::string, std::string> environment;
    RuntimeKind runtime = RuntimeKind::process;
    std::string image;  ///< in Docker: the id of the image it ran in
    /// Empty where the database has no server, they could not be counted, and in files of earlier versions.
    std::optional<StatementCount> statements = {};
    /// Where its Python sources say "DEBUG = True", and no other line says otherwise; see
    /// deploy::debug_line(). Empty in files of earlier versions.
    std::optional<SourceLine> debug = {};
    /// Constraints and indexes of the workload's tables once it had answered, each behind its table, by kind
    /// and columns: "users: UNIQUE (email)". Empty where the database does not tell, and in files of earlier
    /// versions.
    std::vector<std::string> constraints = {};
    friend bool operator==(const ContenderFacts&, const ContenderFacts&) = default;
};

/// The database as the server itself described it.
struct DatabaseFacts {
    DatabaseEngine engine = DatabaseEngine::postgres;
    std::string version;
    std::map<std::string, std::string> settings_in_force;  ///< read back, with units
    std::string data_file_system;                          ///< type of the file system below its data
    friend bool operator==(const DatabaseFacts&, const DatabaseFacts&) = default;
};

/// A Docker engine, as it described itself.
struct EngineFacts {
    std::string version;         ///< "20.10.24+dfsg1"
    std::string storage_driver;  ///< "overlay2"
    std::string cgroup_driver;   ///< "cgroupfs", "systemd"
    friend bool operator==(const EngineFacts&, const EngineFacts&) = default;
};

/// What kept the parties within their limits. Persisted by name, never by number.
enum class LimitsBy { off, cgroups_v1, cgroups_v2 };
/// "off", "cgroups v1", "cgroups v2".
std::string_view name(LimitsBy limits);

/// environment.json: what a sceptic needs to know to repeat the run.
struct Environment {
    HostFacts host;
    std::string joust_version;
    /// Of the program that measured; "": by a version that did not say.
    std::string program_sha256;
    std::string git_commit;  ///< of the checkout; "" where there is none
    bool git_dirty = false;
    std::vector<std::string> command_line;
    WallTime started{};
    std::vector<WallTime> resumed;  ///< when it was gone on with by --resume
    /// Of benchmark.toml as run; "": measured by a version that did not say.
    std::string benchmark_sha256;
    LimitsBy limits = LimitsBy::off;
    /// By party: "contender-NAME" for each, "database", "generator". Earlier files have one "contender".
    std::map<std::string, LimitsInForce> limits_in_force;
    /// A file that told what a program took from the contenders' CPUs and what was counted as steal (an
    /// experiment on steal, see host/added_steal.hpp); empty but for that.
    std::optional<std::string> added_steal_file;
    /// All contenders listened there, so that they were started one after the other; empty: each on a free
    /// one.
    std::optional<std::uint16_t> port;
    std::vector<std::string> layout_notes;  ///< sentences on how CPUs were shared
    /// Each contender and the database ran as a user of its own; false: all as the one who called Joust,
    /// which was not root. Empty: measured by a version that did not say.
    std::optional<bool> users_separated;
    /// What ran the containers; empty where there were none.
    std::optional<EngineFacts> engine;
    DatabaseFacts database;
    std::vector<ContenderFacts> contenders;

    friend bool operator==(const Environment&, const Environment&) = default;
};

}  // namespace joust::model
