#include "cli/criterion_argument.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/quantity.hpp"
#include "base/text.hpp"

namespace joust::cli {
namespace {

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0) || !std::isfinite(value))
        return std::nullopt;
    return value;
}

bool take_quantity(std::string_view name, model::Criterion& criterion) {
    using Quantity = model::Criterion::Quantity;
    if (name == "goodput" || name == "rps")
        criterion.quantity = Quantity::goodput;
    else if (name == "errors" || name == "error_rate")
        criterion.quantity = Quantity::error_rate;
    else if (name == "mean")
        criterion.quantity = Quantity::response_time_mean;
    else if (name == "max")
        criterion.quantity = Quantity::response_time_max;
    else if (const auto percent = name.starts_with('p') ? number(name.substr(1)) : std::nullopt;
             percent && *percent <= 100) {
        criterion.quantity = Quantity::response_time_quantile;
        criterion.quantile = *percent / 100;
    } else {
        return false;
    }
    return true;
}

bool take_bound(std::string_view text, model::Criterion& criterion) {
    using Quantity = model::Criterion::Quantity;
    if (criterion.quantity == Quantity::goodput || criterion.quantity == Quantity::error_rate) {
        const bool share = text.ends_with('%');
        const auto value = number(trimmed(share ? text.substr(0, text.size() - 1) : text));
        const bool errors = criterion.quantity == Quantity::error_rate;
        // Without % it could be a share or a count, unless it is none at all.
        if (!value || share != (errors && (share || *value != 0)) || (share && *value > 100)) return false;
        criterion.bound = share ? *value / 100 : *value;
        return true;
    }
    std::string packed(text);  // "200 ms" too
    std::erase(packed, ' ');
    const auto duration = parse_duration(packed);
    if (duration) criterion.bound = static_cast<double>(duration->count());
    return duration.has_value();
}

}  // namespace

Result<model::Criterion> parse_criterion(std::string_view flag, std::string_view text) {
    const std::size_t sign = text.find_first_of("<>");
    model::Criterion criterion{.text = std::string(text)};
    if (sign != std::string_view::npos) {
        criterion.above = text[sign] == '>';
        criterion.or_equal = text.substr(sign + 1).starts_with('=');
        if (take_quantity(trimmed(text.substr(0, sign)), criterion) &&
            take_bound(trimmed(text.substr(sign + (criterion.or_equal ? 2 : 1))), criterion))
            return criterion;
    }
    return fail(ErrorKind::bad_input,
                "{} \"{}\" is not understood; write for example 'p99>200ms', 'mean>50ms', 'errors>1%' or "
                "'goodput<1000'",
                flag, text);
}

}  // namespace joust::cli
