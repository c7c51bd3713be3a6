#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deploy/stage.hpp"
#include "runtime/runtime.hpp"

namespace joust::deploy {

/// What an instance of a contender is started with.
struct InstanceSpec {
    const model::Contender& contender;
    Staged staged;
    std::string label;  ///< unique among the instances alive, [a-z0-9._-]: "fastapi", "fastapi-copy"
    DatabaseAccess database;
    std::optional<std::uint16_t> port;    ///< empty: a free one
    std::optional<model::Limits> limits;  ///< empty: --limits off
    std::optional<host::CpuShare> cpu;    ///< empty: any CPU
    host::User user;
    Path log;  ///< appended
    /// Over the manifest's, by name.
    std::map<std::string, std::string> environment = {};
};

/// How an instance ended.
struct StopRecord {
    std::string description;  ///< "exited with code 0", "was killed by signal 9 …"
    bool died = false;        ///< ended before it was told to
    /// Why nobody can tell whether it has died: what ran it is gone. Then `died` is no fault of the
    /// contender.
    std::optional<std::string> lost;
    std::uint64_t left_out_of_log = 0;  ///< bytes that it printed and its log does not have
    /// Files it left in its scratch folder, which go with it; empty where that is out of reach.
    std::optional<std::size_t> files_left;
};

/// A contender running in its limits, a resource: killed with all its processes, and its scratch folder
/// removed, at the end of its life. Start it from a thread that outlives it.
class Instance {
public:
    /// Returns as soon as the program runs. Fails (service) if the wanted port is taken, naming by whom where
    /// that can be seen.
    static Result<Instance> start(const InstanceSpec& spec, runtime::Runtime& runtime);

    [[nodiscard]] const std::string& label() const { return label_; }
    [[nodiscard]] const model::Contender& contender() const { return *contender_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// The folder for its temporary files: {scratch}.
    [[nodiscard]] const runtime::Folder& scratch() const { return *scratch_; }
    [[nodiscard]] const Path& log() const { return log_; }

    /// Polls the health route until it answers 200; returns the time since start. Fails (service) when the
    /// instance ends before, or does not get healthy within `timeout`, with its last log lines and the last
    /// answer.
    Result<Nanoseconds> wait_until_healthy(Nanoseconds timeout, const Interrupted& interrupted) const;

    [[nodiscard]] bool running() const { return party_->running(); }
    [[nodiscard]] std::string description() const { return party_->description(); }
    /// The number of the process that was started, as this host counts.
    [[nodiscard]] pid_t pid() const { return party_->pid(); }
    [[nodiscard]] std::vector<pid_t> pids() const { return party_->pids(); }
    [[nodiscard]] host::UsageSource usage_source() const { return party_->usage_source(true); }
    [[nodiscard]] Result<model::LimitsInForce> limits_in_force() const { return party_->limits_in_force(); }
    /// What of these limits is not as asked, in words.
    [[nodiscard]] std::vector<std::string> limits_not_in_force(const model::LimitsInForce& in_force) const {
        return party_->limits_not_in_force(in_force);
    }
    /// Times the kernel killed a process of it at its memory limit.
    [[nodiscard]] std::uint64_t oom_kills() const { return party_->oom_kills(); }
    /// Bytes that it has printed since it was started, kept in its log or not.
    [[nodiscard]] std::uint64_t printed_bytes() const { return party_->printed_bytes(); }
    /// The last `count` lines it printed since it was started; "" if none.
    [[nodiscard]] std::string last_log_lines(std::size_t count) const;
    /// For the end of an error message: "; its last lines:\n…", of what it printed since it was started.
    [[nodiscard]] std::string log_ending() const;

    /// SIGTERM, SIGKILL to all that is left after `grace`. The scratch folder stays until the end of life.
    StopRecord stop(Nanoseconds grace);

private:
    Instance(const InstanceSpec& spec, std::uint16_t port, std::unique_ptr<runtime::Folder> scratch,
             std::uint64_t log_start, TimePoint started, std::unique_ptr<runtime::Party> party);
    [[nodiscard]] Status check_it_is_ours() const;

    const model::Contender* contender_;
    std::string label_;
    std::uint16_t port_;
    std::unique_ptr<runtime::Folder> scratch_;  ///< before party_: removed when nothing writes there any more
    Path log_;
    std::uint64_t log_start_;  ///< where its own output begins in the log
    TimePoint started_;
    std::unique_ptr<runtime::Party> party_;
};

}  // namespace joust::deploy
