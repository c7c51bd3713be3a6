#include "terminal/load_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bars.hpp"
#include "base/text.hpp"
#include "base/text_width.hpp"
#include "model/wording.hpp"
#include "report/histogram_text.hpp"

namespace joust::terminal {
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
    lines.add(fmt::format("{} {}, {}",
                          bar(view.share, 24, {.ascii = screen.ascii, .whole_cells = true, .track = true}),
                          view.phase, view.done));
    lines.add("");
    const int graph = screen.columns - 30;
    lines.add(fmt::format("rate       {:<14} {}", rate, sparkline(last(view.rates, graph), screen.ascii)),
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

}  // namespace joust::terminal
