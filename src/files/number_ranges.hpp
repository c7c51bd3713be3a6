#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// Which numbers a file of a run may hold. A run directory may come from a stranger: what is read is summed up
// over its trials, and no sum may wrap.
namespace joust::files {

/// For the keys that begin and end so, with those of the objects that they lie in:
/// "effects.rows.users.deleted".
struct NumberRange {
    std::string_view begin;
    std::string_view end;
    std::int64_t least = 0;
    std::int64_t most = 0;
};

/// The first that fits counts, and the last fits all. A run has at most 100 000 trials: of so many of the
/// largest counts, and of so many of the largest bytes, the sum fits; so does a count times a contract.
inline constexpr std::array k_number_ranges{
    NumberRange{"effects.contract.", "", 0, 1'000'000},  // what a workload may declare for a request
    NumberRange{"effects.transactions", "", 0, 1'000'000},
    NumberRange{"files.contract.", "", 0, 1'000'000},
    NumberRange{"audit.rows_left", "", 0, 1'000'000},
    NumberRange{"port", "port", 1, 65'535},
    NumberRange{"", "_unix_ns", 0, 4'000'000'000'000'000'000},  // up to 2096
    NumberRange{"", "_ns", 0, 1'000'000'000'000'000'000},       // thirty years, as for seconds
    NumberRange{"", "since_window_s", -1'000'000'000, 1'000'000'000},
    NumberRange{"seconds[].second", "", -1'000'000'000, 1'000'000'000},  // from the start of the window
    NumberRange{"", "_s", 0, 1'000'000'000},
    NumberRange{"", "_bytes", 0, 100'000'000'000'000},
    NumberRange{"", "", 0, 100'000'000'000},  // counts, and what has no unit
};
/// Of those kept as an int: one more still fits.
inline constexpr std::int64_t k_most_small = 1'000'000'000;

constexpr NumberRange number_range(std::string_view key) {
    for (const NumberRange& range : k_number_ranges)
        if (key.starts_with(range.begin) && key.ends_with(range.end)) return range;
    return k_number_ranges.back();
}

}  // namespace joust::files
