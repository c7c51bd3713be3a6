#include "http/json_numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <system_error>

namespace joust::http {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A number that begins at `at`, by the grammar of RFC 8259, as far as that goes.
class Number {
public:
    Number(std::string_view json, std::size_t at) : json_(json), end_(at) {
        take('-');
        if (!take('0') && digits() == 0) return;
        well_formed_ = true;
        if (take('.')) {
            integer_ = false;
            well_formed_ = digits() > 0;
        }
        if (well_formed_ && (take('e') || take('E'))) {
            integer_ = false;
            if (!take('+')) take('-');
            well_formed_ = digits() > 0;
        }
    }
    [[nodiscard]] std::size_t end() const { return end_; }
    [[nodiscard]] bool well_formed() const { return well_formed_; }
    [[nodiscard]] bool is_integer() const { return integer_; }

private:
    bool take(char c) {
        if (end_ == json_.size() || json_[end_] != c) return false;
        ++end_;
        return true;
    }
    std::size_t digits() {
        const std::size_t begin = end_;
        while (end_ < json_.size() && is_digit(json_[end_]))
            ++end_;
        return end_ - begin;
    }

    std::string_view json_;
    std::size_t end_;
    bool well_formed_ = false;
    bool integer_ = true;
};

/// Whether every integer of so many characters has 64 bits.
constexpr std::size_t k_always_in_range = 18;

bool has_64_bits(const std::string& integer) {
    std::int64_t number = 0;
    std::uint64_t count = 0;
    const char* const end = integer.data() + integer.size();
    return std::from_chars(integer.data(), end, number).ec == std::errc{} ||
           std::from_chars(integer.data(), end, count).ec == std::errc{};
}

/// The number as the parser can hold it; empty when it can already.
std::string in_range(const std::string& text, bool is_integer) {
    if (text.size() <= 3 || (is_integer && text.size() <= k_always_in_range)) return "";
    const double value = std::strtod(text.c_str(), nullptr);
    if (std::isinf(value)) return (value < 0 ? "-" : "") + std::string(k_beyond_doubles);
    if (!is_integer || has_64_bits(text)) return "";
    // No integer that has 64 bits equals it: not even the least one, to which the nearest double is equal.
    return value == -9223372036854775808.0 ? "-9223372036854777856.0" : text + ".0";
}

/// The end of a string that begins at `at`, its quotes included.
std::size_t end_of_string(std::string_view json, std::size_t at) {
    for (std::size_t i = at + 1; i < json.size(); ++i) {
        if (json[i] == '\\') {
            ++i;
        } else if (json[i] == '"') {
            return i + 1;
        }
    }
    return json.size();
}

}  // namespace

std::optional<std::string> with_numbers_in_range(std::string_view json) {
    std::string result;
    bool changed = false;
    for (std::size_t at = 0; at < json.size();) {
        std::size_t end = at + 1;
        std::string instead;
        if (json[at] == '"') {
            end = end_of_string(json, at);
        } else if (json[at] == '-' || is_digit(json[at])) {
            const Number number(json, at);
            end = std::max(end, number.end());
            if (number.well_formed())
                instead = in_range(std::string(json.substr(at, end - at)), number.is_integer());
        }
        changed = changed || !instead.empty();
        result += instead.empty() ? json.substr(at, end - at) : std::string_view(instead);
        at = end;
    }
    if (!changed) return std::nullopt;
    return result;
}

}  // namespace joust::http
