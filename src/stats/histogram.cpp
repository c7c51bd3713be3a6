#include "stats/histogram.hpp"

#include <sys/mman.h>

#include <cmath>
#include <new>

namespace joust::stats {

// Not calloc: it reuses freed memory of this size, and touches every page to make it zero.
Histogram::Counts Histogram::zeroed(std::size_t size) {
    void* const memory = ::mmap(nullptr, size * sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return Counts(static_cast<std::uint64_t*>(memory), Unmap{size});
}

void Histogram::Unmap::operator()(std::uint64_t* counts) const {
    ::munmap(counts, size * sizeof(std::uint64_t));
}

Histogram::Histogram(const HistogramLayout& layout) : layout_(layout), counts_(zeroed(layout.size())) {}

Histogram::Histogram(const Histogram& other) : Histogram(other.layout_) {
    merge(other);
}

Histogram& Histogram::operator=(const Histogram& other) {
    if (this != &other) *this = Histogram(other);
    return *this;
}

void Histogram::record_counter(std::size_t index, std::uint64_t count) {
    const Bucket bucket{layout_.lowest_at(index), layout_.highest_at(index), count};
    record(bucket.lowest, 0);
    record(bucket.highest, 0);
    record(bucket.middle(), count);
}

void Histogram::merge(const Histogram& other) {
    if (other.empty()) return;
    const Sum sum = sum_ + other.sum_;
    const std::size_t first = other.layout_.index_of(other.min_);
    const std::size_t last = other.layout_.index_of(other.max_);
    if (layout_ == other.layout_) {
        for (std::size_t i = first; i <= last; ++i)
            counts_[i] += other.counts_[i];
        count_ += other.count_;
        min_ = std::min(min_, other.min_);
        max_ = std::max(max_, other.max_);
    } else {
        for (std::size_t i = first; i <= last; ++i) {
            if (other.counts_[i] == 0) continue;
            const std::int64_t value = std::min(other.layout_.lowest_at(i), layout_.top());
            record(value, other.counts_[i]);
            record(layout_.highest_at(layout_.index_of(value)), 0);  // the maximum is not known any closer
        }
    }
    sum_ = sum;
    clamped_ += other.clamped_;
}

void Histogram::reset() {
    if (!empty()) {
        const std::size_t first = layout_.index_of(min_);
        std::fill_n(counts_.get() + first, layout_.index_of(max_) - first + 1, 0);
    }
    count_ = 0;
    clamped_ = 0;
    sum_ = 0;
    min_ = std::numeric_limits<std::int64_t>::max();
    max_ = 0;
}

double Histogram::mean() const {
    if (empty()) return 0;
    // Merged from another layout, the extremes are those of counters, which need not hold the values.
    return std::clamp(static_cast<double>(sum_) / static_cast<double>(count_), static_cast<double>(min_),
                      static_cast<double>(max_));
}

double Histogram::stddev() const {
    if (empty()) return 0;
    double center = 0;
    for_each_bucket([&](const Bucket& bucket) {
        center += static_cast<double>(bucket.middle()) * static_cast<double>(bucket.count) /
                  static_cast<double>(count_);
    });
    double squares = 0;
    for_each_bucket([&](const Bucket& bucket) {
        const double deviation = static_cast<double>(bucket.middle()) - center;
        squares += deviation * deviation * static_cast<double>(bucket.count);
    });
    return std::sqrt(squares / static_cast<double>(count_));
}

std::int64_t Histogram::value_at_quantile(double quantile) const {
    if (empty()) return 0;
    if (!(quantile > 0)) return min_;
    // One step down, as HdrHistogram does, so that 0.999 * 1000 is not rounded up to rank 1000.
    const double share = std::min(std::nextafter(quantile, 0.0), 1.0);
    const auto rank = std::max<std::uint64_t>(
        static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))), 1);
    std::uint64_t seen = 0;
    const std::size_t last = layout_.index_of(max_);
    for (std::size_t i = layout_.index_of(min_); i < last; ++i) {
        seen += counts_[i];
        if (seen >= rank) return layout_.highest_at(i);
    }
    return max_;
}

std::uint64_t Histogram::count_at_or_below(std::int64_t value) const {
    if (empty() || value < 0) return 0;
    const std::size_t last = layout_.index_of(std::min({value, max_, layout_.top()}));
    std::uint64_t seen = 0;
    for (std::size_t i = layout_.index_of(min_); i <= last; ++i)
        seen += counts_[i];
    return seen;
}

bool operator==(const Histogram& a, const Histogram& b) {
    if (a.layout_ != b.layout_ || a.count_ != b.count_) return false;
    if (a.empty()) return true;
    const std::size_t first = a.layout_.index_of(std::min(a.min_, b.min_));
    const std::size_t end = a.layout_.index_of(std::max(a.max_, b.max_)) + 1;
    return std::equal(a.counts_.get() + first, a.counts_.get() + end, b.counts_.get() + first);
}

}  // namespace joust::stats
