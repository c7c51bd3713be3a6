#include "rules/redirects.hpp"

#include <gtest/gtest.h>

#include "report/words/rules.hpp"

namespace joust::rules {
namespace {

TEST(Redirects, AreToldWhereTheyAreMostOfTheAnswers) {
    const auto redirects = mostly_redirects({{301, 1}, {302, 97}, {200, 2}});
    ASSERT_TRUE(redirects);
    EXPECT_EQ(report::words::sentence({.rule = model::Rule::redirects, .facts = *redirects}),
              "98 % of the answers are redirects (301 × 1 · 302 × 97), which are not followed; without "
              "--expect-status none is an error for its status");
    EXPECT_TRUE(mostly_redirects({{304, 2}, {500, 1}}));
    EXPECT_FALSE(mostly_redirects({{302, 50}, {200, 50}}));
    EXPECT_FALSE(mostly_redirects({{299, 10}, {400, 10}, {302, 1}}));
    EXPECT_FALSE(mostly_redirects({}));
}

}  // namespace
}  // namespace joust::rules
