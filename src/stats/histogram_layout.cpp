#include "stats/histogram_layout.hpp"

namespace joust::stats {

Result<HistogramLayout> HistogramLayout::make(std::int64_t lowest, std::int64_t highest, int digits) {
    if (digits < 0 || digits > 5)
        return fail(ErrorKind::bad_input, "a histogram has 0 to 5 significant digits, not {}", digits);
    if (lowest < 1)
        return fail(ErrorKind::bad_input, "the lowest discernible value of a histogram is at least 1, not {}",
                    lowest);
    if (highest / 2 < lowest)
        return fail(ErrorKind::bad_input,
                    "the highest value of a histogram ({}) is at least twice the lowest discernible one ({})",
                    highest, lowest);
    // Five digits need 18 bits; values have 63, so a unit of up to 2^44 always fits.
    if (lowest > (std::int64_t{1} << 44))
        return fail(ErrorKind::bad_input, "the lowest discernible value {} of a histogram is too large",
                    lowest);
    return HistogramLayout(lowest, highest, digits);
}

}  // namespace joust::stats
