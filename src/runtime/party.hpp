#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/bounded_log.hpp"
#include "host/cgroup.hpp"
#include "host/process.hpp"
#include "host/run_state.hpp"
#include "host/usage_sampler.hpp"
#include "runtime/program.hpp"

namespace joust::runtime {

/// Under which limits and where a party runs.
struct Confinement {
    std::string name;  ///< of the party, unique in the run: "contender-fastapi", "database"
    std::optional<model::Limits> limits;  ///< empty: --limits off
    std::optional<host::CpuShare> cpu;    ///< empty: any CPU
};

/// A program running as a process in its limits: one resource. Everything it started ends with it.
///
/// With limits off a cgroup is still used, for accounting and killing, where the host has any. The run
/// outlives it.
class Party {
public:
    /// Records in `run` what it makes. Fails with `unsupported` if limits are wanted that cannot be set, and
    /// if what the kernel reads back is not what was asked for.
    static Result<Party> start(const Program& program, const Confinement& confinement,
                               const host::CgroupHost& cgroups, host::RunState& run);

    Party(Party&&) noexcept = default;
    Party& operator=(Party&& other) noexcept;
    ~Party() = default;

    [[nodiscard]] const std::string& name() const { return confinement_.name; }
    [[nodiscard]] const host::Process& process() const { return process_; }
    [[nodiscard]] pid_t pid() const { return process_.pid(); }
    [[nodiscard]] bool running() const { return process_.running(); }
    /// Waits for its end at most so long; true if it has ended.
    [[nodiscard]] bool wait_for(Nanoseconds limit) const;
    /// Brings its log up to date, as far as that is kept: see host::BoundedLog::end_section().
    void update_log() const { log_->end_section(); }
    /// Bytes that the log does not have, because there were too many.
    [[nodiscard]] std::uint64_t left_out_of_log() const { return log_->left_out(); }

    /// Read back from the kernel now; version "none" without a cgroup.
    [[nodiscard]] Result<model::LimitsInForce> limits_in_force() const;
    /// What of these limits is not as asked, in words: "memory 2.5GiB instead of 2GiB"; empty with limits off
    /// and when all are in force.
    [[nodiscard]] std::vector<std::string> limits_not_in_force(const model::LimitsInForce& in_force) const;
    /// For a UsageSampler that does not outlive this party. `threads`: context switches and run delay too.
    [[nodiscard]] host::UsageSource usage_source(bool threads) const;
    /// All its living processes.
    [[nodiscard]] std::vector<pid_t> pids() const;
    /// Times the kernel killed a process of it at its memory limit; 0 without a cgroup.
    [[nodiscard]] std::uint64_t oom_kills() const;
    /// "runs", "exited with code 3", "was killed by signal 9 (out of memory in its limit of 2GiB)". A process
    /// below it that was killed so is mentioned too.
    [[nodiscard]] std::string description() const;

    /// SIGTERM, SIGKILL after `grace`, then whatever is left in its group or was started by it in sessions of
    /// their own; returns the last description().
    std::string stop(Nanoseconds grace);

private:
    Party(Confinement confinement, std::unique_ptr<host::BoundedLog> log, host::Strays strays,
          std::unique_ptr<host::Cgroup> group, host::Process process)
        : confinement_(std::move(confinement)),
          log_(std::move(log)),
          strays_(std::move(strays)),
          group_(std::move(group)),
          process_(std::move(process)) {}

    Confinement confinement_;
    std::unique_ptr<host::BoundedLog> log_;  ///< before the others: they write to it as long as they live
    host::Strays strays_;                    ///< before the others: ended when they are
    std::unique_ptr<host::Cgroup> group_;    ///< stable address for usage sources; null without cgroups
    host::Process process_;
};

}  // namespace joust::runtime
