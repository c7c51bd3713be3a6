#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "deploy/instance.hpp"
#include "deploy/stage.hpp"
#include "experiment/observer.hpp"
#include "files/run_directory.hpp"
#include "host/cgroup.hpp"
#include "host/cpu_layout.hpp"
#include "host/run_state.hpp"
#include "host/speed_sampler.hpp"
#include "model/benchmark.hpp"
#include "model/contender.hpp"
#include "model/environment.hpp"
#include "model/single_requests.hpp"
#include "model/workload.hpp"
#include "runtime/runtime.hpp"

namespace joust::experiment {

/// Between asking a contender to stop and killing it.
inline constexpr Nanoseconds k_stop_grace = std::chrono::seconds(5);

/// Everything that was read and checked before a run starts.
struct RunSpec {
    model::Benchmark benchmark;
    model::Workload workload;
    std::vector<model::Contender> contenders;  ///< of the entrants, each once
    bool limits_off = false;                   ///< --limits off: nothing is limited, every result is marked
    std::optional<std::uint16_t> port;         ///< contenders listen here; empty: a free one each time
    /// The entrants are no rivals: each is started for its own turn, and nothing is warmed up before.
    bool one_by_one = false;
    Path results;  ///< the run's directory is made in it
    /// The directory of a run to go on with, instead of a new one; no link, which may lead elsewhere later.
    std::optional<Path> resume;
    Path state_root;  ///< see host::default_state_root()
    /// For parties in Docker: the folder with Dockerfiles that are no contender's, and the images that others
    /// may be built from, the best first.
    Path docker_files;
    std::vector<std::string> docker_bases;
    model::Environment about;  ///< version, commit and command line; the rest is filled in here
};

/// Asked often; true once the user wants to stop.
using Interrupted = std::function<bool()>;

/// What the trials of one run are played on: limits, CPU sets, the database, the staged contenders. A
/// resource: all of it is gone at the end of its life. Made, used and destroyed on one thread.
class Rig {
public:
    /// Sets everything up and shows that each contender starts, gets healthy and answers its routes, once.
    static Result<Rig> create(const RunSpec& spec, files::RunDirectory& directory, Observer& observer,
                              const Interrupted& interrupted);

    /// A fresh instance of the entrant with that label on an emptied database; not yet healthy.
    Result<deploy::Instance> start_instance(const std::string& label);

    [[nodiscard]] database::Database& database() { return *database_; }
    /// The error with what the database has to say about it since `mark`: refused connections, its own end.
    [[nodiscard]] Error explained(Error error, database::LogMark mark) const;
    [[nodiscard]] const host::CpuLayout& layout() const { return layout_; }
    /// The generator's own group; null without cgroups.
    [[nodiscard]] const host::Cgroup* generator_group() const {
        return own_group_ ? &own_group_->group() : nullptr;
    }
    /// Of the CPUs that are to be the contender's alone; null where there are none.
    [[nodiscard]] host::SpeedSampler* speed_sampler() { return speed_sampler_ ? &*speed_sampler_ : nullptr; }
    /// What single requests of an entrant did when it was tried; empty where the database is a server whose
    /// commits need not be durable, the workload declares no rows, or the run looks at entrants one by one
    /// anyway.
    [[nodiscard]] std::optional<model::SingleRequests> single_requests(const std::string& label) const;
    /// environment.json as known so far.
    [[nodiscard]] const model::Environment& environment() const { return environment_; }

private:
    // An entrant, ready to be started. Entrants of one contender share its staged files, which none may
    // change.
    struct Entry {
        const model::Contender* contender;
        deploy::Staged staged;
        deploy::DatabaseAccess database;
        runtime::Runtime* runtime;
        const model::Entrant* entrant;
    };

    Rig(const RunSpec& spec, const files::RunDirectory& directory, host::RunState run, host::User user)
        : spec_(&spec),
          directory_(&directory),
          run_(std::make_unique<host::RunState>(std::move(run))),
          user_(std::move(user)),
          environment_(spec.about) {}

    Status make_users();
    Status confine();
    void start_speed_sampler();
    Status make_runtimes();
    [[nodiscard]] std::map<std::string, int> declared_connections() const;
    Status start_database(const Interrupted& interrupted);
    Status add_entrants(Observer& observer, const Interrupted& interrupted);
    Result<deploy::Staged> stage(const model::Contender& contender, runtime::Runtime& runtime,
                                 Observer& observer, const Interrupted& interrupted);
    [[nodiscard]] runtime::Runtime& runtime_of(const model::Entrant& entrant) const;
    Status add_entrant(const model::Entrant& entrant, Observer& observer, const Interrupted& interrupted);
    Status try_entrant(const std::string& label, Observer& observer, const Interrupted& interrupted);
    [[nodiscard]] bool looks_at_single_requests() const;
    Result<model::SingleRequests> look_at_single_requests(const deploy::Instance& instance,
                                                          const Interrupted& interrupted);
    Status count_statements(const deploy::Instance& instance, const Interrupted& interrupted);
    [[nodiscard]] const model::Contender& contender_of(const model::Entrant& entrant) const;
    Status note_constraints(const std::string& label);
    [[nodiscard]] Path log_of(const std::string& label) const;

    // In the order in which they depend on each other: destroyed from the last to the first.
    const RunSpec* spec_;
    const files::RunDirectory* directory_;
    std::unique_ptr<host::RunState> run_;
    host::User user_;                          ///< the database's
    std::map<std::string, host::User> users_;  ///< by label
    std::unique_ptr<host::CgroupHost> cgroups_;
    std::map<model::RuntimeKind, std::unique_ptr<runtime::Runtime>> runtimes_;  ///< those that are used
    host::CpuLayout layout_;
    std::optional<host::OwnGroup> own_group_;
    std::optional<host::SpeedSampler> speed_sampler_;
    std::unique_ptr<database::Database> database_;
    std::map<std::pair<std::string, model::RuntimeKind>, deploy::Staged> staged_;  ///< by contender
    std::map<std::string, Entry> entries_;                                         ///< by label
    std::map<std::string, model::SingleRequests> single_requests_;                 ///< by label
    model::Environment environment_;
};

}  // namespace joust::experiment
