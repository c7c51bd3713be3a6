#include "report/figures/gnuplot.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "report/figures/marker_places.hpp"

namespace joust::report {
namespace {

// Okabe & Ito, "Color Universal Design" (2008): told apart with every kind of colour blindness. Yellow is
// left out: it is too pale for lines on white.
constexpr std::array<std::string_view, 7> k_colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                    "#E69F00", "#56B4E9", "#000000"};
// Circle, square, diamond, triangle down; hollow, each is the number before it.
constexpr std::array<int, 4> k_filled_markers{7, 5, 13, 11};
constexpr int k_most_legend_rows = 5;
constexpr int k_cross = 2;
constexpr int k_open_triangle = 8;

// `text` as a string of gnuplot's on one line, whatever it holds: in single quotes nothing is expanded, and
// neither a quote nor a line break is left to end it. Quotes and grave accents become typographic
// apostrophes: gnuplot 5.4 reads a doubled quote at a string's start as its end.
std::string literal(std::string_view text) {
    constexpr std::size_t longest = 1000;  // far beyond the picture's edge
    std::string result = "'";
    for (const char c : printable(text.substr(0, longest)))
        result += c == '\'' || c == '`' ? std::string("’") : std::string(1, c);
    return result + "'";
}

std::string number(const std::optional<double>& value) {
    return value ? fmt::format("{:.6g}", *value) : "NaN";
}

std::string_view colour(const Series& series) {
    return k_colours[static_cast<std::size_t>(series.hue) % k_colours.size()];
}

int marker(const Series& series) {
    return k_filled_markers[static_cast<std::size_t>(series.hue) % k_filled_markers.size()];
}

std::string_view dash(Stroke stroke) {
    switch (stroke) {
        case Stroke::solid:
            return "1";
        case Stroke::dashed:
            return "(14,7)";
        case Stroke::dotted:
            break;
    }
    return "(3,6)";
}

// The markers that there are. A lower bound of a suspect cell has two: a hollow marker inside the triangle.
enum class Drawn { filled, hollow, cross, triangle };

bool is_drawn(const Point& point, Drawn kind) {
    switch (kind) {
        case Drawn::filled:
            return point.mark == Mark::valid && !point.at_least;
        case Drawn::hollow:
            return point.mark == Mark::suspect;
        case Drawn::cross:
            return point.mark == Mark::invalid;
        case Drawn::triangle:
            break;
    }
    return point.mark != Mark::invalid && point.at_least;
}

// One data set per series, two empty lines apart: gnuplot's "index".
std::string data(const Figure& figure) {
    std::string text =
        fmt::format("# {}\n# x: {}; y: {}; low and high: 95 % interval, NaN where there is none\n",
                    printable(figure.title), figure.x.label, figure.y.label);
    const std::vector<std::vector<double>> places = marker_places(figure);
    for (const Series& series : figure.series) {
        if (&series != figure.series.data()) text += "\n\n";
        text += fmt::format(
            "# {}\n# x y low high y_if_valid y_if_suspect y_if_invalid y_if_at_least x_of_marker\n",
            printable(series.label));
        const auto index = static_cast<std::size_t>(&series - figure.series.data());
        for (const Point& point : series.points) {
            const auto only = [&](Drawn kind) {
                return is_drawn(point, kind) ? std::optional(point.y) : std::nullopt;
            };
            const double marker = places[index][static_cast<std::size_t>(&point - series.points.data())];
            text +=
                fmt::format("{:g} {} {} {} {} {} {} {} {:g}\n", point.x, number(point.y), number(point.low),
                            number(point.high), number(only(Drawn::filled)), number(only(Drawn::hollow)),
                            number(only(Drawn::cross)), number(only(Drawn::triangle)), marker);
        }
    }
    return text;
}

bool any(const Series& series, Drawn kind) {
    return std::any_of(series.points.begin(), series.points.end(),
                       [kind](const Point& point) { return is_drawn(point, kind); });
}

bool any_interval(const Series& series) {
    return std::any_of(series.points.begin(), series.points.end(),
                       [](const Point& point) { return point.low && point.high; });
}

template <typename Predicate>
bool any_series(const Figure& figure, Predicate&& holds) {
    return std::any_of(figure.series.begin(), figure.series.end(), holds);
}

std::string ticks(std::string_view axis, const Axis& described) {
    if (described.ticks.empty()) return "";
    std::vector<std::string> parts;
    for (const Tick& tick : described.ticks) {
        std::string format;  // of the number at the tick
        for (const char c : tick.label)
            format += c == '%' ? std::string("%%") : std::string(1, c);
        parts.push_back(fmt::format("{} {:g}", literal(format), tick.value));
    }
    return fmt::format("set {}tics ({})\n", axis, joined(parts, ", "));
}

// From 0, or around the values for a logarithmic axis.
std::string y_range(const Figure& figure) {
    double lowest = HUGE_VAL;
    double highest = figure.threshold ? figure.threshold->y : 0;
    for (const Series& series : figure.series)
        for (const Point& point : series.points) {
            lowest = std::min(lowest, point.low.value_or(point.y));
            highest = std::max(highest, point.high.value_or(point.y));
        }
    if (figure.y.logarithmic)
        return fmt::format("set logscale y\nset yrange [{:g}:{:g}]\n", lowest / 1.3, highest * 1.3) +
               ticks("y", figure.y);
    return fmt::format("set yrange [0:{:g}]\n", highest > 0 ? highest * 1.08 : 1.0);
}

std::string x_axis(const Figure& figure) {
    double first = HUGE_VAL;
    double last = 0;
    for (const Series& series : figure.series) {
        first = std::min(first, series.points.front().x);
        last = std::max(last, series.points.back().x);
    }
    std::string text = fmt::format("set xlabel {}\n", literal(figure.x.label));
    if (figure.x.logarithmic) {
        text +=
            fmt::format("set logscale x\nset xrange [{:g}:{:g}]\nset mxtics 1\n", first / 1.15, last * 1.15);
    } else {
        const double margin = last > first ? (last - first) * 0.03 : 1;
        text += fmt::format("set xrange [{:g}:{:g}]\n", first - margin, last + margin);
    }
    return text + ticks("x", figure.x);
}

// What bands and special markers mean; in the legend their length would spread it. The short ones stand at
// the right of the title, the long ones in a line of their own below the plot.
std::string notes(const Figure& figure) {
    const auto drawn = [&](Drawn kind) {
        return any_series(figure, [kind](const Series& series) { return any(series, kind); });
    };
    std::vector<std::string> short_ones;
    if (drawn(Drawn::cross)) short_ones.emplace_back("✕ invalid: not ranked");
    if (drawn(Drawn::triangle)) short_ones.emplace_back("△ at least so much");  // latency only
    std::string text;
    const auto put = [&](int tag, const std::string& note, std::string_view place) {
        if (!note.empty())
            text +=
                fmt::format("set label {} {} at screen {} font 'DejaVu Sans,19' textcolor rgb '#222222'\n",
                            tag, literal(note), place);
    };
    put(4, joined(short_ones, "   "), "0.975,0.952 right");
    if (drawn(Drawn::hollow))
        put(5, "hollow (○ □): suspect" + (figure.doubts.empty() ? "" : ": " + figure.doubts),
            "0.975,0.022 right");
    if (any_series(figure, any_interval)) put(7, "bands: " + figure.bands, "0.02,0.022 left");
    return text;
}

std::string header(const Figure& figure) {
    std::string text = fmt::format(
        "# {}: run gnuplot on this file in its folder; it reads {}.dat and writes ../{}.png.\n"
        "reset session\n"
        "set terminal pngcairo size 1600,900 noenhanced font 'DejaVu Sans,21' linewidth 2.2 background "
        "'#ffffff'\n"
        "set output '../{}.png'\n",
        printable(figure.title), figure.name, figure.name, figure.name);
    text += fmt::format("set label 1 {} at screen 0.02,0.952 left font 'DejaVu Sans:Bold,30'\n",
                        literal(figure.title));
    text += fmt::format(
        "set label 2 {} at screen 0.02,0.900 left font 'DejaVu Sans,19' textcolor rgb '#555555'\n",
        literal(figure.subtitle));
    // A row of the legend for each contender, a column for each kind of line; more rows lower the plot.
    int rows = 1;
    for (const Series& series : figure.series)
        rows = std::clamp(series.hue + 1, rows, k_most_legend_rows);
    text += fmt::format("set tmargin at screen {:.2f}\nset key at screen 0.985,0.87 maxrows {}\n",
                        0.86 - 0.04 * std::max(rows, 2), rows);
    text += R"(set key right top vertical Left reverse width 1 samplen 2.6 spacing 1.2 font 'DejaVu Sans,19'
set lmargin at screen 0.13
set rmargin at screen 0.975
set bmargin at screen 0.18
set border 3 back linecolor rgb '#888888' linewidth 0.6
set tics nomirror out textcolor rgb '#222222'
set grid ytics linecolor rgb '#dddddd' linewidth 0.5 linetype 1
set datafile missing 'NaN'
)";
    return text;
}

std::string threshold(const Threshold& line) {
    return fmt::format(
        "set arrow 1 from graph 0, first {0:g} to graph 1, first {0:g} nohead dashtype (8,6) linecolor rgb "
        "'#777777' "
        "linewidth 0.8\nset label 3 {1} at graph 0.995, first {0:g} right offset 0,0.6 font 'DejaVu Sans,17' "
        "textcolor rgb "
        "'#555555'\n",
        line.y, literal(line.label));
}

// The elements of the plot command: bands below lines below markers, so that no line hides a marker.
std::vector<std::string> elements(const Figure& figure) {
    std::vector<std::string> bands;
    std::vector<std::string> lines;
    std::vector<std::string> marks;
    std::vector<std::string> legend;
    for (std::size_t i = 0; i < figure.series.size(); ++i) {
        const Series& series = figure.series[i];
        const std::string source = fmt::format("data index {} using ", i);
        const std::string colouring = fmt::format("linecolor rgb '{}'", colour(series));
        if (any_interval(series) && series.points.size() > 1)
            bands.push_back(source + "1:3:4 with filledcurves fillstyle transparent solid 0.16 noborder " +
                            colouring + " notitle");
        if (any_interval(series) && series.points.size() == 1)
            bands.push_back(source + "1:2:3:4 with yerrorbars pointtype 0 linewidth 1.2 " + colouring +
                            " notitle");
        lines.push_back(fmt::format("{}1:2 with lines {} linewidth 1.3 dashtype {} notitle", source,
                                    colouring, dash(series.stroke)));
        const auto mark = [&](Drawn kind, int column, int type, double size, const std::string& paint) {
            if (any(series, kind))
                marks.push_back(fmt::format("{}9:{} with points pointtype {} pointsize {} {} notitle", source,
                                            column, type, size, paint));
        };
        // Earlier series lie below later ones: larger markers keep them in sight where values are the same.
        const double size = series.hue == 0 ? 2.1 : 1.4;
        mark(Drawn::filled, 5, marker(series), size, colouring);
        // Hollow: a rim with white inside, or the line would show through.
        mark(Drawn::hollow, 6, marker(series), size, "linecolor rgb '#ffffff'");
        mark(Drawn::hollow, 6, marker(series) - 1, size, colouring);
        mark(Drawn::cross, 7, k_cross, size * 1.5, colouring);
        mark(Drawn::triangle, 8, k_open_triangle, size * 1.9, colouring);
        legend.push_back(
            fmt::format("keyentry with linespoints {} dashtype {} pointtype {} pointsize 1.5 title {}",
                        colouring, dash(series.stroke), marker(series), literal(series.label)));
    }
    for (auto* part : {&lines, &marks, &legend})
        bands.insert(bands.end(), part->begin(), part->end());
    return bands;
}

}  // namespace

GnuplotFiles gnuplot_files(const Figure& figure) {
    std::string script = header(figure) + notes(figure) + x_axis(figure) + y_range(figure);
    // At a place of its own: gnuplot's would move with the width of the tick labels, off the picture if need
    // be.
    script += fmt::format("set label 6 {} at screen 0.018, graph 0.5 center rotate by 90\n",
                          literal(figure.y.label));
    if (figure.threshold) script += threshold(*figure.threshold);
    script += fmt::format("data = '{}.dat'\nplot \\\n  {}\nset output\n", figure.name,
                          joined(elements(figure), ", \\\n  "));
    return {std::move(script), data(figure)};
}

}  // namespace joust::report
