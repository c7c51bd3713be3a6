#include "load/pacing/free_places.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

FreePlaces with_taken(std::size_t places) {
    FreePlaces free(places);
    for (std::size_t i = 0; i < places; ++i)
        free.take();
    return free;
}

TEST(FreePlaces, AreAsManyAsAllowed) {
    FreePlaces free(2);
    EXPECT_EQ(free.take(), 0U);
    EXPECT_EQ(free.take(), 1U);
    EXPECT_EQ(free.take(), std::nullopt);
}

TEST(FreePlaces, GiveTheConnectionThatWasUsedLastFirst) {
    FreePlaces free = with_taken(3);
    free.put(1, true);
    free.put(2, true);
    free.put(0, true);
    EXPECT_EQ(free.take(), 0U);
    EXPECT_EQ(free.take(), 2U);
    free.put(0, true);
    EXPECT_EQ(free.take(), 0U);
    EXPECT_EQ(free.take(), 1U);
}

TEST(FreePlaces, GiveConnectedOnesBeforeOthersAndTheseBeforeNewOnes) {
    FreePlaces free(3);
    free.take();
    free.take();
    free.put(0, false);
    free.put(1, true);
    EXPECT_EQ(free.take(), 1U);
    EXPECT_EQ(free.take(), 0U);
    EXPECT_EQ(free.take(), 2U);
}

/// What is taken after one of four connected places has lost its connection.
std::vector<ExchangeId> after_disconnecting(ExchangeId lost) {
    FreePlaces free = with_taken(4);
    for (ExchangeId id = 0; id < 4; ++id)
        free.put(id, true);
    free.disconnect(lost);
    std::vector<ExchangeId> taken;
    while (const std::optional<ExchangeId> id = free.take())
        taken.push_back(*id);
    return taken;
}

TEST(FreePlaces, LoseAConnectionWhereverItStands) {
    EXPECT_EQ(after_disconnecting(0), (std::vector<ExchangeId>{3, 2, 1, 0}));
    EXPECT_EQ(after_disconnecting(1), (std::vector<ExchangeId>{3, 2, 0, 1}));
    EXPECT_EQ(after_disconnecting(2), (std::vector<ExchangeId>{3, 1, 0, 2}));
    EXPECT_EQ(after_disconnecting(3), (std::vector<ExchangeId>{2, 1, 0, 3}));
}

}  // namespace
}  // namespace joust::load
