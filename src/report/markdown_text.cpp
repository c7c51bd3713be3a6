#include "report/markdown_text.hpp"

#include <fmt/format.h>

#include <cctype>

#include "base/text.hpp"

namespace joust::report {
namespace {

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

char at(std::string_view text, std::size_t index) {
    return index < text.size() ? text[index] : ' ';
}

// "www." in any case, from `begin` on.
bool is_bare_address(std::string_view text, std::size_t begin) {
    constexpr std::string_view start = "www.";
    for (std::size_t i = 0; i < start.size(); ++i)
        if (std::tolower(static_cast<unsigned char>(at(text, begin + i))) != start[i]) return false;
    return true;
}

// What stands for the character at `i`; only what has a meaning there is changed, so that tables stay
// legible.
std::string replacement(std::string_view text, std::size_t i) {
    const char c = text[i];
    const char next = at(text, i + 1);
    switch (c) {
        case '<':
            return is_letter(next) || next == '/' || next == '!' || next == '?' ? "&lt;" : "<";
        case '&':
            return is_word(next) || next == '#' ? "&amp;" : "&";
        case '@':
            return is_word(next) ? "&#64;" : "@";
        case '/':
            return i > 0 && text[i - 1] == ':' && next == '/' ? "&#47;" : "/";
        case '.':
            return i >= 3 && is_bare_address(text, i - 3) ? "&#46;" : ".";
        case '_':
            return i > 0 && is_word(text[i - 1]) && is_word(next) ? "_" : "\\_";
        case '\\':
        case '*':
        case '`':
        case '[':
        case ']':
        case '~':
            return std::string("\\") + c;
        default:
            return std::string(1, c);
    }
}

}  // namespace

std::string markdown_text(std::string_view text) {
    const std::string plain = printable(text);
    std::string result;
    for (std::size_t i = 0; i < plain.size(); ++i)
        result += replacement(plain, i);
    return result;
}

std::string code_span(std::string_view text) {
    std::string span = "`";
    for (const char c : printable(text))
        span += c == '`' ? ' ' : c;
    return span + '`';
}

namespace {

std::string marked(const words::Span& span) {
    switch (span.style) {
        case words::Style::strong:
            return "**" + markdown_text(span.text) + "**";
        case words::Style::emphasis:
            return "*" + markdown_text(span.text) + "*";
        case words::Style::code:
            return code_span(span.text);
        case words::Style::link:
            return fmt::format("[{}]({})", span.text, span.target);
        case words::Style::plain:
            break;
    }
    return markdown_text(span.text);
}

}  // namespace

std::string marked(const words::Prose& prose) {
    std::string text;
    for (const words::Span& span : prose.spans)
        text += marked(span);
    return text;
}

}  // namespace joust::report
