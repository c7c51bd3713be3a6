#include "files/toml_bounds.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace joust::files {
namespace {

class Scan {
public:
    explicit Scan(std::string_view text) : text_(text), at_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}

    std::optional<TomlExcess> excess() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (c == '"' || c == '\'') {
                skip_string(c);
            } else {
                // TOML has none there, and toml++'s tables of letters have holes.
                if (static_cast<unsigned char>(c) >= 0x80)
                    return here("a key or value has a character beyond ASCII; write it in quotes");
                count(c);
                if (levels_ > k_most_toml_levels)
                    return here(
                        fmt::format("lists and tables lie more than {} levels deep in each other; "
                                    "write them flatter",
                                    k_most_toml_levels));
                if (parts_ > k_most_toml_key_parts)
                    return here(fmt::format("a dotted key has more than {} parts; write a shorter one",
                                            k_most_toml_key_parts));
                ++at_;
            }
        }
        return std::nullopt;
    }

private:
    void count(char c) {
        if (c == '[' || c == '{') ++levels_;
        if ((c == ']' || c == '}') && levels_ > 0) --levels_;
        if (c == '.')
            ++parts_;
        else if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos)
            parts_ = 1;
    }

    // To after its end: the three quotes of a string over several lines, else the quote or the line's end.
    void skip_string(char quote) {
        const std::string three(3, quote);
        const bool lines = text_.substr(at_, 3) == three;
        for (at_ += lines ? 3 : 1; at_ < text_.size(); ++at_) {
            if (quote == '"' && text_[at_] == '\\') {
                ++at_;
            } else if (lines ? text_.substr(at_, 3) == three : text_[at_] == quote) {
                at_ += lines ? 3 : 1;
                return;
            } else if (!lines && text_[at_] == '\n') {
                return;
            }
        }
        at_ = std::min(at_, text_.size());
    }

    [[nodiscard]] TomlExcess here(std::string message) const {
        const std::string_view before = text_.substr(0, at_);
        const std::size_t line_start =
            before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
        return {static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
                static_cast<std::uint32_t>(at_ - line_start + 1), std::move(message)};
    }

    std::string_view text_;
    std::size_t at_;
    int levels_ = 0;
    int parts_ = 1;
};

}  // namespace

std::optional<TomlExcess> toml_excess(std::string_view text) {
    if (text.size() > k_most_toml_bytes)
        return TomlExcess{.message = fmt::format("the file has {} bytes; at most {} are read", text.size(),
                                                 k_most_toml_bytes)};
    return Scan(text).excess();
}

}  // namespace joust::files
