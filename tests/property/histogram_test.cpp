#include "stats/histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/histogram_codec.hpp"
#include "stats/hlog.hpp"

namespace joust::stats {
namespace {

using Values = std::vector<std::int64_t>;

// Log-uniform over the range, as latencies are: a uniform draw would hardly ever be below a minute.
rc::Gen<std::int64_t> latency() {
    return rc::gen::mapcat(rc::gen::inRange(0, 43), [](int bits) {
        return rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << bits);
    });
}
rc::Gen<Values> latencies() {
    return rc::gen::container<Values>(latency());
}
rc::Gen<Values> some_latencies() {
    return rc::gen::nonEmpty(latencies());
}
rc::Gen<double> share() {
    return rc::gen::map(rc::gen::inRange(0, 1'000'001), [](int millionths) { return millionths / 1e6; });
}
rc::Gen<HistogramLayout> layouts() {
    return rc::gen::map(
        rc::gen::tuple(rc::gen::inRange(0, 30), rc::gen::inRange(1, 33), rc::gen::inRange(0, 6)),
        [](const auto& t) {
            const auto [low_bits, more_bits, digits] = t;
            return *HistogramLayout::make(std::int64_t{1} << low_bits,
                                          std::int64_t{1} << (low_bits + more_bits), digits);
        });
}

Histogram of(const Values& values, const HistogramLayout& layout = {}) {
    Histogram histogram(layout);
    for (const std::int64_t value : values)
        histogram.record(value);
    return histogram;
}

RC_GTEST_PROP(Histogram, a_quantile_is_at_most_a_thousandth_above_the_value_of_its_rank, ()) {
    Values values = *some_latencies();
    const double quantile = *share();
    const std::int64_t found = of(values).value_at_quantile(quantile);
    std::sort(values.begin(), values.end());
    const double rank = std::ceil(quantile * static_cast<double>(values.size()) - 1e-6);
    const std::int64_t exact = values.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
    RC_ASSERT(found >= exact);
    RC_ASSERT(static_cast<double>(found - exact) <= 0.001 * static_cast<double>(exact));
    RC_ASSERT(found <= values.back());
}

RC_GTEST_PROP(Histogram, the_mean_is_exact_to_a_thousandth, ()) {
    const Values values = *some_latencies();
    double sum = 0;
    for (const std::int64_t value : values)
        sum += static_cast<double>(value);
    const double exact = sum / static_cast<double>(values.size());
    RC_ASSERT(std::abs(of(values).mean() - exact) <= 0.001 * exact);
}

RC_GTEST_PROP(Histogram, extremes_and_count_are_exact, ()) {
    const Values values = *some_latencies();
    const Histogram histogram = of(values);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    RC_ASSERT(histogram.min() == *low);
    RC_ASSERT(histogram.max() == *high);
    RC_ASSERT(histogram.count() == values.size());
}

RC_GTEST_PROP(Histogram, merging_is_recording_both, ()) {
    const Values left = *latencies();
    const Values right = *latencies();
    Values both = left;
    both.insert(both.end(), right.begin(), right.end());
    Histogram merged = of(left);
    merged.merge(of(right));
    const Histogram recorded = of(both);
    RC_ASSERT(merged == recorded);
    RC_ASSERT(merged.min() == recorded.min());
    RC_ASSERT(merged.max() == recorded.max());
}

RC_GTEST_PROP(Histogram, reset_is_a_new_one, ()) {
    Histogram histogram = of(*latencies());
    histogram.reset();
    RC_ASSERT(histogram == Histogram{});
    const Values values = *latencies();
    for (const std::int64_t value : values)
        histogram.record(value);
    RC_ASSERT(histogram == of(values));
}

RC_GTEST_PROP(Histogram, listed_counters_hold_every_value, ()) {
    const Values values = *latencies();
    std::size_t counted = 0;
    of(values).for_each_bucket([&](const Histogram::Bucket& bucket) {
        const auto inside = std::count_if(values.begin(), values.end(), [&](std::int64_t value) {
            return bucket.lowest <= value && value <= bucket.highest;
        });
        RC_ASSERT(bucket.count == static_cast<std::uint64_t>(inside));
        counted += bucket.count;
    });
    RC_ASSERT(counted == values.size());
}

RC_GTEST_PROP(HistogramCodec, decoding_undoes_encoding_in_any_layout, ()) {
    const HistogramLayout layout = *layouts();
    Histogram histogram(layout);
    const auto counts = *rc::gen::container<std::vector<std::pair<std::int64_t, std::uint32_t>>>(
        rc::gen::pair(latency(), rc::gen::arbitrary<std::uint32_t>()));
    for (const auto& [value, count] : counts)
        histogram.record(value, count);
    const auto decoded = decode(encode(histogram));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == histogram);
    RC_ASSERT(decoded->layout() == layout);
}

RC_GTEST_PROP(Hlog, reading_undoes_writing, ()) {
    const WallTime start{
        std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(40'000'000'000, 4'000'000'000'000))};
    std::vector<HlogInterval> intervals;
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i)
        intervals.push_back(
            {.tag = *rc::gen::element<std::string>("", "response_time", "POST|/users", "Tag="),
             .start = start + std::chrono::milliseconds(*rc::gen::inRange(0, 1'000'000)),
             .length = std::chrono::milliseconds(*rc::gen::inRange(0, 1'000'000)),
             .histogram = of(*latencies())});
    const auto log = read_hlog(*write_hlog(start, "a comment", intervals));
    RC_ASSERT(log.has_value());
    RC_ASSERT(log->start == start);
    RC_ASSERT(log->intervals == intervals);
}

}  // namespace
}  // namespace joust::stats
