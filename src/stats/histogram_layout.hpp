#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/error.hpp"

namespace joust::stats {

/// How an HDR histogram maps values to counters: HdrHistogram's scheme, so that the counters of one can be
/// written as those of the other. Values up to `sub_buckets * unit` have one counter per unit; above, each
/// power of two is split into `sub_buckets / 2` counters of equal width.
class HistogramLayout {
public:
    /// Nanoseconds from 1 ns to 2^42 - 1 ns (1 h 13 min) with three significant digits: 33 792 counters.
    constexpr HistogramLayout() : HistogramLayout(1, (std::int64_t{1} << 42) - 1, 3) {}

    /// For histograms of other programs. `lowest` >= 1 is the lowest discernible value, `highest` >= 2 *
    /// lowest, `digits` 0 to 5; else an error of kind bad_input.
    static Result<HistogramLayout> make(std::int64_t lowest, std::int64_t highest, int digits);

    [[nodiscard]] constexpr std::int64_t lowest() const { return lowest_; }
    [[nodiscard]] constexpr std::int64_t highest() const { return highest_; }
    [[nodiscard]] constexpr int digits() const { return digits_; }
    /// Number of counters.
    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    /// Largest value that has a counter; at least highest().
    [[nodiscard]] constexpr std::int64_t top() const { return top_; }

    /// The counter of `value`, which is in [0, top()].
    [[nodiscard]] constexpr std::size_t index_of(std::int64_t value) const {
        const auto bits = static_cast<std::uint64_t>(value);
        // The mask keeps small values in bucket 0 without a branch.
        const int bucket = std::bit_width(bits | first_bucket_mask_) - first_bucket_bits_;
        const auto sub_bucket = static_cast<std::size_t>(bits >> (bucket + unit_magnitude_));
        return (static_cast<std::size_t>(bucket) << half_magnitude_) + sub_bucket;
    }
    /// Smallest value of the counter at `index`.
    [[nodiscard]] constexpr std::int64_t lowest_at(std::size_t index) const {
        const std::size_t half = std::size_t{1} << half_magnitude_;
        const int bucket = bucket_at(index);
        const std::size_t sub_bucket = bucket == 0 ? index : (index & (half - 1)) + half;
        return static_cast<std::int64_t>(sub_bucket << (bucket + unit_magnitude_));
    }
    /// Number of values that share the counter at `index`; a power of two.
    [[nodiscard]] constexpr std::int64_t width_at(std::size_t index) const {
        return std::int64_t{1} << (bucket_at(index) + unit_magnitude_);
    }
    [[nodiscard]] constexpr std::int64_t highest_at(std::size_t index) const {
        return lowest_at(index) + (width_at(index) - 1);
    }
    /// The value that stands for the counter in means.
    [[nodiscard]] constexpr std::int64_t middle_at(std::size_t index) const {
        return lowest_at(index) + width_at(index) / 2;
    }

    friend constexpr bool operator==(const HistogramLayout&, const HistogramLayout&) = default;

private:
    constexpr HistogramLayout(std::int64_t lowest, std::int64_t highest, int digits)
        : lowest_(lowest), highest_(highest), digits_(digits) {
        std::uint64_t single_units = 2;  // up to 2 * 10^digits the resolution has to be one unit
        for (int i = 0; i < digits; ++i)
            single_units *= 10;
        unit_magnitude_ = std::bit_width(static_cast<std::uint64_t>(lowest)) - 1;
        half_magnitude_ = std::bit_width(single_units - 1) - 1;
        first_bucket_bits_ = unit_magnitude_ + half_magnitude_ + 1;
        first_bucket_mask_ = ((std::uint64_t{1} << (half_magnitude_ + 1)) - 1) << unit_magnitude_;
        int top_bits = std::bit_width(static_cast<std::uint64_t>(highest));
        if (top_bits < first_bucket_bits_) top_bits = first_bucket_bits_;
        top_ = static_cast<std::int64_t>((std::uint64_t{1} << top_bits) - 1);
        size_ = static_cast<std::size_t>(top_bits - first_bucket_bits_ + 2) << half_magnitude_;
    }
    // Buckets 1 and up own half as many counters as bucket 0: their lower half is the bucket below.
    [[nodiscard]] constexpr int bucket_at(std::size_t index) const {
        const auto row = static_cast<int>(index >> half_magnitude_);
        return row == 0 ? 0 : row - 1;
    }

    std::int64_t lowest_;
    std::int64_t highest_;
    int digits_;
    int unit_magnitude_ = 0;
    int half_magnitude_ = 0;
    int first_bucket_bits_ = 0;
    std::uint64_t first_bucket_mask_ = 0;
    std::int64_t top_ = 0;
    std::size_t size_ = 0;
};

}  // namespace joust::stats
