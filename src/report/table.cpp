#include "report/table.hpp"

#include <algorithm>
#include <string_view>

#include "base/text_width.hpp"

namespace joust::report {
namespace {

std::string escaped(std::string_view cell) {
    std::string text;
    for (const char c : cell) {
        if (c == '|') text += '\\';
        text += c == '\n' ? ' ' : c;
    }
    return text;
}

}  // namespace

std::string Table::plain() const {
    std::vector<std::vector<std::string>> lines;
    lines.emplace_back();
    for (const Column& column : columns)
        lines.back().push_back(column.title);
    lines.insert(lines.end(), rows.begin(), rows.end());
    std::vector<std::size_t> widths(columns.size(), 0);
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], display_width(line[i]));
    std::string text;
    for (const auto& line : lines) {
        std::string row;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string padding(widths[i] - display_width(line[i]), ' ');
            row += (i == 0 ? "" : "  ") +
                   (columns[i].align == Align::right ? padding + line[i] : line[i] + padding);
        }
        row.erase(row.find_last_not_of(' ') + 1);
        text += row + '\n';
    }
    return text;
}

std::string Table::markdown() const {
    std::string text = "|";
    for (const Column& column : columns)
        text += ' ' + escaped(column.title) + " |";
    text += "\n|";
    for (const Column& column : columns)
        text += column.align == Align::right ? " ---: |" : " :--- |";
    text += '\n';
    for (const auto& row : rows) {
        text += '|';
        for (const std::string& cell : row)
            text += ' ' + escaped(cell) + " |";
        text += '\n';
    }
    return text;
}

}  // namespace joust::report
