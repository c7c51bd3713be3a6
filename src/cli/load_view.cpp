#include "cli/load_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/text_width.hpp"
#include "model/wording.hpp"
#include "report/histogram_text.hpp"

namespace joust::cli {
namespace {

constexpr int k_least_rows = 8;  // below that, or narrower: a single line
constexpr int k_least_columns = 44;
constexpr int k_most_bins = 14;

std::string time_at(const stats::Histogram& times, double quantile) {
    return times.empty() ? "-" : model::duration_text(static_cast<double>(times.value_at_quantile(quantile)));
}

std::string percentiles(const LoadView& view) {
    const stats::Histogram& times = view.recent.response_time;
    return fmt::format("p50 {}  p90 {}  p99 {}  p99.9 {}", time_at(times, 0.5), time_at(times, 0.9),
                       time_at(times, 0.99), time_at(times, 0.999));
}

std::string errors(const LoadView& view) {
    std::string kinds;
    for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
        if (view.errors.count[kind] > 0)
            kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", view.errors.count[kind],
                                 name(static_cast<model::RequestErrorKind>(kind)));
    return kinds.empty() ? "none" : kinds;
}

std::string bar(double share, int cells, bool ascii) {
    const int full = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * cells));
    std::string text;
    for (int cell = 0; cell < cells; ++cell)
        text += cell < full ? (ascii ? "#" : "█") : (ascii ? "." : "░");
    return text;
}

class Lines {
public:
    explicit Lines(const LoadScreen& screen) : screen_(screen) {}
    void add(std::string text, std::string_view code = "") {
        text = printable(text);  // the title is what the user typed
        if (screen_.ascii) text = report::to_ascii(text);
        text.resize(cut_to_width(text, static_cast<std::size_t>(std::max(screen_.columns - 1, 0))).size());
        if (screen_.colours && !code.empty() && !text.empty())
            text = fmt::format("\x1b[{}m{}\x1b[0m", code, text);
        lines_.push_back(std::move(text));
    }
    [[nodiscard]] int count() const { return static_cast<int>(lines_.size()); }
    std::vector<std::string> take() { return std::move(lines_); }

private:
    const LoadScreen& screen_;
    std::vector<std::string> lines_;
};

std::vector<double> last(const std::vector<double>& values, int most) {
    const auto count = std::min(values.size(), static_cast<std::size_t>(std::max(0, most)));
    return {values.end() - static_cast<std::ptrdiff_t>(count), values.end()};
}

// A painted line without its control sequences, which take no columns.
std::string plain(const std::string& line) {
    std::string text;
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '\x1b') {
            at = line.find('m', at);
            if (at == std::string::npos) break;
        } else {
            text += line[at];
        }
    }
    return text;
}

// Rows of a terminal that folds the line where the next character does not fit.
std::size_t rows_of(std::string_view line, std::size_t columns) {
    std::size_t rows = 0;
    do {
        const std::size_t fitting = cut_to_width(line, columns).size();
        line.remove_prefix(std::min(line.size(), std::max<std::size_t>(fitting, 1)));
        ++rows;
    } while (!line.empty());
    return rows;
}

}  // namespace

std::vector<std::string> load_view(const LoadView& view, const LoadScreen& screen) {
    Lines lines(screen);
    const std::string rate = model::rate_text(view.recent.goodput_rps());
    if (screen.rows < k_least_rows || screen.columns < k_least_columns) {
        lines.add(fmt::format("{}  {}  p50 {}  p99 {}  errors {}  {}", view.done, rate,
                              time_at(view.recent.response_time, 0.5),
                              time_at(view.recent.response_time, 0.99), view.errors.total(), view.title));
        return lines.take();
    }
    lines.add(view.title, "1");
    lines.add(fmt::format("{} {}, {}", bar(view.share, 24, screen.ascii), view.phase, view.done));
    lines.add("");
    const int graph = screen.columns - 30;
    lines.add(
        fmt::format("rate       {:<14} {}", rate, report::sparkline(last(view.rates, graph), screen.ascii)),
        "1");
    lines.add("times      " + percentiles(view));
    lines.add("errors     " + errors(view), view.errors.total() > 0 ? "31" : "");
    lines.add(fmt::format("in flight  {} on {}", view.in_flight,
                          model::counted(static_cast<std::int64_t>(view.connections), "connection")));
    const int room = std::min(k_most_bins, screen.rows - 1 - lines.count() - 1);
    const auto rows = report::histogram_rows(
        view.response_time,
        {.rows = room, .columns = std::min(screen.columns - 1, 100), .ascii = screen.ascii});
    if (!rows.empty()) lines.add("");
    for (const std::string& row : rows)
        lines.add(row, "36");
    return lines.take();
}

std::string Painter::erase(int columns) {
    if (lines_.empty()) return "";
    // A terminal that became narrower has folded the lines.
    std::size_t rows = 0;
    for (const std::string& line : lines_)
        rows += rows_of(line, static_cast<std::size_t>(std::max(columns, 2)));
    lines_.clear();
    return rows > 1 ? fmt::format("\r\x1b[{}A\x1b[J", rows - 1) : "\r\x1b[J";
}

std::string Painter::paint(const std::vector<std::string>& lines, int columns) {
    std::string text = erase(columns);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        text += lines[i];
        if (i + 1 < lines.size()) text += "\n";
        lines_.push_back(plain(lines[i]));
    }
    return text;
}

}  // namespace joust::cli
