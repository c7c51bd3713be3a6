#include "cli/whole_number.hpp"

#include <charconv>

#include <fmt/format.h>

namespace joust::cli {

CLI::Validator whole(std::uint64_t least, std::uint64_t most) {
    return CLI::Validator(
        [least, most](const std::string& text) {
            std::uint64_t value = 0;
            const char* const end = text.data() + text.size();
            const auto [rest, error] = std::from_chars(text.data(), end, value);
            if (error == std::errc{} && rest == end && value >= least && value <= most) return std::string();
            if (most == k_unbounded)
                return fmt::format("give a whole number from {} on, not {}", least, text);
            return fmt::format("give a whole number from {} to {}, not {}", least, most, text);
        },
        "");
}

}  // namespace joust::cli
