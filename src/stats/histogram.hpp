#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>

#include "stats/histogram_layout.hpp"

namespace joust::stats {

/// Counts values, usually nanoseconds, in constant memory with a bounded relative error: 1/1024 (three
/// digits) in the default layout, from 1 ns to 1 h 13 min in 264 KiB, of which only pages in use count.
/// One thread records; histograms of several threads are merged afterwards. Moved from, it may only be
/// assigned to.
class Histogram {
public:
    /// One counter: `count` values in [lowest, highest].
    struct Bucket {
        std::int64_t lowest;
        std::int64_t highest;
        std::uint64_t count;

        /// The value that stands for the counter in means.
        [[nodiscard]] std::int64_t middle() const { return lowest + (highest - lowest + 1) / 2; }
        friend bool operator==(const Bucket&, const Bucket&) = default;
    };

    Histogram() : Histogram(HistogramLayout{}) {}
    explicit Histogram(const HistogramLayout& layout);
    Histogram(const Histogram& other);
    Histogram& operator=(const Histogram& other);
    Histogram(Histogram&& other) noexcept = default;
    Histogram& operator=(Histogram&& other) noexcept = default;
    ~Histogram() = default;

    /// Adds one value; never allocates. Above layout().top() it counts as top() and in clamped(), below 0 as
    /// 0.
    void record(std::int64_t value) noexcept { record(value, 1); }
    /// Adds `count` equal values; a count of 0 only widens min() and max().
    void record(std::int64_t value, std::uint64_t count) noexcept {
        const std::int64_t kept = std::clamp<std::int64_t>(value, 0, layout_.top());
        counts_[layout_.index_of(kept)] += count;
        count_ += count;
        sum_ += static_cast<Sum>(kept) * count;
        clamped_ += value > layout_.top() ? count : 0;
        min_ = std::min(min_, kept);
        max_ = std::max(max_, kept);
    }
    /// Adds `count` values of which only the counter is known: they count as its middle value in the mean,
    /// and the extremes are known to the resolution. `index` below layout().size().
    void record_counter(std::size_t index, std::uint64_t count);
    /// Adds all values of `other`; exact between equal layouts. Else each counter moves as its lowest
    /// value, as in HdrHistogram, and the extremes are known to the resolution only.
    void merge(const Histogram& other);
    /// Forgets all values; keeps the layout and the memory.
    void reset();

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// The number of values that were above the range.
    [[nodiscard]] std::uint64_t clamped() const { return clamped_; }
    /// Exact smallest and largest value (after clamping); of a decoded histogram, to its resolution. 0 when
    /// empty.
    [[nodiscard]] std::int64_t min() const { return empty() ? 0 : min_; }
    [[nodiscard]] std::int64_t max() const { return empty() ? 0 : max_; }
    /// Exact mean (after clamping); of a decoded histogram, over the counters' middle values, as HdrHistogram
    /// computes it. From min() to max(); 0 when empty.
    [[nodiscard]] double mean() const;
    /// Standard deviation (of the population) over the counters' middle values; 0 when empty.
    [[nodiscard]] double stddev() const;
    /// The largest value equivalent to the one of rank ceil(quantile * count), as HdrHistogram defines it,
    /// but never above max(). `quantile` is in [0, 1], and 0 gives min(); 0 when empty.
    [[nodiscard]] std::int64_t value_at_quantile(double quantile) const;
    /// Number of values that are at most `value` to the histogram's resolution.
    [[nodiscard]] std::uint64_t count_at_or_below(std::int64_t value) const;

    [[nodiscard]] const HistogramLayout& layout() const { return layout_; }
    /// Count at an index below layout().size(), for the codec.
    [[nodiscard]] std::uint64_t count_at(std::size_t index) const { return counts_[index]; }
    /// Calls visit(Bucket) for every counter that is not zero, by rising value.
    template <typename Visit>
    void for_each_bucket(Visit&& visit) const {
        if (empty()) return;
        const std::size_t end = layout_.index_of(max_) + 1;
        for (std::size_t i = layout_.index_of(min_); i < end; ++i)
            if (counts_[i] != 0) visit(Bucket{layout_.lowest_at(i), layout_.highest_at(i), counts_[i]});
    }

    /// Same layout and counters. (Exact minimum and maximum and clamped() do not count: a log does not keep
    /// them.)
    friend bool operator==(const Histogram& a, const Histogram& b);

private:
    __extension__ using Sum = unsigned __int128;  // a million hours in ns, and more, are above 64 bits

    // Pages of counters that were never written cost no memory: a run keeps thousands of histograms.
    struct Unmap {
        std::size_t size = 0;
        void operator()(std::uint64_t* counts) const;
    };
    using Counts = std::unique_ptr<std::uint64_t[], Unmap>;
    static Counts zeroed(std::size_t size);

    HistogramLayout layout_;
    Counts counts_;
    std::uint64_t count_ = 0;
    std::uint64_t clamped_ = 0;
    Sum sum_ = 0;
    std::int64_t min_ = std::numeric_limits<std::int64_t>::max();
    std::int64_t max_ = 0;
};

}  // namespace joust::stats
