#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/benchmark.hpp"
#include "model/comparison.hpp"
#include "model/environment.hpp"

namespace joust::report {

enum class Mark {
    valid,
    suspect,  ///< compared all the same, but to be doubted: the series' own marker, hollow
    invalid,  ///< the cell is not ranked: a cross
};

struct Point {
    double x = 0;
    double y = 0;
    std::optional<double> low;  ///< of the 95 % interval; both or none
    std::optional<double> high;
    Mark mark = Mark::valid;
    bool at_least = false;  ///< the value touches requests that never ended: an open triangle, unless invalid
    friend bool operator==(const Point&, const Point&) = default;
};

enum class Stroke { solid, dashed, dotted };

struct Series {
    std::string label;
    int hue = 0;  ///< which colour and marker, from 0: one per contender, the same in every figure
    Stroke stroke = Stroke::solid;
    std::vector<Point> points;  ///< by rising x
    friend bool operator==(const Series&, const Series&) = default;
};

struct Tick {
    double value = 0;
    std::string label;
    friend bool operator==(const Tick&, const Tick&) = default;
};

struct Axis {
    std::string label;  ///< with the unit, unless the ticks have it
    bool logarithmic = false;
    std::vector<Tick> ticks;  ///< exactly these; empty: the renderer chooses
    friend bool operator==(const Axis&, const Axis&) = default;
};

/// A horizontal line with a meaning, for example the limit of the error rate.
struct Threshold {
    double y = 0;
    std::string label;
    friend bool operator==(const Threshold&, const Threshold&) = default;
};

/// Everything that a picture shows, independent of the renderer.
struct Figure {
    std::string name;  ///< file name without ending
    std::string title;
    std::string subtitle;  ///< the conditions
    Axis x;
    Axis y;
    std::vector<Series> series;
    std::optional<Threshold> threshold;
    std::string bands = "95 % interval";  ///< what they hold
    std::string doubts;                   ///< why results are suspect, in a few words; empty where none is
    friend bool operator==(const Figure&, const Figure&) = default;
};

/// Throughput, error rate, latency, CPU and memory over concurrency; none where nothing was measured.
std::vector<Figure> figures(const model::Benchmark& benchmark, const model::Environment& environment,
                            const model::Comparison& comparison);

}  // namespace joust::report
