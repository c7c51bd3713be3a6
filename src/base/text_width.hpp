#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace joust {

/// Columns that a text takes in a terminal: 2 for a wide character (CJK, emoji), 0 for a combining or control
/// character, 1 for any other, and 1 for each byte that is no UTF-8. Sequences that some terminals join
/// (families, flags) count as what they take where they are not joined.
std::size_t display_width(std::string_view text);

/// The longest beginning of `text` that takes at most `columns`; whole characters with what combines with
/// them.
std::string_view cut_to_width(std::string_view text, std::size_t columns);

}  // namespace joust
