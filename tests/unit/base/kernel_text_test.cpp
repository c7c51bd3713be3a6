#include "base/kernel_text.hpp"

#include <gtest/gtest.h>

namespace joust {
namespace {

TEST(KernelText, TakesANumberAndSaysWhereThereIsNone) {
    EXPECT_EQ(leading_number(" 42 kB"), 42U);
    EXPECT_EQ(leading_number("0"), 0U);
    EXPECT_EQ(leading_number("18446744073709551615"), ~std::uint64_t{0});
    EXPECT_EQ(leading_number("18446744073709551616"), std::nullopt);
    EXPECT_EQ(leading_number("max"), std::nullopt);
    EXPECT_EQ(leading_number(""), std::nullopt);
}

TEST(KernelText, FindsAValueByItsWholeKey) {
    constexpr std::string_view k_status =
        "nonvoluntary_ctxt_switches:\t7\nvoluntary_ctxt_switches:\t9\nRssAnon:\t  12 kB\n";
    EXPECT_EQ(number_of(k_status, "voluntary_ctxt_switches"), 9U);
    EXPECT_EQ(number_of(k_status, "nonvoluntary_ctxt_switches"), 7U);
    EXPECT_EQ(value_of(k_status, "RssAnon", ':'), "12 kB");
    EXPECT_EQ(number_of(k_status, "RssFile"), std::nullopt);
    EXPECT_EQ(value_of("NAME=a=b\n", "NAME", '='), "a=b");
}

TEST(KernelText, MakesATableOfKeysAndNumbers) {
    const NumberTable table = number_table("usage_usec 12\nnr_throttled 0\nalone\n");
    EXPECT_EQ(in(table, "usage_usec"), 12);
    EXPECT_EQ(in(table, "nr_throttled"), 0);
    EXPECT_EQ(in(table, "alone"), std::nullopt);
}

TEST(KernelText, HasNoFirstLineOfAFileThatIsNotThere) {
    EXPECT_EQ(first_line("/proc/self/nothing"), std::nullopt);
    EXPECT_TRUE(first_line("/proc/self/comm").has_value());
}

}  // namespace
}  // namespace joust
