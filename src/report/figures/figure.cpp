#include "report/figures/figure.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"

namespace joust::report {
namespace {

using model::Cell;
using model::Comparison;
using model::Estimate;

constexpr std::size_t k_most_ticks = 10;   // more levels than that and the renderer chooses
constexpr double k_logarithmic_from = 20;  // last level ÷ first level, unless they are evenly spaced

constexpr const char* k_widened = "95 % interval, widened to the pooled value";

using model::Quantity;
using Value = std::function<std::optional<Point>(const Cell&)>;

Mark mark_of(model::Validity validity) {
    switch (validity) {
        case model::Validity::valid:
            break;
        case model::Validity::suspect:
            return Mark::suspect;
        case model::Validity::invalid:
            return Mark::invalid;
    }
    return Mark::valid;
}

Point point(const Cell& cell, const Estimate& estimate, double factor = 1) {
    const auto scaled = [factor](const std::optional<double>& value) {
        return value ? std::optional(*value * factor) : std::nullopt;
    };
    return {.x = static_cast<double>(cell.level),
            .y = estimate.value * factor,
            .low = scaled(estimate.low),
            .high = scaled(estimate.high),
            .mark = mark_of(cell.judgement.validity)};
}

// The figure as it stands, without a point where there is none.
Value plainly(Quantity quantity) {
    return [quantity](const Cell& cell) -> std::optional<Point> {
        const Estimate* estimate = cell.find(quantity);
        return estimate == nullptr ? std::nullopt : std::optional(point(cell, *estimate));
    };
}

bool evenly_spaced(const std::vector<std::int64_t>& levels) {
    for (std::size_t i = 2; i < levels.size(); ++i)
        if (levels[i] - levels[i - 1] != levels[1] - levels[0]) return false;
    return true;
}

Axis concurrency(const Comparison& comparison) {
    Axis axis;
    const auto& levels = comparison.levels;
    const bool closed = comparison.load_model == model::LoadModel::closed;
    const bool wide =
        static_cast<double>(levels.back()) >= k_logarithmic_from * static_cast<double>(levels.front());
    axis.logarithmic = wide && !(levels.size() > 3 && evenly_spaced(levels));
    axis.label = closed ? "concurrent users" : "offered requests per second";
    if (axis.logarithmic) axis.label += " (log scale)";
    if (levels.size() <= k_most_ticks)
        for (const std::int64_t level : levels)
            axis.ticks.push_back({static_cast<double>(level), std::to_string(level)});
    return axis;
}

// 1, 2 and 5 of each decade that the values reach, in units that a reader need not convert.
std::vector<Tick> duration_ticks(const std::vector<Series>& series) {
    double lowest_ms = HUGE_VAL;
    double highest_ms = 0;
    for (const Series& one : series)
        for (const Point& point : one.points) {
            lowest_ms = std::min(lowest_ms, point.low.value_or(point.y));
            highest_ms = std::max(highest_ms, point.high.value_or(point.y));
        }
    std::vector<Tick> ticks;
    for (double decade = 1e-6; decade < 1e8; decade *= 10)
        for (const double digit : {1.0, 2.0, 5.0})
            if (const double ms = decade * digit; ms > lowest_ms / 2 && ms < highest_ms * 2)
                ticks.push_back({ms, ms >= 999    ? fmt::format("{:g} s", ms / 1e3)
                                     : ms >= 0.99 ? fmt::format("{:g} ms", ms)
                                                  : fmt::format("{:g} µs", ms * 1e3)});
    return ticks;
}

constexpr std::size_t k_most_doubts = 3;  // of more, the most frequent, or the line leaves the picture

// "no steady state, steal": the reasons of suspect cells, the most frequent first.
std::string doubts(const Comparison& comparison) {
    std::vector<std::pair<std::string, int>> counts;
    for (const Cell& cell : comparison.cells) {
        if (cell.judgement.validity != model::Validity::suspect) continue;
        for (const std::string& words : short_reason_list(cell)) {
            const auto known = std::find_if(counts.begin(), counts.end(),
                                            [&](const auto& count) { return count.first == words; });
            if (known == counts.end()) {
                counts.emplace_back(words, 1);
            } else {
                ++known->second;
            }
        }
    }
    std::stable_sort(counts.begin(), counts.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(counts.size(), k_most_doubts); ++i)
        shown.push_back(counts[i].first);
    if (counts.size() > k_most_doubts) shown.emplace_back("…");
    return joined(shown, ", ");
}

class Drawing {
public:
    Drawing(const model::Benchmark& benchmark, const model::Environment& environment,
            const Comparison& comparison)
        : comparison_(comparison),
          subtitle_(conditions(benchmark, comparison, environment.database.version)),
          doubts_(doubts(comparison)) {}

    Figure figure(const std::string& quantity, const std::string& title, const std::string& y_label) const {
        const bool closed = comparison_.load_model == model::LoadModel::closed;
        return {.name = quantity + "_vs_concurrency",
                .title = title + (closed ? " by number of users" : " by offered rate"),
                .subtitle = subtitle_,
                .x = concurrency(comparison_),
                .y = {.label = y_label},
                .doubts = doubts_};
    }

    // One series per contender.
    void add(Figure& figure, const std::string& what, Stroke stroke, const Value& value) const {
        for (std::size_t i = 0; i < comparison_.entrants.size(); ++i) {
            const std::string& contender = comparison_.entrants[i];
            Series series{.label = what.empty() ? contender : contender + " " + what,
                          .hue = static_cast<int>(i),
                          .stroke = stroke};
            for (const Cell& cell : comparison_.cells)
                if (cell.entrant == contender)
                    if (const auto found = value(cell)) series.points.push_back(*found);
            if (!series.points.empty()) figure.series.push_back(std::move(series));
        }
    }

private:
    const Comparison& comparison_;
    std::string subtitle_;
    std::string doubts_;
};

Figure latency(const Drawing& drawing) {
    Figure figure = drawing.figure("latency", "Response time", "response time (log scale)");
    figure.y.logarithmic = true;
    figure.bands = k_widened;
    const auto percentile = [](Quantity quantity) {
        return [quantity](const Cell& cell) -> std::optional<Point> {
            const Estimate* found = cell.find(quantity);
            if (found == nullptr || found->value <= 0) return std::nullopt;
            Point result = point(cell, *found, 1e-6);
            result.at_least = found->at_least;
            // A logarithmic axis has no 0: an interval that reaches it is drawn from a tenth of the value.
            if (result.low) result.low = std::max(*result.low, result.y / 10);
            return result;
        };
    };
    drawing.add(figure, "p50", Stroke::solid, percentile(Quantity::response_time_p50));
    drawing.add(figure, "p95", Stroke::dashed, percentile(Quantity::response_time_p95));
    drawing.add(figure, "p99", Stroke::dotted, percentile(Quantity::response_time_p99));
    figure.y.ticks = duration_ticks(figure.series);
    return figure;
}

}  // namespace

std::vector<Figure> figures(const model::Benchmark& benchmark, const model::Environment& environment,
                            const Comparison& comparison) {
    if (comparison.cells.empty()) return {};
    const Drawing drawing(benchmark, environment, comparison);

    Figure throughput =
        drawing.figure("throughput", "Verified operations per second", "goodput, operations/s");
    drawing.add(throughput, "", Stroke::solid, plainly(Quantity::goodput));

    Figure errors = drawing.figure("error_rate", "Error rate", "requests without a right answer, %");
    drawing.add(errors, "", Stroke::solid, [](const Cell& cell) {
        Point result = point(cell, cell.at(Quantity::error_rate_of_trials), 100);
        result.y = cell.error_rate() * 100;
        if (result.low) result.low = std::min(*result.low, result.y);
        if (result.high) result.high = std::max(*result.high, result.y);
        return result;
    });
    errors.bands = k_widened;
    errors.threshold = {benchmark.experiment.error_rate_max * 100,
                        fmt::format("limit {}", model::percent(benchmark.experiment.error_rate_max))};

    Figure cpu = drawing.figure("cpu", "CPU in use", "CPU, cores");
    drawing.add(cpu, "service", Stroke::solid, plainly(Quantity::contender_cpu));
    if (benchmark.database.engine == model::DatabaseEngine::postgres)
        drawing.add(cpu, "database", Stroke::dashed, plainly(Quantity::database_cpu));

    Figure memory = drawing.figure("memory", "Memory of the service", "anonymous memory, MiB");
    drawing.add(memory, "mean", Stroke::solid, plainly(Quantity::memory_mean));
    drawing.add(memory, "peak", Stroke::dashed, plainly(Quantity::memory_peak));
    std::vector<Figure> all{throughput, errors, latency(drawing), cpu, memory};
    std::erase_if(all, [](const Figure& figure) { return figure.series.empty(); });
    return all;
}

}  // namespace joust::report
