#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "base/file.hpp"
#include "base/random.hpp"
#include "stats/hlog.hpp"

// Writes a log with several tags to argv[1], reads it back, and prints its figures for the other readers to
// match: "<tag> <figure> <value>" a line.
namespace {

using joust::stats::Histogram;
using joust::stats::HlogInterval;

// Log-normal around `middle` ns. Counts are multiples of 10 000: where a percentile's rank is not whole, the
// libraries round it differently (Java up, JavaScript and Python to the nearest).
Histogram latencies(double middle, double spread, int count) {
    joust::Random random = joust::random_for(1, "e2e");
    Histogram histogram;
    for (int i = 0; i < count; ++i) {
        const double normal = std::sqrt(-2 * std::log(joust::uniform_open(random))) *
                              std::cos(6.283185307179586 * joust::uniform_open(random));
        histogram.record(static_cast<std::int64_t>(middle * std::exp(spread * normal)));
    }
    return histogram;
}

std::string figures(const HlogInterval& interval, joust::WallTime log_start) {
    const Histogram& histogram = interval.histogram;
    const auto line = [&](const char* name, auto value) {
        return fmt::format("{} {} {}\n", interval.tag, name, value);
    };
    const auto ms = [](joust::Nanoseconds duration) { return duration.count() / 1'000'000; };
    std::string text = line("start_ms", ms(interval.start - log_start)) +
                       line("length_ms", ms(interval.length)) + line("count", histogram.count()) +
                       line("max", histogram.max()) + line("mean", std::llround(histogram.mean()));
    for (const double percentile : {50.0, 75.0, 90.0, 99.0, 99.9, 99.99, 100.0})
        text += line(fmt::format("p{}", percentile).c_str(), histogram.value_at_quantile(percentile / 100));
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const joust::WallTime start{std::chrono::milliseconds(1'772'368'245'123)};
    using std::chrono::milliseconds;
    Histogram extremes;
    extremes.record(0, 5'000);
    extremes.record(extremes.layout().top(), 5'000);
    const std::vector<HlogInterval> intervals = {{.tag = "response_time",
                                                  .start = start,
                                                  .length = milliseconds(30'000),
                                                  .histogram = latencies(2e6, 0.8, 200'000)},
                                                 {.tag = "service_time",
                                                  .start = start,
                                                  .length = milliseconds(30'000),
                                                  .histogram = latencies(5e8, 1.5, 10'000)},
                                                 {.tag = "schedule_lag",
                                                  .start = start + milliseconds(1'500),
                                                  .length = milliseconds(28'500),
                                                  .histogram = latencies(3e3, 0.5, 50'000)},
                                                 {.tag = "extremes",
                                                  .start = start + milliseconds(30'000),
                                                  .length = milliseconds(1),
                                                  .histogram = extremes}};
    const auto text = joust::stats::write_hlog(start, "written by joust_write_hlog", intervals);
    if (!text || !joust::write_atomically(argv[1], *text)) return 1;
    const auto log = joust::stats::read_hlog(*text);
    if (!log) return 1;
    for (const HlogInterval& interval : log->intervals)
        fmt::print("{}", figures(interval, start));
    return 0;
}
