#include "model/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/quantity.hpp"

namespace joust::model {

std::string percent(double share) {
    const double value = share * 100;
    if (value <= 0) return "0 %";
    if (value >= 100) return "100 %";
    if (value < 0.01) return "<0.01 %";
    if (value > 99.9) return ">99.9 %";
    if (value < 0.095) return fmt::format("{:.2f} %", value);
    if (value < 9.95 || value > 99) {
        const std::string text = fmt::format("{:.1f}", value);
        return (text.ends_with(".0") ? text.substr(0, text.size() - 2) : text) + " %";
    }
    return fmt::format("{:.0f} %", value);
}

std::string significant(double value) {
    if (value == 0) return "0";
    if (!std::isfinite(value)) return value > 0 ? "∞" : "–";
    const double rounded = std::abs(value);
    const int digits = 2 - static_cast<int>(std::floor(std::log10(rounded) + 1e-12));
    std::string text = fmt::format("{:.{}f}", value, std::clamp(digits, 0, 9));
    // 99.96 with one decimal is "100.0": the rounding brought one digit more.
    if (digits > 0 && std::abs(std::stod(text)) >= std::pow(10.0, 3 - digits))
        text = fmt::format("{:.{}f}", value, std::clamp(digits - 1, 0, 9));
    return text;
}

std::string duration_text(double nanoseconds) {
    if (nanoseconds >= 999.5e6) return significant(nanoseconds / 1e9) + " s";
    if (nanoseconds >= 999.5e3) return significant(nanoseconds / 1e6) + " ms";
    if (nanoseconds >= 999.5) return significant(nanoseconds / 1e3) + " µs";
    return fmt::format("{:.0f} ns", nanoseconds);
}

std::string span_text(Nanoseconds span) {
    std::string text = duration_text(span);
    const std::size_t blank = text.find(' ');
    const std::size_t point = text.find('.');
    if (point > blank) return text;
    const std::size_t last = text.find_last_not_of('0', blank - 1);
    return text.erase(last == point ? point : last + 1, blank - (last == point ? point : last + 1));
}

std::string rate_text(double per_second) {
    return significant(per_second) + "/s";
}

std::string mebibytes_text(double mebibytes) {
    if (mebibytes >= 1023.5) return significant(mebibytes / 1024) + " GiB";
    return significant(mebibytes) + " MiB";
}

std::string bytes_text(Bytes bytes) {
    if (bytes.count < 1024) return fmt::format("{} B", bytes.count);
    if (bytes.mebibytes() < 0.9995) return significant(static_cast<double>(bytes.count) / 1024) + " KiB";
    return mebibytes_text(bytes.mebibytes());
}

std::string limit_text(Bytes bytes) {
    if (bytes.count % (1U << 20U) != 0) return mebibytes_text(bytes.mebibytes());
    std::string text = to_text(bytes);
    return text.insert(text.find_first_not_of("0123456789"), " ");
}

std::string limit_text(Nanoseconds duration) {
    std::string text = to_text(duration);
    return text.insert(text.find_first_not_of("0123456789"), " ");
}

std::string level_text(LoadModel model, std::int64_t level) {
    if (model == LoadModel::open) return fmt::format("{} requests/s", level);
    return counted(level, "user");
}

std::string_view plural(RequestErrorKind kind) {
    constexpr std::array<std::string_view, k_request_error_kinds> names{
        "failed connects",         "timeouts",
        "connection resets",       "protocol errors",
        "answers with status 4xx", "answers with status 5xx",
        "wrong answers",           "failures of the load generator"};
    return names[static_cast<std::size_t>(kind)];
}

std::string statuses_text(const StatusCounts& statuses) {
    std::string text;
    for (const auto& [status, count] : statuses)
        text += fmt::format("{}{} × {}", text.empty() ? "" : " · ", status, count);
    return text;
}

std::string counted(std::int64_t count, const std::string& noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace joust::model
