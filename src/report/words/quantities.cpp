#include "report/words/quantities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "model/wording.hpp"

namespace joust::report::words {
namespace {

using model::Quantity;

constexpr std::string_view k_nothing = "–";

constexpr std::array<ComparedWords, 4> k_compared{{
    {Quantity::goodput, "goodput", "goodput", "goodput", "higher goodput", "lower goodput", "faster",
     "slower"},
    {Quantity::cpu_per_operation, "CPU per operation", "CPU per operation", "CPU/op",
     "less CPU per operation", "more CPU per operation", "less", "more"},
    {Quantity::response_time_p50, "the median response time", "median response time", "p50", "shorter p50",
     "longer p50", "faster", "slower"},
    {Quantity::response_time_p99, "the p99 response time", "p99 response time", "p99", "shorter p99",
     "longer p99", "faster", "slower"},
}};

constexpr std::array<QuantityColumn, 38> k_columns{{
    {Quantity::goodput, Section::throughput, "goodput/s", true},
    {Quantity::throughput, Section::throughput, "throughput/s", true},
    {Quantity::response_time_mean, Section::latency, "mean"},
    {Quantity::response_time_p50, Section::latency, "p50", true},
    {Quantity::response_time_p95, Section::latency, "p95"},
    {Quantity::response_time_p99, Section::latency, "p99", true},
    {Quantity::response_time_p999, Section::latency, "p99.9"},
    {Quantity::response_time_max, Section::latency, "max"},
    {Quantity::contender_cpu, Section::resources, "CPU, cores"},
    {Quantity::cpu_per_operation, Section::resources, "CPU/op"},
    {Quantity::cpu_user_per_operation, Section::resources, "user"},
    {Quantity::cpu_system_per_operation, Section::resources, "system"},
    {Quantity::database_cpu, Section::resources, "database CPU, cores"},
    {Quantity::database_cpu_per_operation, Section::resources, "database CPU/op"},
    {Quantity::generator_cpu, Section::resources, "generator CPU, cores"},
    {Quantity::memory_mean, Section::resources, "memory mean, MiB"},
    {Quantity::memory_peak, Section::resources, "memory peak, MiB"},
    {Quantity::context_switches_per_operation, Section::resources, "context switches/op"},
    {Quantity::database_context_switches_per_operation, Section::resources, "database switches/op"},
    {Quantity::storage_written_per_operation, Section::resources, "written to storage/op"},
    {Quantity::database_storage_written_per_operation, Section::resources, "database written/op"},
    {Quantity::throttled_share, Section::resources, "throttled"},
    {Quantity::database_sessions, Section::sessions, "open"},
    {Quantity::database_sessions_in_use, Section::sessions, "in use"},
    {Quantity::database_sessions_held, Section::sessions, "held"},
    {Quantity::database_sessions_on_lock, Section::sessions, "on a lock"},
    {Quantity::database_sessions_on_log, Section::sessions, "on the log"},
    {Quantity::database_sessions_all_in_use, Section::sessions, "none free"},
    {Quantity::database_round_trips_per_operation, Section::work, "round trips"},
    {Quantity::database_connections_opened_per_operation, Section::work, "connections opened"},
    {Quantity::database_commits_per_operation, Section::work, "commits"},
    {Quantity::database_rows_changed_per_operation, Section::work, "rows changed"},
    {Quantity::database_log_bytes_per_operation, Section::work, "write-ahead log"},
    {Quantity::database_log_syncs_per_commit, Section::work, "log syncs/commit"},
    {Quantity::files_created_per_operation, Section::work, "files created"},
    {Quantity::bytes_read_per_operation, Section::work, "read"},
    {Quantity::bytes_written_per_operation, Section::work, "written"},
    {Quantity::error_rate, Section::errors, "error rate"},
}};

std::string number_text(model::Unit unit, double value) {
    switch (unit) {
        case model::Unit::nanoseconds:
            return model::duration_text(value);
        case model::Unit::microseconds:
            return model::duration_text(value * 1e3);
        case model::Unit::share:
            return model::percent(value);
        case model::Unit::per_second:
        case model::Unit::cores:
        case model::Unit::mebibytes:
        case model::Unit::number:
            break;
        case model::Unit::bytes:
            return model::bytes_text(Bytes{static_cast<std::uint64_t>(std::llround(value))});
        case model::Unit::whole_number:
            return fmt::format("{:.0f}", value);
    }
    return model::significant(value);
}

}  // namespace

const ComparedWords& compared_words(Quantity quantity) {
    const auto found = std::find_if(k_compared.begin(), k_compared.end(),
                                    [quantity](const auto& words) { return words.quantity == quantity; });
    return found == k_compared.end() ? k_compared.front() : *found;
}

std::span<const QuantityColumn> quantity_columns() {
    return k_columns;
}

std::string_view column_title(model::Quantity quantity) {
    return std::find_if(k_columns.begin(), k_columns.end(),
                        [&](const QuantityColumn& column) { return column.quantity == quantity; })
        ->title;
}

std::string amount_text(Quantity quantity, double value) {
    return number_text(row(quantity).unit, value);
}

std::string figure_text(const model::Cell& cell, Quantity quantity) {
    return figure_text(cell.find(quantity), quantity);
}

std::string figure_text(const model::Estimate* estimate, Quantity quantity) {
    if (estimate == nullptr) return std::string(k_nothing);
    return (estimate->at_least ? "≥ " : "") + number_text(row(quantity).unit, estimate->value);
}

std::string figure_with_interval(const model::Cell& cell, Quantity quantity) {
    return figure_with_interval(cell.find(quantity), quantity);
}

std::string figure_with_interval(const model::Estimate* estimate, Quantity quantity) {
    std::string text = figure_text(estimate, quantity);
    if (estimate != nullptr && estimate->low && estimate->high && !estimate->at_least)
        text += fmt::format(" [{}, {}]", number_text(row(quantity).unit, *estimate->low),
                            number_text(row(quantity).unit, *estimate->high));
    return text;
}

}  // namespace joust::report::words
