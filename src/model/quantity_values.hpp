#pragma once

#include <cstdint>
#include <optional>

#include "model/trial_result.hpp"

namespace joust::model {

/// How each quantity is extracted from a trial; the rows of quantity.hpp name them.
namespace quantity_table {

using Value = std::optional<double>;

inline const Usage* usage(const TrialResult& trial, Role role) {
    const Party* party = trial.party(role);
    if (party == nullptr) return nullptr;
    // SQLite works in the contender: nothing was watched, and whatever lives has memory of its own.
    const bool watched = role != Role::database || party->usage.anonymous.peak > Bytes{} ||
                         party->usage.cpu.total() > Nanoseconds{};
    return watched ? &party->usage : nullptr;
}

inline Value per_second(const TrialResult& trial, double amount) {
    const double window = seconds(trial.samples.window);
    return window > 0 ? amount / window : 0.0;
}

inline Value per_operation(const TrialResult& trial, double amount) {
    if (trial.samples.completed_in_window == 0) return std::nullopt;
    return amount / static_cast<double>(trial.samples.completed_in_window);
}

template <Role role>
Value cpu(const TrialResult& trial) {
    const Usage* used = usage(trial, role);
    return used == nullptr ? Value{} : per_second(trial, seconds(used->cpu.total()));
}

inline constexpr auto k_total = [](const CpuTime& cpu) { return cpu.total(); };
inline constexpr auto k_user = [](const CpuTime& cpu) { return cpu.user; };
inline constexpr auto k_system = [](const CpuTime& cpu) { return cpu.system; };

template <Role role, auto part>
Value cpu_us_per_operation(const TrialResult& trial) {
    const Usage* used = usage(trial, role);
    return used == nullptr ? Value{} : per_operation(trial, seconds(part(used->cpu)) * 1e6);
}

template <Role role, MemoryUse Usage::* kind, Bytes MemoryUse::* statistic>
Value memory_mib(const TrialResult& trial) {
    const Usage* used = usage(trial, role);
    return used == nullptr ? Value{} : Value{(used->*kind.*statistic).mebibytes()};
}

inline Value goodput(const TrialResult& trial) {
    return trial.samples.goodput_rps();
}

inline Value throughput(const TrialResult& trial) {
    const Samples& samples = trial.samples;
    return per_second(trial, static_cast<double>(samples.completed_in_window + samples.errors_in_window));
}

inline Value error_rate(const TrialResult& trial) {
    return trial.samples.error_rate();
}

inline Value throttled_share(const TrialResult& trial) {
    const Usage* used = usage(trial, Role::contender);
    if (used == nullptr || !used->throttled) return std::nullopt;
    return per_second(trial, seconds(*used->throttled));
}

template <Role role>
Value context_switches_per_operation(const TrialResult& trial) {
    const Usage* used = usage(trial, role);
    if (used == nullptr || !used->voluntary_context_switches || !used->involuntary_context_switches)
        return std::nullopt;
    return per_operation(
        trial, static_cast<double>(*used->voluntary_context_switches + *used->involuntary_context_switches));
}

template <Role role>
Value storage_written_per_operation(const TrialResult& trial) {
    const Usage* used = usage(trial, role);
    if (used == nullptr || !used->storage_written) return std::nullopt;
    return per_operation(trial, static_cast<double>(used->storage_written->count));
}

inline Value storage_busy_share(const TrialResult& trial) {
    if (!trial.storage_busy) return std::nullopt;
    return per_second(trial, seconds(*trial.storage_busy));
}

template <std::uint64_t DatabaseWaits::* part>
Value sessions(const TrialResult& trial) {
    if (!trial.database_waits) return std::nullopt;
    return trial.database_waits->mean((*trial.database_waits).*part);
}

inline Value sessions_in_use(const TrialResult& trial) {
    if (!trial.database_waits) return std::nullopt;
    return trial.database_waits->mean(trial.database_waits->in_use());
}

inline Value divided(double amount, std::uint64_t by) {
    return by == 0 ? Value{} : amount / static_cast<double>(by);
}

inline Value round_trips_per_operation(const TrialResult& trial) {
    if (!trial.database_traffic || !trial.database_traffic->segments) return std::nullopt;
    return per_operation(trial, static_cast<double>(trial.database_traffic->segments->received));
}

inline Value connections_opened_per_operation(const TrialResult& trial) {
    if (!trial.database_traffic) return std::nullopt;
    return per_operation(trial, static_cast<double>(trial.database_traffic->sessions_opened));
}

// Of what the log was read for: warm-up and drain too, divided by the requests that were answered rightly.
inline const ObservedEffects* counted_effects(const TrialResult& trial) {
    const bool counted = trial.effects && trial.effects->declared() && trial.effects->not_read.empty();
    return counted ? &*trial.effects : nullptr;
}

inline Value commits_per_operation(const TrialResult& trial) {
    const ObservedEffects* effects = counted_effects(trial);
    return effects == nullptr ? Value{}
                              : divided(static_cast<double>(effects->commits()), effects->acknowledged);
}

inline Value rows_changed_per_operation(const TrialResult& trial) {
    const ObservedEffects* effects = counted_effects(trial);
    return effects == nullptr || effects->counters
               ? Value{}  // counters tell transactions, not rows
               : divided(static_cast<double>(effects->rows_changed()), effects->acknowledged);
}

inline Value log_bytes_per_operation(const TrialResult& trial) {
    if (!trial.effects || !trial.effects->log_bytes) return std::nullopt;
    return divided(static_cast<double>(*trial.effects->log_bytes), trial.effects->acknowledged);
}

inline Value log_syncs_per_commit(const TrialResult& trial) {
    if (!trial.effects || !trial.effects->log_syncs || !trial.effects->log_syncs->syncs) return std::nullopt;
    return divided(static_cast<double>(*trial.effects->log_syncs->syncs), trial.effects->log_syncs->commits);
}

inline Value files_created_per_operation(const TrialResult& trial) {
    if (!trial.files || !trial.files->evaluated()) return std::nullopt;
    return divided(static_cast<double>(trial.files->seen.created), trial.files->requests);
}

template <std::optional<Bytes> Usage::* bytes>
Value bytes_per_operation(const TrialResult& trial) {
    const Usage* used = usage(trial, Role::contender);
    if (used == nullptr || !(used->*bytes)) return std::nullopt;
    return per_operation(trial, static_cast<double>((used->*bytes)->count));
}

inline Value connections_peak(const TrialResult& trial) {
    return static_cast<double>(trial.samples.connections.peak);
}

}  // namespace quantity_table

}  // namespace joust::model
