#include "model/samples.hpp"

#include <fmt/format.h>

#include <numeric>

namespace joust::model {

std::string_view name(RequestErrorKind kind) {
    constexpr std::array<std::string_view, k_request_error_kinds> names{
        "connect", "timeout", "reset", "protocol", "status_4xx", "status_5xx", "body", "generator"};
    return names[static_cast<std::size_t>(kind)];
}

std::uint64_t RequestErrors::total() const {
    return std::accumulate(count.begin(), count.end(), std::uint64_t{0});
}

std::uint64_t total(const StatusCounts& statuses) {
    return std::accumulate(statuses.begin(), statuses.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
}

StatusCounts redirects(const StatusCounts& statuses) {
    return {statuses.lower_bound(300), statuses.lower_bound(400)};
}

std::string IssuedIds::id(std::uint64_t sequence) const {
    return fmt::format("{}{:012x}", prefix, order.place(sequence));
}

std::optional<IssuedIds::Parts> IssuedIds::parsed(std::string_view id) {
    constexpr std::size_t k_digits = 12;
    if (id.size() < k_digits) return std::nullopt;
    Parts parts{.prefix = id.substr(0, id.size() - k_digits)};
    for (const char digit : id.substr(parts.prefix.size())) {
        const std::size_t value = std::string_view("0123456789abcdef").find(digit);
        if (value == std::string_view::npos) return std::nullopt;
        parts.place = parts.place * 16 + value;
    }
    return parts;
}

double Samples::goodput_rps() const {
    return window > Nanoseconds{0} ? static_cast<double>(completed_in_window) / joust::seconds(window) : 0.0;
}

double error_rate(const RequestCounts& requests, const RequestErrors& errors) {
    const std::uint64_t own = errors[RequestErrorKind::generator];
    const std::uint64_t bad = requests.failed + requests.timed_out + requests.unfinished - own;
    return requests.started == own ? 0.0
                                   : static_cast<double>(bad) / static_cast<double>(requests.started - own);
}

double Samples::error_rate() const {
    return model::error_rate(requests, errors);
}

}  // namespace joust::model
