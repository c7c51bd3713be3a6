#pragma once

#include <string>
#include <vector>

#include "base/text_width.hpp"

namespace joust::report {

using joust::display_width;  // what tables are aligned by

enum class Align { left, right };

struct Column {
    std::string title;
    Align align = Align::right;
};

/// A table that is rendered for a terminal or as Markdown; every row has as many cells as there are columns.
struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;

    /// Columns padded to equal width, two blanks apart, no line longer than its content.
    [[nodiscard]] std::string plain() const;
    [[nodiscard]] std::string markdown() const;
};

}  // namespace joust::report
