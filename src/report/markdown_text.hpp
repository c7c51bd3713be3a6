#pragma once

#include <string>
#include <string_view>

#include "report/words/prose.hpp"

namespace joust::report {

/// `text` as text within a line of Markdown, whatever it holds: no HTML, entity, emphasis, code, link, image,
/// bare address or mention comes of it. Within a table, Table escapes its '|' as well.
std::string markdown_text(std::string_view text);

/// `text` as a code span of one line; grave accents in it become blanks.
std::string code_span(std::string_view text);

/// Prose with its emphasis, code and links marked, the rest as markdown_text().
std::string marked(const words::Prose& prose);

}  // namespace joust::report
