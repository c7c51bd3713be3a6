#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace joust {

std::string_view trimmed(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
/// The parts refer to the text, which therefore has to outlive them.
template <typename Text>
    requires std::same_as<Text, std::string>
std::vector<std::string_view> split(Text&& text, char separator) = delete;
std::string joined(const std::vector<std::string>& parts, std::string_view separator);

using Replacements = std::vector<std::pair<std::string, std::string>>;
/// Replaces each "{key}" of `values` in `text`; other braces stay as they are.
std::string filled(std::string_view text, const Replacements& values);

/// Bytes of the UTF-8 character that `text` begins with (RFC 3629); 0: it begins with none.
std::size_t utf8_length(std::string_view text);
/// Whether all of `text` is well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);
/// Whether `text` is UTF-8 without characters that a terminal or an editor obeys instead of showing them:
/// controls, line separators, changes of direction, invisible ones.
bool is_printable(std::string_view text);
/// `text` for a terminal: each byte of such characters, and bytes that are no UTF-8, as \xNN.
std::string printable(std::string_view text);
/// The text for a file in UTF-8: what is no UTF-8 becomes U+FFFD.
std::string storable(std::string_view text);
/// The text for a terminal as printable() makes it, but of several lines: '\n' and '\t' stay.
std::string printable_lines(std::string_view text);

/// A word as bash reads it back: in quotes unless every character is harmless; always one line.
std::string shell_word(std::string_view word);

/// Depth up to which JSON is taken: parsers take any, but writing a value out again is recursive.
inline constexpr int k_most_json_levels = 200;
/// Whether `json`, valid or not, has more levels of objects and arrays than that.
bool nested_too_deeply(std::string_view json);

/// The last `count` lines of `text`.
std::string last_lines(std::string_view text, std::size_t count);

/// The candidate nearest to `word` (edit distance at most a third of its length, and at least one; letters
/// that changed places are one edit), for "did you mean"; empty if none.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace joust
