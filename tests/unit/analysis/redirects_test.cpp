#include "analysis/redirects.hpp"

#include <gtest/gtest.h>

namespace joust::analysis {
namespace {

TEST(Redirects, AreToldWhereTheyAreMostOfTheAnswers) {
    EXPECT_EQ(mostly_redirects({{301, 1}, {302, 97}, {200, 2}}),
              "98 % of the answers are redirects (301 × 1 · 302 × 97), which are not followed");
    EXPECT_TRUE(mostly_redirects({{304, 2}, {500, 1}}));
    EXPECT_FALSE(mostly_redirects({{302, 50}, {200, 50}}));
    EXPECT_FALSE(mostly_redirects({{299, 10}, {400, 10}, {302, 1}}));
    EXPECT_FALSE(mostly_redirects({}));
}

}  // namespace
}  // namespace joust::analysis
