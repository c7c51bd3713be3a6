#include "report/words/prose.hpp"

namespace joust::report::words {

Prose& Prose::operator+=(const Prose& more) {
    for (const Span& span : more.spans) {
        if (!spans.empty() && span.style == Style::plain && spans.back().style == Style::plain) {
            spans.back().text += span.text;
        } else {
            spans.push_back(span);
        }
    }
    return *this;
}

std::string plain(const Prose& prose) {
    std::string text;
    for (const Span& span : prose.spans)
        text += span.text;
    return text;
}

Prose joined(const std::vector<Prose>& pieces, std::string_view separator) {
    Prose all;
    for (const Prose& piece : pieces) {
        if (!all.empty()) all += separator;
        all += piece;
    }
    return all;
}

}  // namespace joust::report::words
