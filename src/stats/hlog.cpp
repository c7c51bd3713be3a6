#include "stats/hlog.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "stats/histogram_codec.hpp"

namespace joust::stats {
namespace {

constexpr std::string_view k_legend =
    "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"";
constexpr std::string_view k_start_time = "#[StartTime:";
constexpr std::string_view k_base_time = "#[BaseTime:";
constexpr std::string_view k_tag = "Tag=";
constexpr double k_max_value_unit_ratio = 1e6;  // the log's maxima are ms, its histograms ns
constexpr Nanoseconds k_year = std::chrono::hours(24 * 365);

std::string seconds_text(Nanoseconds duration) {
    const auto total = std::chrono::round<std::chrono::milliseconds>(duration).count();
    return fmt::format("{}.{:03}", total / 1000, total % 1000);
}

// Plain decimals, not through a double: seconds since the epoch have no exact nanoseconds there. Digits
// beyond the ninth decimal are cut off.
std::optional<Nanoseconds> parse_seconds(std::string_view text) {
    std::int64_t whole = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, whole);
    // Half of what 64 bits hold, so that the sum of two still fits.
    if (error != std::errc{} || text.front() == '-' || whole > 4'000'000'000) return std::nullopt;
    std::int64_t nanoseconds = whole * 1'000'000'000;
    if (rest == end) return Nanoseconds(nanoseconds);
    if (*rest != '.') return std::nullopt;
    std::int64_t unit = 100'000'000;
    for (const char* digit = rest + 1; digit != end; ++digit, unit /= 10) {
        if (*digit < '0' || *digit > '9') return std::nullopt;
        nanoseconds += (*digit - '0') * unit;
    }
    return Nanoseconds(nanoseconds);
}

bool is_number(std::string_view text) {
    double value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && rest == text.data() + text.size() && std::isfinite(value);
}

// State of one reading; the rules for times are those of HdrHistogram's HistogramLogReader.
class Reader {
public:
    explicit Reader(const std::function<Status(HlogInterval)>& visit) : visit_(visit) {}

    Status line(std::string_view text) {
        if (text.starts_with(k_start_time)) return take_time(text.substr(k_start_time.size()), start_);
        if (text.starts_with(k_base_time)) return take_time(text.substr(k_base_time.size()), base_);
        if (text.empty() || text.starts_with('#') || text.starts_with("\"StartTimestamp\"")) return {};
        return interval(text);
    }
    [[nodiscard]] std::optional<WallTime> start() const { return start_; }

private:
    // "1441812279.474 (seconds since epoch), …"
    static Status take_time(std::string_view text, std::optional<WallTime>& time) {
        text = trimmed(text);
        text = text.substr(0, text.find_first_of(" ]"));
        const auto since_epoch = parse_seconds(text);
        if (!since_epoch)
            return fail(ErrorKind::bad_input, "\"{}\" is not a time in seconds since the epoch", text);
        time = WallTime(*since_epoch);
        return {};
    }

    Status interval(std::string_view text) {
        HlogInterval interval;
        if (text.starts_with(k_tag)) {
            const std::size_t comma = text.find(',');
            if (comma == std::string_view::npos)
                return fail(ErrorKind::bad_input, "nothing follows the interval's tag");
            interval.tag = text.substr(k_tag.size(), comma - k_tag.size());
            text.remove_prefix(comma + 1);
        }
        if (std::count(text.begin(), text.end(), ',') != 3)
            return fail(ErrorKind::bad_input,
                        "an interval has four fields (start, length, maximum, histogram) between commas");
        const auto fields = split(text, ',');
        const auto stamp = parse_seconds(fields[0]);
        if (!stamp) return fail(ErrorKind::bad_input, "\"{}\" is not a start in seconds", fields[0]);
        const auto length = parse_seconds(fields[1]);
        if (!length) return fail(ErrorKind::bad_input, "\"{}\" is not a length in seconds", fields[1]);
        if (!is_number(fields[2]))
            return fail(ErrorKind::bad_input, "the maximum \"{}\" is not a number", fields[2]);
        JOUST_TRY(interval.histogram, decode(fields[3]));
        if (!start_) start_ = WallTime(*stamp);
        // Without a base time, stamps of more than a year before the start are taken as relative to it.
        if (!base_) base_ = WallTime(*stamp) < *start_ - k_year ? *start_ : WallTime{};
        interval.start = *base_ + *stamp;
        interval.length = *length;
        return visit_(std::move(interval));
    }

    const std::function<Status(HlogInterval)>& visit_;
    std::optional<WallTime> start_;
    std::optional<WallTime> base_;
};

}  // namespace

std::string hlog_header(WallTime start, std::string_view comment) {
    std::string text;
    if (!comment.empty())
        for (const std::string_view line : split(comment, '\n'))
            text += fmt::format("#[{}]\n", trimmed(line));
    // No "BaseTime": hdrhistogram of Python misreads it, and stamps relative to StartTime mean the same
    // everywhere.
    return text + fmt::format("#[Histogram log format version 1.3]\n{} {} (seconds since epoch), {}]\n{}\n",
                              k_start_time, seconds_text(start.time_since_epoch()), iso_time(start),
                              k_legend);
}

Result<std::string> hlog_line(const HlogInterval& interval, WallTime log_start) {
    if (interval.tag.find_first_of(", \t\r\n") != std::string::npos)
        return fail(ErrorKind::bad_input,
                    "the tag \"{}\" cannot stand in a histogram log: commas, blanks and line ends are not "
                    "allowed",
                    interval.tag);
    return fmt::format("{}{}{}{},{},{:.3f},{}\n", interval.tag.empty() ? "" : k_tag, interval.tag,
                       interval.tag.empty() ? "" : ",", seconds_text(interval.start - log_start),
                       seconds_text(interval.length),
                       static_cast<double>(interval.histogram.max()) / k_max_value_unit_ratio,
                       encode(interval.histogram));
}

Result<std::string> write_hlog(WallTime start, std::string_view comment,
                               std::span<const HlogInterval> intervals) {
    std::string text = hlog_header(start, comment);
    for (const HlogInterval& interval : intervals) {
        JOUST_TRY(const std::string line, hlog_line(interval, start));
        text += line;
    }
    return text;
}

Result<std::optional<WallTime>> read_hlog(std::string_view text,
                                          const std::function<Status(HlogInterval)>& visit) {
    Reader reader(visit);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const Status read = reader.line(trimmed(text.substr(0, end)));
        if (!read) return fail(read.error().kind, "line {}: {}", number, read.error().message);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return reader.start();
}

Result<Hlog> read_hlog(std::string_view text) {
    constexpr std::size_t k_most_counters = (512U << 20) / sizeof(std::uint64_t);
    constexpr std::size_t k_least_counters = 4096;  // even an empty histogram costs something
    std::size_t counters = 0;
    Hlog log;
    JOUST_TRY(log.start, read_hlog(text, [&](HlogInterval interval) -> Status {
                  const Histogram& histogram = interval.histogram;
                  const HistogramLayout& layout = histogram.layout();
                  counters +=
                      std::max(layout.index_of(histogram.max()) - layout.index_of(histogram.min()) + 1,
                               k_least_counters);
                  if (counters > k_most_counters)
                      return fail(ErrorKind::bad_input,
                                  "the log is too long to be held in memory ({} intervals so far)",
                                  log.intervals.size());
                  log.intervals.push_back(std::move(interval));
                  return {};
              }));
    return log;
}

}  // namespace joust::stats
