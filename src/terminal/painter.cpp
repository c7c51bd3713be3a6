#include "terminal/painter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text_width.hpp"

namespace joust::terminal {
namespace {

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

}  // namespace joust::terminal
