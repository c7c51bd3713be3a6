#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/audit.hpp"
#include "model/database_traffic.hpp"
#include "model/database_waits.hpp"
#include "model/observed_effects.hpp"
#include "model/observed_files.hpp"
#include "model/own_settings.hpp"
#include "model/party.hpp"
#include "model/plan.hpp"
#include "model/samples.hpp"
#include "model/service_processes.hpp"
#include "model/single_requests.hpp"

namespace joust::model {

/// How the load reached its steady state before the window.
struct WarmUp {
    Nanoseconds length{0};  ///< from the first request to the start of the window
    bool steady = false;    ///< goodput and response time had settled, and every user had completed a request
    std::string why;        ///< where it never settled: what still moved
    bool goodput_steady = false;  ///< goodput had, whatever became of the response time
    friend bool operator==(const WarmUp&, const WarmUp&) = default;
};
/// What had settled when the window began; persisted by name.
enum class SteadyState : std::uint8_t { all, goodput, none };
std::string_view name(SteadyState state);
constexpr SteadyState steady_state(const WarmUp& warmup) {
    if (warmup.steady) return SteadyState::all;
    return warmup.goodput_steady ? SteadyState::goodput : SteadyState::none;
}

/// What became of the service during the trial.
struct ServiceRecord {
    Nanoseconds time_to_healthy{0};  ///< from exec to the first 200 of the health route
    bool died = false;               ///< ended by itself before it was stopped
    std::string exit;                ///< in words, where it died
    int processes = 0;               ///< at the end of the window
    /// Bytes that it printed in the window, kept in its log or not; empty: not counted, as in files of
    /// earlier versions.
    std::optional<std::uint64_t> printed_bytes = std::nullopt;
    friend bool operator==(const ServiceRecord&, const ServiceRecord&) = default;
};

/// Things that happened in a trial and that explain its numbers. Persisted by name.
enum class IncidentKind {
    database_connections,  ///< PostgreSQL refused connections: too many clients
    service_died,
    out_of_memory,        ///< the kernel killed a process of the contender at its memory limit
    clock_jumped,         ///< wall and monotonic clock drifted apart by more than 50 ms within the trial
    service_restarted,    ///< a process of it ended while the service went on: a worker was replaced or lost
    log_cut,              ///< a log does not have all that was printed; explains what is missing there
    not_audited,          ///< the rows that requests left could not be read
    limits_not_in_force,  ///< read back at the end of the trial, they were not those asked for
};
std::string_view name(IncidentKind kind);
std::optional<IncidentKind> incident_kind(std::string_view name);

struct Incident {
    IncidentKind kind;
    std::string text;  ///< one sentence with the evidence and what to do
    friend bool operator==(const Incident&, const Incident&) = default;
};

/// One contender at one level, once: facts only, no judgement. One line of trials.jsonl, and one .hlog file.
struct TrialResult {
    PlannedTrial plan;
    LoadModel load_model = LoadModel::closed;
    WallTime started{};
    /// From its start to when all of it had been read. That of the first of a pair has the preparation of all
    /// of the pair in it. Empty: measured by a version that did not say.
    std::optional<Nanoseconds> took;
    Nanoseconds timeout{0};                 ///< of one request, as asked
    std::optional<Nanoseconds> think_time;  ///< of a user, closed model; empty in files of earlier versions
    WarmUp warmup;
    Samples samples;
    /// Whose resources were measured, at most one of each role. With SQLite the database's usage is zero: its
    /// work is inside the contender.
    std::vector<Party> parties;
    /// CPU time that others (not the contender, not interrupts) took on the CPUs that are the contender's
    /// alone, at the kernel's tick; empty where it shares them, and with --limits off.
    std::optional<Nanoseconds> contender_cpu_taken;
    /// Time in the window in which the busiest of the devices with data and scratch files had requests in
    /// hand, at the kernel's tick; empty where they lie on none (overlay, tmpfs) or it cannot be read.
    std::optional<Nanoseconds> storage_busy;
    /// CPU time that the other contenders of the pair took in the window, which wait beside it for their own
    /// turn; not in contender_cpu_taken. Empty where there was none.
    std::optional<Nanoseconds> resting_cpu;
    /// Of the time of those CPUs, what other guests of the hypervisor took, 0..1; empty likewise, and in
    /// files of earlier versions.
    std::optional<double> contender_steal_share;
    /// Of that, CPU time that a program of an experiment took and told of (host/added_steal.hpp); empty where
    /// there was none.
    std::optional<Nanoseconds> contender_steal_added;
    /// How fast those CPUs ran: how often a millisecond they could do the work of a sample
    /// (host/speed_sampler.hpp), > 0; only its ratios mean something. Empty where the contender has none of
    /// its own, real-time priority is not allowed or it could not be measured, and in files of earlier
    /// versions.
    std::optional<double> contender_cpu_speed;
    /// What the contender's sessions with the database were doing in the window; empty where there are none
    /// (SQLite), they could not be asked, and in files of earlier versions.
    std::optional<DatabaseWaits> database_waits;
    /// What went between the contender and its database in the window; empty where there is no server, it or
    /// the kernel could not be asked, and in files of earlier versions.
    std::optional<DatabaseTraffic> database_traffic;
    ServiceRecord service;
    /// Empty where they could not be listed, and in files of earlier versions.
    std::optional<ServiceProcesses> processes;
    std::vector<Incident> incidents;
    /// Empty where the workload declares no rows, the ids are not known, or the database could not be asked.
    std::optional<Audit> audit;
    /// Empty where the operations of the workload differ in their effects, or the ids are not known, and in
    /// files of earlier versions for SQLite.
    std::optional<ObservedEffects> effects;
    /// Empty for a database without roles (SQLite), where it could not be asked, and in files of earlier
    /// versions.
    std::optional<OwnSettings> own_settings;
    /// Empty where the operations of the workload differ in their files, and in files of earlier versions.
    std::optional<ObservedFiles> files;
    /// What single requests of the same entrant did before the first trial of this run, or of the part of it
    /// that this trial is of. Empty where the database is a server, the workload declares no rows, and in
    /// files of earlier versions.
    std::optional<SingleRequests> single_requests;

    /// The party with that role; null where there was none.
    [[nodiscard]] const Party* party(Role role) const;
    [[nodiscard]] Party* party(Role role);
    friend bool operator==(const TrialResult&, const TrialResult&) = default;
};

/// Share of CPU time that other guests of the hypervisor took: from the contender's CPUs where that is known,
/// else from the whole host; empty where neither is.
std::optional<double> steal_share(const TrialResult& trial);

}  // namespace joust::model
