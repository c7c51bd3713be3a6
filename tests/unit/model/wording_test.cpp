#include "model/wording.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace joust::model {
namespace {

TEST(wording, a_share_reads_as_whole_or_none_only_when_it_is) {
    const std::pair<double, const char*> cases[] = {
        {0, "0 %"},     {0.00003, "<0.01 %"}, {0.0002, "0.02 %"},   {0.034, "3.4 %"}, {0.0996, "10 %"},
        {0.34, "34 %"}, {0.9949, "99.5 %"},   {0.99996, ">99.9 %"}, {1, "100 %"},     {0.01, "1 %"}};
    for (const auto& [share, text] : cases)
        EXPECT_EQ(percent(share), text) << share;
}

TEST(wording, numbers_have_three_digits) {
    const std::pair<double, const char*> cases[] = {{0, "0"},        {0.01234, "0.0123"}, {1.234, "1.23"},
                                                    {9.996, "10.0"}, {99.96, "100"},      {999.6, "1000"},
                                                    {12345, "12345"}};
    for (const auto& [value, text] : cases)
        EXPECT_EQ(significant(value), text) << value;
}

TEST(wording, durations_have_the_unit_that_fits) {
    const std::pair<double, const char*> cases[] = {{12, "12 ns"},        {850e3, "850 µs"},
                                                    {999.6e3, "1.00 ms"}, {12.34e6, "12.3 ms"},
                                                    {1.25e9, "1.25 s"},   {61e9, "61.0 s"}};
    for (const auto& [value, text] : cases)
        EXPECT_EQ(duration_text(value), text) << value;
}

TEST(wording, levels_say_their_unit) {
    EXPECT_EQ(level_text(LoadModel::closed, 1), "1 user");
    EXPECT_EQ(level_text(LoadModel::closed, 200), "200 users");
    EXPECT_EQ(level_text(LoadModel::open, 200), "200 requests/s");
}

}  // namespace
}  // namespace joust::model
