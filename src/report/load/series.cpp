// The series of a load: CSV and HdrHistogram logs.
#include <fmt/format.h>

#include "report/load/report.hpp"
#include "stats/hlog.hpp"

namespace joust::report {
namespace {

void add_intervals(std::vector<stats::HlogInterval>& intervals, const std::string& prefix, WallTime started,
                   const model::Samples& samples) {
    const auto add = [&](const char* tag, const stats::Histogram& histogram) {
        intervals.push_back({prefix + tag, started, samples.window, histogram});
    };
    add("response_time", samples.response_time);
    add("service_time", samples.service_time);
    add("time_to_first_byte", samples.time_to_first_byte);
    add("schedule_lag", samples.schedule_lag);
    add("reap_delay", samples.reap_delay);
}

// RFC 4180: quoted where it must be.
std::string csv_field(const std::string& text) {
    if (text.find_first_of("\",\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted.append(c == '"' ? 2 : 1, c);
    return quoted + '"';
}

// Without a success there is no time: empty, for 0 would be a very short one.
std::string time_fields(bool known, std::int64_t p50, std::int64_t p99, std::int64_t max) {
    return known ? fmt::format("{},{},{}", p50, p99, max) : ",,";
}

}  // namespace

std::string load_csv(const model::LoadRun& run) {
    std::string text =
        "second,succeeded,failed,response_time_p50_ns,response_time_p99_ns,response_time_max_ns\n";
    for (const model::SecondOfLoad& second : run.samples.seconds)
        text += fmt::format("{},{},{},{}\n", second.second, second.succeeded, second.failed,
                            time_fields(second.succeeded > 0, second.response_time_p50_ns,
                                        second.response_time_p99_ns, second.response_time_max_ns));
    return text;
}

std::string load_csv(const model::LoadComparison& comparison) {
    std::string text =
        "url,round,started_unix_ms,duration_s,succeeded,failed,goodput_rps,response_time_p50_ns,"
        "response_time_p99_ns,response_time_max_ns\n";
    for (const model::LoadSlice& slice : comparison.slices) {
        const model::Samples& samples = slice.samples;
        const stats::Histogram& times = samples.response_time;
        text += fmt::format(
            "{},{},{},{},{},{},{},{}\n", csv_field(comparison.runs[slice.target].url), slice.round,
            std::chrono::duration_cast<std::chrono::milliseconds>(slice.started.time_since_epoch()).count(),
            seconds(samples.window), samples.completed_in_window, samples.errors_in_window,
            samples.goodput_rps(),
            time_fields(!times.empty(), times.value_at_quantile(0.5), times.value_at_quantile(0.99),
                        times.max()));
    }
    return text;
}

Result<std::string> load_hlog(const model::LoadRun& run) {
    std::vector<stats::HlogInterval> intervals;
    add_intervals(intervals, "", run.started, run.samples);
    return stats::write_hlog(run.started, "joust load " + run.url, intervals);
}

Result<std::string> load_hlog(const model::LoadComparison& comparison) {
    std::string comment = "joust load, several targets in slices";
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
        comment += fmt::format("\n{}: {}", i + 1, comparison.runs[i].url);
    std::vector<stats::HlogInterval> intervals;
    for (const model::LoadSlice& slice : comparison.slices)
        add_intervals(intervals, fmt::format("{}.", slice.target + 1), slice.started, slice.samples);
    return stats::write_hlog(comparison.runs.front().started, comment, intervals);
}

}  // namespace joust::report
