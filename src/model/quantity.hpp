#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/party.hpp"
#include "model/rule.hpp"
#include "stats/histogram.hpp"

namespace joust::model {

struct TrialResult;

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
    connections_peak,
};
inline constexpr std::size_t k_quantities = 25;

enum class Unit : std::uint8_t {
    per_second,
    nanoseconds,
    microseconds,
    share,  ///< 0..1
    cores,  ///< CPU seconds per second
    mebibytes,
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

/// One row for each quantity, in the order of the enumeration, which is that of the JSON.
const std::array<QuantityRow, k_quantities>& quantities();
inline const QuantityRow& row(Quantity quantity) {
    return quantities()[static_cast<std::size_t>(quantity)];
}

/// Those by which contenders are compared, paired within blocks, in the order in which they are told.
std::span<const Quantity> compared_quantities();

/// Of one trial; empty where it is not known.
std::optional<double> value(Quantity quantity, const TrialResult& trial);
/// Of some response times, for a quantity that is of requests; the histogram is not empty.
double value(const QuantityRow& row, const stats::Histogram& response_times);

}  // namespace joust::model
