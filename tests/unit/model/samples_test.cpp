#include "model/samples.hpp"

#include <gtest/gtest.h>

namespace joust::model {
namespace {

TEST(IssuedIds, AreReadBackFromTheirText) {
    const IssuedIds ids{.prefix = "run-3-", .order = SecretOrder::drawn(), .issued = 7};
    for (const std::uint64_t sequence : {0ULL, 5ULL, 0xabcdef123456ULL}) {
        const std::string id = ids.id(sequence);
        const auto parts = IssuedIds::parsed(id);
        ASSERT_TRUE(parts);
        EXPECT_EQ(parts->prefix, ids.prefix);
        EXPECT_EQ(ids.order.number_at(parts->place), sequence);
    }
    EXPECT_EQ(IssuedIds::parsed("00000000000a")->prefix, "");
    for (const char* other : {"", "a", "00000000000", "run-3-00000000000A", "run-3-00000000000 "})
        EXPECT_FALSE(IssuedIds::parsed(other)) << other;
}

}  // namespace
}  // namespace joust::model
