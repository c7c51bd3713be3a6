#include "model/wording.hpp"

#include <gtest/gtest.h>

#include <cmath>

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

TEST(wording, spans_have_no_digits_that_say_nothing) {
    using namespace std::chrono_literals;
    const std::pair<Nanoseconds, const char*> rows[] = {
        {10s, "10 s"}, {1500ms, "1.5 s"}, {19'975ms, "20 s"}, {250ms, "250 ms"},
        {1ms, "1 ms"}, {1800s, "1800 s"}, {215us, "215 µs"},  {100s, "100 s"},
        {1ns, "1 ns"}, {10ms, "10 ms"},   {1050ms, "1.05 s"}};
    for (const auto& [span, text] : rows)
        EXPECT_EQ(span_text(span), text);
}

TEST(wording, bytes_have_the_unit_that_fits) {
    const std::pair<std::uint64_t, const char*> rows[] = {
        {0, "0 B"}, {1023, "1023 B"}, {1536, "1.50 KiB"}, {1 << 20, "1.00 MiB"}, {3ULL << 30U, "3.00 GiB"}};
    for (const auto& [count, text] : rows)
        EXPECT_EQ(bytes_text(Bytes{count}), text);
}

TEST(wording, levels_say_their_unit) {
    EXPECT_EQ(level_text(LoadModel::closed, 1), "1 user");
    EXPECT_EQ(level_text(LoadModel::closed, 200), "200 users");
    EXPECT_EQ(level_text(LoadModel::open, 200), "200 requests/s");
}

TEST(significant, of_what_is_no_number_has_words) {
    EXPECT_EQ(significant(HUGE_VAL), "∞");
    EXPECT_EQ(significant(std::nan("")), "–");
    EXPECT_EQ(significant(1e308).size(), 309U);
}

}  // namespace
}  // namespace joust::model
