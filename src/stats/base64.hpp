#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace joust::stats {

/// RFC 4648 base64 with padding, on one line.
std::string to_base64(std::string_view bytes);
/// The bytes that a text in base64 stands for; empty unless `text` is exactly what to_base64() writes for
/// some bytes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace joust::stats
