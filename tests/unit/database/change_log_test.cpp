#include "database/change_log.hpp"

#include <gtest/gtest.h>

namespace joust::database {
namespace {

std::optional<std::uint64_t> bytes_between(const char* start, const char* end) {
    return bytes_of({.before = {}, .after = {}, .database = {}, .start = start, .end = end});
}

TEST(ChangeLogBytes, AreTheDistanceOfItsPlaces) {
    EXPECT_EQ(bytes_between("0/1A28", "0/1A28"), 0U);
    EXPECT_EQ(bytes_between("0/1000", "0/2800"), 0x1800U);
    EXPECT_EQ(bytes_between("16/FFFFFFFF", "17/0"), 1U) << "the second number counts up to 2^32";
}

TEST(ChangeLogBytes, AreUnknownWhereAPlaceIsNone) {
    for (const char* none : {"", "0", "0/", "/0", "0/x", "0/1 ", "1/100000000"})
        EXPECT_EQ(bytes_between("0/0", none), std::nullopt) << none;
    EXPECT_EQ(bytes_between("0/2", "0/1"), std::nullopt) << "it ends before it begins";
}

}  // namespace
}  // namespace joust::database
