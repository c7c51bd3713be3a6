#include "load/operation_mix.hpp"

#include <gtest/gtest.h>

#include <array>

namespace joust::load {
namespace {

std::vector<Operation> with_weights(const std::vector<std::int64_t>& weights) {
    std::vector<Operation> operations(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        operations[i].weight = weights[i];
    return operations;
}

TEST(OperationMix, DrawsByWeight) {
    const OperationMix mix(with_weights({1, 3, 6}));
    Random random = random_for(1, "mix");
    std::array<int, 3> drawn{};
    for (int i = 0; i < 100'000; ++i)
        ++drawn.at(mix.pick(random));
    EXPECT_NEAR(drawn[0], 10'000, 500);
    EXPECT_NEAR(drawn[1], 30'000, 700);
    EXPECT_NEAR(drawn[2], 60'000, 800);
}

TEST(OperationMix, DrawsNothingFromOne) {
    const OperationMix mix(with_weights({7}));
    Random random = random_for(1, "mix");
    Random untouched = random_for(1, "mix");
    EXPECT_EQ(mix.pick(random), 0U);
    EXPECT_EQ(uniform_below(random, 1'000'000), uniform_below(untouched, 1'000'000));
}

}  // namespace
}  // namespace joust::load
