#include "base/secret_order.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.hpp"

namespace joust {
namespace {

SecretOrder order_of(std::uint64_t seed) {
    Random random(seed);
    SecretOrder::Key key;
    for (SecretOrder::RoundKey& round : key)
        round = {.added = random(), .first = random(), .second = random()};
    return SecretOrder(key);
}

RC_GTEST_PROP(SecretOrder, isUndoneWhateverTheKey, ()) {
    SecretOrder::Key key;
    for (SecretOrder::RoundKey& round : key)
        round = {.added = *rc::gen::arbitrary<std::uint64_t>(),
                 .first = *rc::gen::arbitrary<std::uint64_t>(),
                 .second = *rc::gen::arbitrary<std::uint64_t>()};
    const SecretOrder order = *rc::gen::arbitrary<bool>() ? SecretOrder(key) : SecretOrder();
    const auto any = rc::gen::inRange<std::uint64_t>(0, SecretOrder::k_numbers);
    const auto end = rc::gen::element<std::uint64_t>(0, 1, 0xffffff, 0x1000000, 0xffffff000000,
                                                     SecretOrder::k_numbers - 1);
    const std::uint64_t number = *rc::gen::oneOf(any, end);
    RC_ASSERT(order.place(number) < SecretOrder::k_numbers);
    RC_ASSERT(order.number_at(order.place(number)) == number);
    RC_ASSERT(order.place(order.number_at(number)) == number);
}

TEST(SecretOrder, WithoutAKeyLeavesEachNumberInItsPlace) {
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{5}, SecretOrder::k_numbers - 1})
        EXPECT_EQ(SecretOrder().place(number), number);
}

// Of 10 000 numbers in a row, no step from a place to the next one is small or like another, in either half.
TEST(SecretOrder, NeighboursAreNoNeighboursAndNoStepTellsAnother) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const SecretOrder order = order_of(seed);
        std::set<std::uint64_t> steps;
        std::map<std::uint64_t, int> halves;
        for (std::uint64_t number = 0; number < 10'000; ++number) {
            const std::uint64_t here = order.place(number);
            const std::uint64_t next = order.place(number + 1);
            const std::uint64_t step = (next - here) % SecretOrder::k_numbers;
            EXPECT_GT(std::min(step, SecretOrder::k_numbers - step), 1000U);
            EXPECT_TRUE(steps.insert(step).second) << "the step from " << number << " came before";
            ++halves[(next - here) & 0xffffffU];
            ++halves[0x1000000U | (((next >> 24U) - (here >> 24U)) & 0xffffffU)];
        }
        for (const auto& [step, times] : halves)
            EXPECT_LE(times, 4) << "step " << step << " of a half, seed " << seed;
    }
}

TEST(SecretOrder, IsAnotherByEachKey) {
    const SecretOrder one = order_of(1);
    const SecretOrder other = order_of(2);
    for (std::uint64_t number = 0; number < 1000; ++number)
        EXPECT_NE(one.place(number), other.place(number));
    EXPECT_NE(SecretOrder::drawn(), SecretOrder::drawn());
    EXPECT_NE(SecretOrder::drawn().place(0), SecretOrder::drawn().place(0));
}

}  // namespace
}  // namespace joust
