#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/quantity_values.hpp"
#include "model/rule.hpp"
#include "model/trial_result.hpp"

namespace joust::model {

/// Something that a trial yields a number of. Persisted by key, never by number.
enum class Quantity : std::uint8_t {
    goodput,
    throughput,
    response_time_mean,
    response_time_p50,
    response_time_p95,
    response_time_p99,
    response_time_p999,
    response_time_max,
    error_rate,
    error_rate_of_trials,
    contender_cpu,
    database_cpu,
    generator_cpu,
    cpu_per_operation,
    cpu_user_per_operation,
    cpu_system_per_operation,
    database_cpu_per_operation,
    memory_mean,
    memory_peak,
    page_cache_peak,
    database_memory_mean,
    database_memory_peak,
    throttled_share,
    context_switches_per_operation,
    database_context_switches_per_operation,
    storage_written_per_operation,
    database_storage_written_per_operation,
    storage_busy_share,
    database_sessions,
    database_sessions_in_use,
    database_sessions_held,
    database_sessions_on_lock,
    database_sessions_on_log,
    database_sessions_all_in_use,
    database_round_trips_per_operation,
    database_connections_opened_per_operation,
    database_commits_per_operation,
    database_rows_changed_per_operation,
    database_log_bytes_per_operation,
    database_log_syncs_per_commit,
    files_created_per_operation,
    bytes_read_per_operation,
    bytes_written_per_operation,
    connections_peak,  ///< k_quantities counts up to this one
};
inline constexpr std::size_t k_quantities = static_cast<std::size_t>(Quantity::connections_peak) + 1;

enum class Unit : std::uint8_t {
    per_second,
    nanoseconds,
    microseconds,
    share,  ///< 0..1
    cores,  ///< CPU seconds per second
    mebibytes,
    bytes,
    number,
    whole_number,
};

/// What a quantity is counted over.
enum class Per : std::uint8_t { second, operation, request, window };

enum class Better : std::uint8_t { more, less, neither };

/// How the trials of a cell make one number of theirs. All but the last two are over the trials that count:
/// those that are not invalid, or all of them where the cell itself is.
enum class Aggregate : std::uint8_t {
    mean,               ///< with the t interval over the trials
    of_requests,        ///< of all their requests together; interval over the trials, widened to hold it
    largest,            ///< of any of them
    mean_of_all,        ///< as mean, but of all trials, valid or not
    share_of_requests,  ///< errors ÷ requests, over all trials, valid or not
    largest_of_all,     ///< as largest, but of all trials
};

/// Everything that is known of a quantity but its words, which are in report/words.
struct QuantityRow {
    Quantity quantity;
    std::string_view name;  ///< stable, without the unit: "goodput"
    std::string_view key;   ///< stable, in JSON: "goodput_rps"
    Unit unit;
    std::optional<Role> party;  ///< whose; empty: of the load itself
    Per per;
    Better better;
    Aspect aspect;  ///< which rules touch it
    Aggregate aggregate;
    /// Of one trial; empty where it is not known. Null for a time, which is of its response times.
    std::optional<double> (*of)(const TrialResult& trial);
    std::optional<double> quantile;  ///< of the response times, 0..1; empty: their mean, or no time at all
};

/// The table itself.
namespace quantity_table {

constexpr QuantityRow of_load(Quantity quantity, std::string_view name, std::string_view key, Better better,
                              Value (*of)(const TrialResult&)) {
    return {quantity,        name, key, Unit::per_second, {}, Per::second, better, Aspect::goodput,
            Aggregate::mean, of,   {}};
}

constexpr QuantityRow of_times(Quantity quantity, std::string_view name, std::string_view key,
                               std::optional<double> quantile) {
    return {quantity,
            name,
            key,
            Unit::nanoseconds,
            {},
            Per::request,
            Better::less,
            Aspect::latency,
            Aggregate::of_requests,
            nullptr,
            quantile};
}

constexpr QuantityRow of_errors(Quantity quantity, std::string_view name, Aggregate aggregate) {
    return {quantity,        name,      name,       Unit::share, {}, Per::request, Better::less,
            Aspect::goodput, aggregate, error_rate, {}};
}

// Of one party; key and name are the same unless the quantity is compared.
constexpr QuantityRow of_party(Quantity quantity, std::string_view key, Unit unit, Role party, Per per,
                               Aggregate aggregate, Value (*of)(const TrialResult&)) {
    return {quantity, key, key, unit, party, per, Better::less, Aspect::cost, aggregate, of, {}};
}

constexpr QuantityRow of_sessions(Quantity quantity, std::string_view key, Unit unit,
                                  Value (*of)(const TrialResult&)) {
    return {quantity,        key, key, unit, Role::database, Per::window, Better::neither, Aspect::cost,
            Aggregate::mean, of,  {}};
}

// Work that an operation causes; it explains, and none of it is better.
constexpr QuantityRow of_work(Quantity quantity, std::string_view key, Unit unit, Role party,
                              Value (*of)(const TrialResult&)) {
    return {quantity,        key, key, unit, party, Per::operation, Better::neither, Aspect::cost,
            Aggregate::mean, of,  {}};
}

inline constexpr std::array<QuantityRow, k_quantities> k_rows{{
    of_load(Quantity::goodput, "goodput", "goodput_rps", Better::more, goodput),
    of_load(Quantity::throughput, "throughput", "throughput_rps", Better::neither, throughput),
    of_times(Quantity::response_time_mean, "response_time_mean", "response_time_mean_ns", {}),
    of_times(Quantity::response_time_p50, "response_time_p50", "response_time_p50_ns", 0.5),
    of_times(Quantity::response_time_p95, "response_time_p95", "response_time_p95_ns", 0.95),
    of_times(Quantity::response_time_p99, "response_time_p99", "response_time_p99_ns", 0.99),
    of_times(Quantity::response_time_p999, "response_time_p999", "response_time_p999_ns", 0.999),
    of_times(Quantity::response_time_max, "response_time_max", "response_time_max_ns", 1.0),
    of_errors(Quantity::error_rate, "error_rate", Aggregate::share_of_requests),
    of_errors(Quantity::error_rate_of_trials, "error_rate_of_trials", Aggregate::mean_of_all),
    of_party(Quantity::contender_cpu, "contender_cpu_cores", Unit::cores, Role::contender, Per::second,
             Aggregate::mean, cpu<Role::contender>),
    of_party(Quantity::database_cpu, "database_cpu_cores", Unit::cores, Role::database, Per::second,
             Aggregate::mean, cpu<Role::database>),
    of_party(Quantity::generator_cpu, "generator_cpu_cores", Unit::cores, Role::generator, Per::second,
             Aggregate::mean, cpu<Role::generator>),
    {Quantity::cpu_per_operation,
     "cpu_per_operation",
     "contender_cpu_us_per_operation",
     Unit::microseconds,
     Role::contender,
     Per::operation,
     Better::less,
     Aspect::cost,
     Aggregate::mean,
     cpu_us_per_operation<Role::contender, k_total>,
     {}},
    of_party(Quantity::cpu_user_per_operation, "contender_cpu_user_us_per_operation", Unit::microseconds,
             Role::contender, Per::operation, Aggregate::mean, cpu_us_per_operation<Role::contender, k_user>),
    of_party(Quantity::cpu_system_per_operation, "contender_cpu_system_us_per_operation", Unit::microseconds,
             Role::contender, Per::operation, Aggregate::mean,
             cpu_us_per_operation<Role::contender, k_system>),
    of_party(Quantity::database_cpu_per_operation, "database_cpu_us_per_operation", Unit::microseconds,
             Role::database, Per::operation, Aggregate::mean, cpu_us_per_operation<Role::database, k_total>),
    of_party(Quantity::memory_mean, "contender_memory_mean_mib", Unit::mebibytes, Role::contender,
             Per::window, Aggregate::mean, memory_mib<Role::contender, &Usage::anonymous, &MemoryUse::mean>),
    of_party(Quantity::memory_peak, "contender_memory_peak_mib", Unit::mebibytes, Role::contender,
             Per::window, Aggregate::largest,
             memory_mib<Role::contender, &Usage::anonymous, &MemoryUse::peak>),
    of_party(Quantity::page_cache_peak, "contender_page_cache_peak_mib", Unit::mebibytes, Role::contender,
             Per::window, Aggregate::largest,
             memory_mib<Role::contender, &Usage::page_cache, &MemoryUse::peak>),
    of_party(Quantity::database_memory_mean, "database_memory_mean_mib", Unit::mebibytes, Role::database,
             Per::window, Aggregate::mean, memory_mib<Role::database, &Usage::anonymous, &MemoryUse::mean>),
    of_party(Quantity::database_memory_peak, "database_memory_peak_mib", Unit::mebibytes, Role::database,
             Per::window, Aggregate::largest,
             memory_mib<Role::database, &Usage::anonymous, &MemoryUse::peak>),
    of_party(Quantity::throttled_share, "throttled_share", Unit::share, Role::contender, Per::window,
             Aggregate::mean, throttled_share),
    of_party(Quantity::context_switches_per_operation, "context_switches_per_operation", Unit::number,
             Role::contender, Per::operation, Aggregate::mean,
             context_switches_per_operation<Role::contender>),
    of_party(Quantity::database_context_switches_per_operation, "database_context_switches_per_operation",
             Unit::number, Role::database, Per::operation, Aggregate::mean,
             context_switches_per_operation<Role::database>),
    of_party(Quantity::storage_written_per_operation, "contender_storage_written_bytes_per_operation",
             Unit::bytes, Role::contender, Per::operation, Aggregate::mean,
             storage_written_per_operation<Role::contender>),
    of_party(Quantity::database_storage_written_per_operation, "database_storage_written_bytes_per_operation",
             Unit::bytes, Role::database, Per::operation, Aggregate::mean,
             storage_written_per_operation<Role::database>),
    {Quantity::storage_busy_share,
     "storage_busy_share",
     "storage_busy_share",
     Unit::share,
     {},
     Per::window,
     Better::neither,
     Aspect::cost,
     Aggregate::mean,
     storage_busy_share,
     {}},
    of_sessions(Quantity::database_sessions, "database_sessions", Unit::number,
                sessions<&DatabaseWaits::sessions>),
    of_sessions(Quantity::database_sessions_in_use, "database_sessions_in_use", Unit::number,
                sessions_in_use),
    of_sessions(Quantity::database_sessions_held, "database_sessions_held", Unit::number,
                sessions<&DatabaseWaits::held>),
    of_sessions(Quantity::database_sessions_on_lock, "database_sessions_on_lock", Unit::number,
                sessions<&DatabaseWaits::on_lock>),
    of_sessions(Quantity::database_sessions_on_log, "database_sessions_on_log", Unit::number,
                sessions<&DatabaseWaits::on_log>),
    of_sessions(Quantity::database_sessions_all_in_use, "database_sessions_all_in_use_share", Unit::share,
                sessions<&DatabaseWaits::all_in_use>),
    of_work(Quantity::database_round_trips_per_operation, "database_round_trips_per_operation", Unit::number,
            Role::database, round_trips_per_operation),
    of_work(Quantity::database_connections_opened_per_operation, "database_connections_opened_per_operation",
            Unit::number, Role::database, connections_opened_per_operation),
    of_work(Quantity::database_commits_per_operation, "database_commits_per_operation", Unit::number,
            Role::database, commits_per_operation),
    of_work(Quantity::database_rows_changed_per_operation, "database_rows_changed_per_operation",
            Unit::number, Role::database, rows_changed_per_operation),
    of_work(Quantity::database_log_bytes_per_operation, "database_log_bytes_per_operation", Unit::bytes,
            Role::database, log_bytes_per_operation),
    of_work(Quantity::database_log_syncs_per_commit, "database_log_syncs_per_commit", Unit::number,
            Role::database, log_syncs_per_commit),
    of_work(Quantity::files_created_per_operation, "files_created_per_operation", Unit::number,
            Role::contender, files_created_per_operation),
    of_work(Quantity::bytes_read_per_operation, "contender_bytes_read_per_operation", Unit::bytes,
            Role::contender, bytes_per_operation<&Usage::bytes_read>),
    of_work(Quantity::bytes_written_per_operation, "contender_bytes_written_per_operation", Unit::bytes,
            Role::contender, bytes_per_operation<&Usage::bytes_written>),
    {Quantity::connections_peak,
     "connections_peak",
     "connections_peak",
     Unit::whole_number,
     {},
     Per::window,
     Better::neither,
     Aspect::goodput,
     Aggregate::largest_of_all,
     connections_peak,
     {}},
}};

consteval bool in_order() {
    for (std::size_t i = 0; i < k_quantities; ++i)
        if (static_cast<std::size_t>(k_rows[i].quantity) != i) return false;
    return true;
}
static_assert(in_order(), "a row stands at the place of its quantity");

}  // namespace quantity_table

/// One row for each quantity, in the order of the enumeration, which is that of the JSON.
inline const std::array<QuantityRow, k_quantities>& quantities() {
    return quantity_table::k_rows;
}
inline const QuantityRow& row(Quantity quantity) {
    return quantities()[static_cast<std::size_t>(quantity)];
}

/// Quantities by which contenders are compared, paired within blocks, in the order in which they are told.
inline constexpr std::array<Quantity, 4> k_compared_quantities{
    Quantity::goodput, Quantity::cpu_per_operation, Quantity::response_time_p50, Quantity::response_time_p99};

/// Quantities by which entrants are compared at an equal rate, where goodput is the rate.
inline constexpr std::array<Quantity, 2> k_equal_rate_quantities{Quantity::cpu_per_operation,
                                                                 Quantity::response_time_p99};

/// Work of an operation that is told with the reasons for a difference.
inline constexpr std::array<Quantity, 9> k_why_quantities{
    Quantity::database_round_trips_per_operation, Quantity::database_connections_opened_per_operation,
    Quantity::database_commits_per_operation,     Quantity::database_rows_changed_per_operation,
    Quantity::database_log_bytes_per_operation,   Quantity::database_log_syncs_per_commit,
    Quantity::files_created_per_operation,        Quantity::bytes_read_per_operation,
    Quantity::bytes_written_per_operation};

/// Of some response times, for a quantity that is of requests; the histogram is not empty.
inline double value(const QuantityRow& row, const stats::Histogram& response_times) {
    if (!row.quantile) return response_times.mean();
    return static_cast<double>(response_times.value_at_quantile(*row.quantile));
}

/// Of one trial; empty where it is not known.
inline std::optional<double> value(Quantity quantity, const TrialResult& trial) {
    const QuantityRow& found = row(quantity);
    if (found.of != nullptr) return found.of(trial);
    const stats::Histogram& times = trial.samples.response_time;
    return times.empty() ? std::nullopt : std::optional(value(found, times));
}

}  // namespace joust::model
