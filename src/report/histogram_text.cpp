#include "report/histogram_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/bars.hpp"
#include "base/text_width.hpp"
#include "model/wording.hpp"
#include "report/table.hpp"

namespace joust::report {
namespace {

struct Row {
    double up_to = 0;  ///< ns, inclusive
    std::uint64_t count = 0;
    std::string marks;
};

using HistogramMark = std::pair<const char*, double>;
constexpr std::array<HistogramMark, 4> k_marks{{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

// The shortest two thousandths share the first row: a single quick answer would stretch the scale.
std::vector<Row> rows_of(const stats::Histogram& times, int most) {
    const double low = std::max(1.0, static_cast<double>(times.value_at_quantile(0.002)));
    const double high = std::max(low, static_cast<double>(times.max()));
    constexpr double k_least_step = 1.002;  // the histogram itself resolves a thousandth
    const double wanted = std::log(high / low) / std::log(k_least_step);
    const int count = std::clamp(static_cast<int>(std::ceil(wanted)), 1, std::max(1, most));
    std::vector<Row> rows(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i].up_to = low * std::pow(high / low, static_cast<double>(i + 1) / count);
    rows.back().up_to = high;
    const auto row_of = [&](double value) -> Row& {
        const auto found = std::lower_bound(rows.begin(), rows.end() - 1, value,
                                            [](const Row& row, double time) { return row.up_to < time; });
        return *found;
    };
    times.for_each_bucket([&](const stats::Histogram::Bucket& bucket) {
        row_of(static_cast<double>(bucket.middle())).count += bucket.count;
    });
    for (const auto& [name, quantile] : k_marks) {
        std::string& marks = row_of(static_cast<double>(times.value_at_quantile(quantile))).marks;
        marks += fmt::format("{}{}", marks.empty() ? "" : " ", name);
    }
    return rows;
}

}  // namespace

std::vector<std::string> histogram_rows(const stats::Histogram& times_ns, const HistogramStyle& style) {
    constexpr int k_label = 8;
    constexpr int k_share = 7;
    constexpr int k_mark = 19;  // two marks; where all four meet, the bar is full and they are cut
    if (times_ns.empty() || style.rows < 1) return {};
    const std::vector<Row> rows = rows_of(times_ns, style.rows);
    const bool marked = style.columns >= 60;
    const int cells = std::clamp(style.columns - k_label - k_share - 2 - (marked ? k_mark : 0), 4, 60);
    std::uint64_t most = 1;
    for (const Row& row : rows)
        most = std::max(most, row.count);
    std::vector<std::string> lines;
    for (const Row& row : rows) {
        std::string label = model::duration_text(row.up_to);
        if (style.ascii) label = to_ascii(label);
        label.insert(
            0, static_cast<std::size_t>(std::max(0, k_label - static_cast<int>(display_width(label)))), ' ');
        const auto count = static_cast<double>(row.count);
        std::string line = fmt::format("{} {} {:>6}", label,
                                       bar(count / static_cast<double>(most), cells, {.ascii = style.ascii}),
                                       model::percent(count / static_cast<double>(times_ns.count())));
        if (marked && !row.marks.empty()) line += "  " + row.marks;
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string to_ascii(const std::string& text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> k_similar{
        {{"µ", "u"}, {"·", "-"}, {"÷", "/"}, {"…", "..."}, {"×", "x"}, {"█", "#"}, {"≥", ">="}}};
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto known = std::find_if(k_similar.begin(), k_similar.end(), [&](const auto& pair) {
            return std::string_view(text).substr(at).starts_with(pair.first);
        });
        if (known != k_similar.end()) {
            result += known->second;
            at += known->first.size();
        } else {
            const bool ascii = static_cast<unsigned char>(text[at]) < 0x80U;
            const bool continued = (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
            if (ascii || !continued) result += ascii ? text[at] : '?';
            ++at;
        }
    }
    return result;
}

}  // namespace joust::report
