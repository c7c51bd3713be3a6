#include "stats/histogram.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace joust::stats {
namespace {

constexpr std::int64_t k_hour = 3'600'000'000'000;

Histogram of(const std::vector<std::int64_t>& values) {
    Histogram histogram;
    for (const std::int64_t value : values)
        histogram.record(value);
    return histogram;
}

std::vector<Histogram::Bucket> buckets(const Histogram& histogram) {
    std::vector<Histogram::Bucket> found;
    histogram.for_each_bucket([&](const Histogram::Bucket& bucket) { found.push_back(bucket); });
    return found;
}

// The figures of HdrHistogram's own scheme: 2048 units in the first bucket, 1024 counters for each doubling.
TEST(HistogramLayout, has_the_counters_of_hdr_histogram) {
    const HistogramLayout layout;
    EXPECT_EQ(layout.size(), 33U * 1024U);
    EXPECT_GT(layout.top(), k_hour);
    struct Row {
        std::int64_t value, lowest, highest;
    };
    for (const auto& [value, lowest, highest] :
         std::vector<Row>{{0, 0, 0},
                          {1, 1, 1},
                          {2047, 2047, 2047},
                          {2048, 2048, 2049},
                          {2049, 2048, 2049},
                          {4095, 4094, 4095},
                          {4096, 4096, 4099},
                          {1'000'000, 999'936, 1'000'447},
                          {layout.top(), layout.top() - (1LL << 31) + 1, layout.top()}}) {
        const std::size_t index = layout.index_of(value);
        EXPECT_EQ(layout.lowest_at(index), lowest) << value;
        EXPECT_EQ(layout.highest_at(index), highest) << value;
    }
    EXPECT_EQ(layout.index_of(layout.top()), layout.size() - 1);
}

TEST(HistogramLayout, has_no_gap_and_no_overlap) {
    for (const auto& layout :
         {*HistogramLayout::make(1000, k_hour, 3), *HistogramLayout::make(1, 1'000'000, 2),
          *HistogramLayout::make(1, 2, 0), *HistogramLayout::make(3, 1'000'000, 5)}) {
        std::int64_t next = 0;
        for (std::size_t i = 0; i < layout.size(); ++i) {
            ASSERT_EQ(layout.lowest_at(i), next);
            ASSERT_EQ(layout.index_of(layout.lowest_at(i)), i);
            ASSERT_EQ(layout.index_of(layout.highest_at(i)), i);
            next = layout.highest_at(i) + 1;
        }
        EXPECT_EQ(next - 1, layout.top());
        EXPECT_GE(layout.top(), layout.highest());
    }
}

TEST(HistogramLayout, reaches_the_largest_number) {
    const auto layout = HistogramLayout::make(1, INT64_MAX, 5);
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->top(), INT64_MAX);
    EXPECT_EQ(layout->highest_at(layout->index_of(INT64_MAX)), INT64_MAX);
}

TEST(HistogramLayout, refuses_what_has_no_meaning) {
    EXPECT_FALSE(HistogramLayout::make(1, 100, 6));
    EXPECT_FALSE(HistogramLayout::make(1, 100, -1));
    EXPECT_FALSE(HistogramLayout::make(0, 100, 3));
    EXPECT_FALSE(HistogramLayout::make(100, 199, 3));
    EXPECT_TRUE(HistogramLayout::make(100, 200, 3));
    EXPECT_FALSE(HistogramLayout::make(INT64_MAX / 2, INT64_MAX, 3));
}

TEST(Histogram, starts_empty_and_says_so) {
    const Histogram histogram;
    EXPECT_TRUE(histogram.empty());
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.min(), 0);
    EXPECT_EQ(histogram.max(), 0);
    EXPECT_EQ(histogram.mean(), 0);
    EXPECT_EQ(histogram.stddev(), 0);
    EXPECT_EQ(histogram.value_at_quantile(0.5), 0);
    EXPECT_TRUE(buckets(histogram).empty());
}

TEST(Histogram, keeps_minimum_and_maximum_exact) {
    const Histogram histogram = of({123'456'789, 987'654'321});
    EXPECT_EQ(histogram.min(), 123'456'789);
    EXPECT_EQ(histogram.max(), 987'654'321);
    EXPECT_EQ(histogram.value_at_quantile(0), 123'456'789);
    EXPECT_EQ(histogram.value_at_quantile(1), 987'654'321);
}

TEST(Histogram, gives_the_value_whose_rank_is_the_quantile_rounded_up) {
    std::vector<std::int64_t> values(1000);
    std::iota(values.begin(), values.end(), 1);
    const Histogram histogram = of(values);
    EXPECT_EQ(histogram.value_at_quantile(0.0), 1);
    EXPECT_EQ(histogram.value_at_quantile(0.001), 1);
    EXPECT_EQ(histogram.value_at_quantile(0.0011), 2);
    EXPECT_EQ(histogram.value_at_quantile(0.5), 500);
    EXPECT_EQ(histogram.value_at_quantile(0.5001), 501);
    EXPECT_EQ(histogram.value_at_quantile(0.999), 999);
    EXPECT_EQ(histogram.value_at_quantile(1.0), 1000);
    EXPECT_EQ(histogram.value_at_quantile(7.0), 1000);
    EXPECT_EQ(histogram.value_at_quantile(-1), 1);
}

TEST(Histogram, does_not_round_a_rank_up_for_a_bit_in_the_last_place) {
    std::vector<std::int64_t> values(100);
    std::iota(values.begin(), values.end(), 1);
    static_assert(0.07 * 100 > 7);
    EXPECT_EQ(of(values).value_at_quantile(0.07), 7);
}

TEST(Histogram, gives_the_highest_equivalent_value_but_never_more_than_the_maximum) {
    const Histogram histogram = of({1'000'000, 1'000'001, 5'000'000});
    EXPECT_EQ(histogram.value_at_quantile(0.5), 1'000'447);
    EXPECT_EQ(histogram.value_at_quantile(0.99), 5'000'000);
}

TEST(Histogram, computes_the_deviation_from_middle_values) {
    const Histogram small = of({2, 4, 4, 4, 5, 5, 7, 9});
    EXPECT_DOUBLE_EQ(small.mean(), 5);
    EXPECT_DOUBLE_EQ(small.stddev(), 2);
}

TEST(Histogram, has_the_exact_mean_of_what_was_recorded_or_merged) {
    Histogram histogram = of({1'000'000});  // in the counter [999936, 1000447]
    EXPECT_EQ(histogram.mean(), 1'000'000);
    histogram.merge(of({1'000'001, 1'000'002}));
    EXPECT_DOUBLE_EQ(histogram.mean(), 1'000'001);
    histogram.record(histogram.layout().top(), 1'000'000'000);  // their sum has more than 64 bits
    EXPECT_LE(histogram.mean(), static_cast<double>(histogram.max()));
    EXPECT_GT(histogram.mean(), 0.9999 * static_cast<double>(histogram.max()));
    histogram.reset();
    histogram.record(7);
    EXPECT_EQ(histogram.mean(), 7);
}

TEST(Histogram, has_a_mean_within_its_extremes_whatever_it_was_merged_from) {
    Histogram coarse(*HistogramLayout::make(1000, k_hour, 2));
    coarse.record(7'777'777);
    EXPECT_EQ(coarse.mean(), 7'777'777);
    Histogram fine;
    fine.merge(coarse);  // the counter's lowest value, 7766016, and the fine counter's highest
    EXPECT_GE(fine.mean(), static_cast<double>(fine.min()));
    EXPECT_LE(fine.mean(), static_cast<double>(fine.max()));
}

/// A counter stands for its middle value, as in HdrHistogram.
TEST(Histogram, takes_the_middle_of_a_counter_whose_values_are_not_known) {
    Histogram histogram;
    histogram.record_counter(histogram.layout().index_of(1'000'000), 3);
    EXPECT_EQ(histogram.count(), 3U);
    EXPECT_EQ(histogram.min(), 999'936);
    EXPECT_EQ(histogram.max(), 1'000'447);
    EXPECT_DOUBLE_EQ(histogram.mean(), 1'000'192);
}

TEST(Histogram, clamps_and_counts_what_is_out_of_range) {
    Histogram histogram;
    const std::int64_t top = histogram.layout().top();
    histogram.record(top + 1);
    histogram.record(INT64_MAX, 3);
    histogram.record(-5);
    histogram.record(INT64_MIN);
    EXPECT_EQ(histogram.count(), 6U);
    EXPECT_EQ(histogram.clamped(), 4U);
    EXPECT_EQ(histogram.max(), top);
    EXPECT_EQ(histogram.min(), 0);
    histogram.record(top);
    EXPECT_EQ(histogram.clamped(), 4U);
}

TEST(Histogram, merges_by_addition) {
    Histogram left = of({10, 20, 1'000'000});
    const Histogram right = of({5, 20, 2'000'000'000});
    left.merge(right);
    EXPECT_EQ(left, of({10, 20, 1'000'000, 5, 20, 2'000'000'000}));
    EXPECT_EQ(left.min(), 5);
    EXPECT_EQ(left.max(), 2'000'000'000);
    EXPECT_EQ(left.count(), 6U);
}

TEST(Histogram, merging_an_empty_one_changes_nothing) {
    Histogram histogram = of({10, 20});
    histogram.merge(Histogram{});
    EXPECT_EQ(histogram, of({10, 20}));
    EXPECT_EQ(histogram.min(), 10);
}

TEST(Histogram, merges_another_layout_within_its_resolution) {
    Histogram coarse(*HistogramLayout::make(1000, k_hour, 2));
    coarse.record(7'777'777);
    coarse.record(7'777'778);
    coarse.record(k_hour / 2);
    Histogram fine;
    fine.record(3);
    fine.merge(coarse);
    EXPECT_EQ(fine.count(), 4U);
    EXPECT_EQ(fine.min(), 3);
    EXPECT_EQ(fine.value_at_quantile(0.5), 7'770'111);  // counter at 237 * 2^15, 2^12 wide
    EXPECT_EQ(fine.max(), 1'796'370'071'551);           // 209 * 2^33 + 2^30 - 1
    std::uint64_t listed = 0;
    fine.for_each_bucket([&](const Histogram::Bucket& bucket) { listed += bucket.count; });
    EXPECT_EQ(listed, 4U);
}

TEST(Histogram, reset_forgets_values_but_not_the_layout) {
    Histogram histogram(*HistogramLayout::make(1, 1'000'000, 2));
    histogram.record(5);
    histogram.record(5'000'000);
    histogram.reset();
    EXPECT_EQ(histogram, Histogram(*HistogramLayout::make(1, 1'000'000, 2)));
    EXPECT_EQ(histogram.clamped(), 0U);
    histogram.record(100);
    EXPECT_EQ(histogram.min(), 100);
    EXPECT_EQ(histogram.max(), 100);
}

TEST(Histogram, lists_its_counters_by_rising_value) {
    Histogram histogram;
    histogram.record(4097, 2);
    histogram.record(7);
    histogram.record(4098);
    EXPECT_EQ(buckets(histogram), (std::vector<Histogram::Bucket>{{7, 7, 1}, {4096, 4099, 3}}));
}

TEST(Histogram, counts_values_up_to_a_limit) {
    const Histogram histogram = of({10, 20, 30});
    EXPECT_EQ(histogram.count_at_or_below(9), 0U);
    EXPECT_EQ(histogram.count_at_or_below(20), 2U);
    EXPECT_EQ(histogram.count_at_or_below(INT64_MAX), 3U);
    EXPECT_EQ(histogram.count_at_or_below(-1), 0U);
}

TEST(Histogram, a_copy_is_independent) {
    Histogram original = of({10, 20});
    Histogram copy = original;
    copy.record(30);
    EXPECT_EQ(original, of({10, 20}));
    original = copy;
    EXPECT_EQ(original, of({10, 20, 30}));
    const Histogram moved = std::move(copy);
    EXPECT_EQ(moved, original);
}

TEST(Histogram, differs_by_one_count_or_by_layout) {
    EXPECT_NE(of({10, 20}), of({10, 21}));
    EXPECT_NE(of({10}), of({10, 10}));
    EXPECT_NE(Histogram{}, Histogram(*HistogramLayout::make(1, 1'000'000, 2)));
}

}  // namespace
}  // namespace joust::stats
