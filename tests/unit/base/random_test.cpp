#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace joust {
namespace {

TEST(Random, is_the_generator_of_the_standard) {
    Random random;
    random.discard(9999);
    EXPECT_EQ(random(), 9981545732273789042ULL);  // [rand.predef]: the 10000th value
}

TEST(RandomFor, repeats_for_a_seed_and_purpose_and_differs_else) {
    EXPECT_EQ(random_for(1, "order")(), random_for(1, "order")());
    EXPECT_NE(random_for(1, "order")(), random_for(2, "order")());
    EXPECT_NE(random_for(1, "order")(), random_for(1, "arrivals")());
}

// A changed sequence would silently change what a published seed means.
TEST(RandomFor, keeps_its_sequence) {
    Random random = random_for(1, "order");
    EXPECT_EQ(random(), 9257041760131505232ULL);
    std::vector<int> items(6);
    std::iota(items.begin(), items.end(), 0);
    shuffle(items, random);
    EXPECT_EQ(items, (std::vector<int>{5, 4, 2, 0, 3, 1}));
}

TEST(UniformBelow, gives_each_number_equally_often) {
    Random random = random_for(7, "test");
    std::vector<int> seen(3);
    for (int i = 0; i < 30'000; ++i)
        ++seen.at(uniform_below(random, 3));
    for (const int count : seen)
        EXPECT_NEAR(count, 10'000, 400);  // five standard deviations
}

TEST(UniformBelow, has_no_bias_for_a_large_bound) {
    Random random = random_for(7, "test");
    // A plain remainder would give the lower half of this range two thirds of the draws.
    constexpr std::uint64_t bound = 3ULL << 62;
    int lower = 0;
    for (int i = 0; i < 10'000; ++i)
        lower += uniform_below(random, bound) < bound / 2 ? 1 : 0;
    EXPECT_NEAR(lower, 5'000, 250);
    EXPECT_EQ(uniform_below(random, 1), 0U);
}

TEST(UniformOpen, stays_inside_and_fills_the_interval) {
    Random random = random_for(7, "test");
    double sum = 0;
    double low = 1;
    double high = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double value = uniform_open(random);
        ASSERT_GT(value, 0);
        ASSERT_LT(value, 1);
        sum += value;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    EXPECT_NEAR(sum / 100'000, 0.5, 0.005);
    EXPECT_LT(low, 0.001);
    EXPECT_GT(high, 0.999);
}

TEST(Shuffle, makes_every_order_equally_often) {
    Random random = random_for(7, "test");
    std::map<std::vector<int>, int> seen;
    for (int i = 0; i < 12'000; ++i) {
        std::vector<int> items = {1, 2, 3};
        shuffle(items, random);
        ++seen[items];
    }
    ASSERT_EQ(seen.size(), 6U);
    for (const auto& [order, count] : seen)
        EXPECT_NEAR(count, 2'000, 210);  // five standard deviations
}

TEST(Shuffle, bears_nothing_and_one_item) {
    Random random = random_for(7, "test");
    std::vector<int> none;
    shuffle(none, random);
    EXPECT_TRUE(none.empty());
    std::vector<int> one = {4};
    shuffle(one, random);
    EXPECT_EQ(one, std::vector<int>{4});
}

}  // namespace
}  // namespace joust
