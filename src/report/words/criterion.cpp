#include "report/words/criterion.hpp"

#include <fmt/format.h>

#include <cmath>

#include "model/wording.hpp"

namespace joust::report::words {

std::string found_text(const model::Criterion& criterion, const model::FoundValue& found) {
    using Quantity = model::Criterion::Quantity;
    if (criterion.quantity == Quantity::goodput) return model::rate_text(found.value);
    if (criterion.quantity == Quantity::error_rate) return model::percent(found.value);
    if (!std::isfinite(found.value)) return "not known: nothing was answered";
    const std::string time = model::duration_text(found.value);
    return found.at_least ? fmt::format("not known, but at least {}: requests never ended", time) : time;
}

}  // namespace joust::report::words
