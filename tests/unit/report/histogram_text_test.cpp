#include "report/histogram_text.hpp"
#include "base/bars.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "base/text_width.hpp"
#include "report/table.hpp"

namespace joust::report {
namespace {

using ::testing::HasSubstr;

stats::Histogram times(const std::vector<std::pair<std::int64_t, std::uint64_t>>& values) {
    stats::Histogram histogram;
    for (const auto& [value, count] : values)
        histogram.record(value, count);
    return histogram;
}

TEST(HistogramText, HasNoRowWithoutAValueOrWithoutRoom) {
    EXPECT_TRUE(histogram_rows({}, {}).empty());
    EXPECT_TRUE(histogram_rows(times({{1000, 1}}), {.rows = 0}).empty());
}

TEST(HistogramText, DrawsEqualValuesAsOneFullRow) {
    const auto rows = histogram_rows(times({{1'000'000, 10}}), {.rows = 8, .columns = 70});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_THAT(rows[0], HasSubstr("1.00 ms"));
    EXPECT_THAT(rows[0], HasSubstr("100 %"));
    EXPECT_THAT(rows[0], HasSubstr("p50 p90 p99 p99.9"));
}

TEST(HistogramText, PutsPercentilesNextToTheRowsTheyLieIn) {
    const auto rows =
        histogram_rows(times({{1'000'000, 900}, {100'000'000, 100}}), {.rows = 5, .columns = 80});
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_THAT(rows.front(), HasSubstr("p50 p90"));
    EXPECT_THAT(rows.front(), HasSubstr("90 %"));
    EXPECT_THAT(rows.back(), HasSubstr("p99 p99.9"));
    EXPECT_THAT(rows.back(), HasSubstr("100 ms"));
}

TEST(HistogramText, ShowsEvenASingleSlowRequest) {
    const auto rows =
        histogram_rows(times({{1'000'000, 100'000}, {900'000'000, 1}}), {.rows = 6, .columns = 80});
    EXPECT_THAT(rows.back(), HasSubstr("▏"));
    EXPECT_THAT(rows.back(), HasSubstr("<0.01 %"));
    EXPECT_THAT(rows[3], Not(HasSubstr("▏")));
}

TEST(HistogramText, CountsEveryValueOnce) {
    stats::Histogram histogram;
    for (std::int64_t value = 1000; value < 3'000'000; value += 777)
        histogram.record(value);
    double sum = 0;
    for (const std::string& row : histogram_rows(histogram, {.rows = 12, .columns = 59})) {
        const std::size_t end = row.rfind(" %");
        sum += std::stod(row.substr(row.find_last_of(' ', end - 1), end));
    }
    EXPECT_NEAR(sum, 100, 1.5);  // shares are rounded
}

TEST(HistogramText, FitsTheWidthItIsGiven) {
    const stats::Histogram histogram = times({{1000, 1}, {50'000, 70}, {1'000'000, 30}, {70'000'000, 3}});
    for (const int columns : {20, 30, 43, 59, 60, 79, 200})
        for (const bool ascii : {false, true})
            for (const std::string& row : histogram_rows(histogram, {.columns = columns, .ascii = ascii}))
                EXPECT_LE(display_width(row), static_cast<std::size_t>(columns)) << row;
}

TEST(HistogramText, IsPlainAsciiWhereItMustBe) {
    for (const std::string& row :
         histogram_rows(times({{1000, 1}, {50'000, 70}, {1'000'000, 30}}), {.ascii = true}))
        for (const char c : row)
            EXPECT_LT(static_cast<unsigned char>(c), 0x80U) << row;
}

TEST(Sparkline, IsAsHighAsItsHighestValue) {
    EXPECT_EQ(sparkline({0, 1, 2}, false), "▁▅█");
    EXPECT_EQ(sparkline({0, 0}, false), "▁▁");
    EXPECT_EQ(sparkline({0, 7}, true), "_#");
    EXPECT_EQ(sparkline({}, false), "");
}

TEST(ToAscii, ReplacesWhatIsKnownAndMarksTheRest) {
    EXPECT_EQ(to_ascii("12 µs · A ÷ B … é"), "12 us - A / B ... ?");
}

}  // namespace
}  // namespace joust::report
