#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace joust::load {

/// A coarse histogram (16 counters an octave, 6 %) for live views and time series: small enough to copy ten
/// times a second. Two snapshots subtract to what happened in between.
class LiveHistogram {
public:
    static constexpr std::size_t k_size = 640;  ///< 1 ns to 18 min; more counts as the top

    static constexpr std::size_t index_of(std::int64_t value) {
        if (value < 16) return value < 0 ? 0 : static_cast<std::size_t>(value);
        const auto bits = static_cast<std::uint64_t>(value);
        const auto octave = static_cast<std::size_t>(std::bit_width(bits)) - 5;  // 16 … 31 is octave 0
        const std::size_t index = 16 + octave * 16 + ((bits >> octave) & 15U);
        return index < k_size ? index : k_size - 1;
    }
    /// Middle of the values that count at `index`.
    static constexpr std::int64_t value_at(std::size_t index) {
        if (index < 16) return static_cast<std::int64_t>(index);
        const std::size_t octave = (index - 16) / 16;
        const std::uint64_t low = (16 + (index & 15U)) << octave;
        return static_cast<std::int64_t>(low + ((std::uint64_t{1} << octave) >> 1));
    }

    void add(std::size_t index, std::uint64_t count) { counts_[index] += count; }
    void record(std::int64_t value) { ++counts_[index_of(value)]; }
    void merge(const LiveHistogram& other);
    [[nodiscard]] LiveHistogram since(const LiveHistogram& earlier) const;
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] std::uint64_t count_at(std::size_t index) const { return counts_[index]; }
    /// Rank ceil(quantile * count); 0 when empty.
    [[nodiscard]] std::int64_t value_at_quantile(double quantile) const;
    friend bool operator==(const LiveHistogram&, const LiveHistogram&) = default;

private:
    std::array<std::uint64_t, k_size> counts_{};
};

}  // namespace joust::load
