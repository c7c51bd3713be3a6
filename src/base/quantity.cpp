#include "base/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace joust {
namespace {

template <std::size_t N>
using Units = std::array<std::pair<std::string_view, double>, N>;

constexpr Units<9> k_byte_units{{{"", 1.0},
                                 {"B", 1.0},
                                 {"KiB", 0x1p10},
                                 {"MiB", 0x1p20},
                                 {"GiB", 0x1p30},
                                 {"TiB", 0x1p40},
                                 {"kB", 1e3},
                                 {"MB", 1e6},
                                 {"GB", 1e9}}};
constexpr Units<6> k_time_units{
    {{"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};

// Splits "1.5GiB" into 1.5 and its unit's factor; false when either is not understood or the number is
// negative.
template <std::size_t N>
bool parse_with_unit(std::string_view text, const Units<N>& units, double& value) {
    double number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !(number >= 0) || !std::isfinite(number)) return false;
    const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    if (unit.empty() && number == 0) {
        value = 0;
        return true;
    }
    for (const auto& [name, factor] : units) {
        if (name != unit) continue;
        value = number * factor;
        return value < 9e18;
    }
    return false;
}

// Writes the largest unit that leaves no fraction; the smallest unit always does.
template <std::size_t N>
std::string with_largest_unit(std::uint64_t count, const Units<N>& units, std::string_view smallest) {
    std::string text = fmt::format("{}{}", count, smallest);
    double best = 1.0;
    for (const auto& [name, factor] : units) {
        const auto whole = static_cast<std::uint64_t>(factor);
        if (factor <= best || count == 0 || count % whole != 0) continue;
        best = factor;
        text = fmt::format("{}{}", count / whole, name);
    }
    return text;
}

}  // namespace

Result<Bytes> parse_bytes(std::string_view text) {
    double value = 0;
    if (!parse_with_unit(text, k_byte_units, value))
        return fail(ErrorKind::bad_input,
                    "\"{}\" is not an amount of memory; write for example \"512MiB\" or \"2GiB\"", text);
    return Bytes{static_cast<std::uint64_t>(std::llround(value))};
}

Result<Nanoseconds> parse_duration(std::string_view text) {
    // Sums of a few of these, and of points in time, then stay far below the end of 64 bits.
    constexpr double k_longest = 87600 * 3600e9;
    double value = 0;
    if (!parse_with_unit(text, k_time_units, value))
        return fail(ErrorKind::bad_input,
                    "\"{}\" is not a duration; write for example \"250ms\", \"30s\" or \"2m\"", text);
    if (value > k_longest)
        return fail(ErrorKind::bad_input, "\"{}\" is too long; write at most 87600h, which is ten years",
                    text);
    return Nanoseconds{std::llround(value)};
}

std::string to_text(Bytes bytes) {
    return with_largest_unit(bytes.count, k_byte_units, "B");
}

std::string to_text(Nanoseconds duration) {
    const auto count = static_cast<std::uint64_t>(duration.count());
    constexpr Units<4> up_to_seconds{{{"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};
    return count == 0 ? "0s" : with_largest_unit(count, up_to_seconds, "ns");
}

std::string spoken_exactly(Nanoseconds duration) {
    if (duration < std::chrono::seconds(1)) {
        std::string text = to_text(duration);
        return text.insert(text.find_first_not_of("0123456789"), " ");
    }
    const std::chrono::hh_mm_ss<Nanoseconds> parts(duration);
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : " ") + part; };
    if (parts.hours().count() > 0) add(fmt::format("{} h", parts.hours().count()));
    if (parts.minutes().count() > 0) add(fmt::format("{} min", parts.minutes().count()));
    std::string number = fmt::format("{}.{:09}", parts.seconds().count(), parts.subseconds().count());
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
    if (number != "0") add(number + " s");
    return text;
}

std::string spoken(Nanoseconds duration) {
    const auto total = std::chrono::round<std::chrono::seconds>(duration).count();
    if (total < 60) return fmt::format("{} s", total);
    const auto minutes = total / 60;
    if (minutes < 60)
        return total % 60 == 0 ? fmt::format("{} min", minutes)
                               : fmt::format("{} min {} s", minutes, total % 60);
    return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace joust
