#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "stats/histogram.hpp"

// HdrHistogram's interval log (".hlog", format 1.3): comment lines, a legend, then one line per interval:
// an optional tag, start and length in seconds, the maximum in ms, and the encoded histogram of ns.
namespace joust::stats {

/// One line of a log: what was recorded in [start, start + length).
struct HlogInterval {
    std::string tag;       ///< empty: none
    WallTime start;        ///< to the millisecond
    Nanoseconds length{};  ///< to the millisecond
    Histogram histogram;

    friend bool operator==(const HlogInterval&, const HlogInterval&) = default;
};

struct Hlog {
    /// The log's "StartTime"; without one, the start of its first interval; nothing if it has neither.
    std::optional<WallTime> start;
    std::vector<HlogInterval> intervals;
};

/// The first lines of a log; a comment may have several lines.
std::string hlog_header(WallTime start, std::string_view comment);
/// One interval's line, with its newline. `log_start` is the header's; intervals start at or after it.
/// bad_input if the tag holds a comma, a blank or a line end, which the format cannot.
Result<std::string> hlog_line(const HlogInterval& interval, WallTime log_start);
/// Header and all lines.
Result<std::string> write_hlog(WallTime start, std::string_view comment,
                               std::span<const HlogInterval> intervals);

/// Reads a whole log and calls `visit` for each interval in order, holding one at a time; an error of `visit`
/// ends the reading. Returns the log's start as in Hlog. The error for malformed text (bad_input) has its
/// line number.
Result<std::optional<WallTime>> read_hlog(std::string_view text,
                                          const std::function<Status(HlogInterval)>& visit);
/// Reads a whole log into memory: bad_input as well when its counters would need more than 512 MiB.
Result<Hlog> read_hlog(std::string_view text);

}  // namespace joust::stats
