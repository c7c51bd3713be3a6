#pragma once

#include <string>
#include <string_view>
#include <vector>

// Text with emphasis as data: every renderer marks it up in its own way.
namespace joust::report::words {

enum class Style { plain, strong, emphasis, code, link };

/// A piece of text in one style.
struct Span {
    Style style = Style::plain;
    std::string text;
    std::string target;  ///< of a link: a path below the run directory
    friend bool operator==(const Span&, const Span&) = default;
};

/// One or more sentences.
struct Prose {
    std::vector<Span> spans;

    Prose() = default;
    // Plain text is the usual case, and reads as such: NOLINTNEXTLINE(google-explicit-constructor)
    Prose(std::string_view text) : spans{{Style::plain, std::string(text), ""}} {}
    // NOLINTNEXTLINE(google-explicit-constructor)
    Prose(const std::string& text) : Prose(std::string_view(text)) {}
    // NOLINTNEXTLINE(google-explicit-constructor)
    Prose(const char* text) : Prose(std::string_view(text)) {}
    explicit Prose(Span span) : spans{std::move(span)} {}

    Prose& operator+=(const Prose& more);
    friend Prose operator+(Prose first, const Prose& second) { return first += second; }
    [[nodiscard]] bool empty() const { return spans.empty(); }
    friend bool operator==(const Prose&, const Prose&) = default;
};

inline Prose strong(std::string_view text) {
    return Prose(Span{Style::strong, std::string(text), ""});
}
inline Prose emphasis(std::string_view text) {
    return Prose(Span{Style::emphasis, std::string(text), ""});
}
/// Something to type, or the name of a file or key.
inline Prose code(std::string_view text) {
    return Prose(Span{Style::code, std::string(text), ""});
}
inline Prose link(std::string_view text, std::string_view target) {
    return Prose(Span{Style::link, std::string(text), std::string(target)});
}

/// Without any marks, as for a terminal.
std::string plain(const Prose& prose);

/// The pieces with `separator` between them.
Prose joined(const std::vector<Prose>& pieces, std::string_view separator);

}  // namespace joust::report::words
