#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "host/cpu_layout.hpp"
#include "host/usage_sampler.hpp"
#include "model/limits.hpp"

namespace joust::runtime {

/// The limits under which a party runs, and its name.
struct Confinement {
    std::string name;  ///< of the party, unique in the run: "contender-fastapi", "database"
    std::optional<model::Limits> limits;  ///< empty: --limits off
    std::optional<host::CpuShare> cpu;    ///< empty: any CPU
};

/// A program that runs in its limits: one resource. Everything it started ends with it.
class Party {
public:
    virtual ~Party() = default;

    [[nodiscard]] virtual const std::string& name() const = 0;

    // Identify.
    /// The number of its first process, as this host counts.
    [[nodiscard]] virtual pid_t pid() const = 0;
    /// All its living processes.
    [[nodiscard]] virtual std::vector<pid_t> pids() const = 0;
    [[nodiscard]] virtual bool running() const = 0;
    /// Waits for its end at most so long; true if it has ended.
    [[nodiscard]] virtual bool wait_for(Nanoseconds limit) const = 0;
    /// Why nobody can tell whether it runs: what runs it is gone itself. Empty as long as somebody can. Asked
    /// of one that is no longer running().
    [[nodiscard]] virtual std::optional<std::string> lost() const { return std::nullopt; }
    /// What became of it, in words: "runs", "exited with code 3", "was killed by signal 9 (out of memory in
    /// its limit of 2GiB)". A process below it that was killed so is mentioned too.
    [[nodiscard]] virtual std::string description() const = 0;

    // Limits.
    /// The limits as the kernel has them now; version "none" where there are none.
    [[nodiscard]] virtual Result<model::LimitsInForce> limits_in_force() const = 0;
    /// What of these limits is not as asked, in words: "memory 2.5GiB instead of 2GiB"; empty with limits off
    /// and when all are in force.
    [[nodiscard]] virtual std::vector<std::string> limits_not_in_force(
        const model::LimitsInForce& in_force) const = 0;
    /// How often the kernel killed a process of it at its memory limit; 0 where nobody counts.
    [[nodiscard]] virtual std::uint64_t oom_kills() const = 0;

    // Usage.
    /// The source for a UsageSampler that does not outlive this party; with `threads`, of context switches
    /// and run delay too.
    [[nodiscard]] virtual host::UsageSource usage_source(bool threads) const = 0;

    // Log.
    /// Brings its log up to date, as far as that is kept.
    virtual void update_log() const = 0;
    /// Bytes that it has printed so far, kept in its log or not.
    [[nodiscard]] virtual std::uint64_t printed_bytes() const = 0;
    /// Bytes that the log does not have, because there were too many.
    [[nodiscard]] virtual std::uint64_t left_out_of_log() const = 0;

    // End.
    /// Sends a signal to its first process.
    virtual void signal(int number) const = 0;
    /// SIGTERM, SIGKILL after `grace`, then whatever is left of it; returns the last description().
    virtual std::string stop(Nanoseconds grace) = 0;
};

}  // namespace joust::runtime
