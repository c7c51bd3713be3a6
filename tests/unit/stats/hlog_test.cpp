#include "stats/hlog.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "stats/histogram_codec.hpp"

namespace joust::stats {
namespace {

using std::chrono::milliseconds;

WallTime at(std::int64_t ms_since_epoch) {
    return WallTime(milliseconds(ms_since_epoch));
}

Histogram of(std::initializer_list<std::int64_t> values) {
    Histogram histogram;
    for (const std::int64_t value : values)
        histogram.record(value);
    return histogram;
}

std::string hlog_error(const std::string& text) {
    const auto log = read_hlog(text);
    if (log) return "no error";
    EXPECT_EQ(log.error().kind, ErrorKind::bad_input);
    return log.error().message;
}

TEST(Hlog, reads_the_published_log_with_its_published_figures) {
    const auto text = read_file(JOUST_SOURCE_DIR "/tests/golden/hlog/jHiccup-2.0.7S.logV2.hlog");
    ASSERT_TRUE(text) << text.error().message;
    const auto log = read_hlog(*text);
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(log->intervals.size(), 62U);
    EXPECT_EQ(log->start, at(1441812279474));
    Histogram all;
    for (const HlogInterval& interval : log->intervals)
        all.merge(interval.histogram);
    EXPECT_EQ(all.count(), 48'761U);
    EXPECT_EQ(all.value_at_quantile(0.999), 1'745'879'039);
    EXPECT_EQ(all.max(), 1'796'210'687);
    EXPECT_EQ(log->intervals.front().start, at(1441812279474 + 127));
    EXPECT_EQ(log->intervals.front().length, milliseconds(1007));
    EXPECT_EQ(log->intervals.front().tag, "");
}

TEST(Hlog, writes_the_lines_of_the_format) {
    const std::vector<HlogInterval> intervals = {
        {.tag = "",
         .start = at(1'000'000'000'250),
         .length = milliseconds(1500),
         .histogram = of({2'500'000})},
        {.tag = "a", .start = at(1'000'000'001'000), .length = milliseconds(2), .histogram = Histogram{}}};
    const auto text = write_hlog(at(1'000'000'000'000), "from\nhere", intervals);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(*text,
              "#[from]\n"
              "#[here]\n"
              "#[Histogram log format version 1.3]\n"
              "#[StartTime: 1000000000.000 (seconds since epoch), 2001-09-09T01:46:40Z]\n"
              "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
              "0.250,1.500,2.500," +
                  encode(of({2'500'000})) + "\nTag=a,1.000,0.002,0.000," + encode(Histogram{}) + "\n");
}

TEST(Hlog, reads_back_what_it_wrote) {
    const std::vector<HlogInterval> intervals = {
        {.tag = "response_time",
         .start = at(1'700'000'000'000),
         .length = milliseconds(30'000),
         .histogram = of({1, 2, 3})},
        {.tag = "service_time",
         .start = at(1'700'000'000'000),
         .length = milliseconds(30'000),
         .histogram = of({5'000'000})},
        {.tag = "", .start = at(1'700'000'030'000), .length = milliseconds(999), .histogram = Histogram{}}};
    const auto log = read_hlog(*write_hlog(at(1'700'000'000'000), "", intervals));
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(log->start, at(1'700'000'000'000));
    EXPECT_EQ(log->intervals, intervals);
}

TEST(Hlog, refuses_to_write_a_tag_that_breaks_the_line) {
    for (const auto* tag : {"a,b", "a b", "a\nb", "a\tb", "a\r"})
        EXPECT_FALSE(
            hlog_line({.tag = tag, .start = at(0), .length = milliseconds(1), .histogram = {}}, at(0)))
            << tag;
}

const std::string k_empty = encode(Histogram{});

struct TimeRow {
    const char* why;
    std::string head;
    std::string stamp;
    std::int64_t start_ms;
};

TEST(Hlog, finds_out_what_its_stamps_are_relative_to) {
    for (const auto& [why, head, stamp, start_ms] : std::vector<TimeRow>{
             {"small stamps count from the start time",
              "#[StartTime: 1700000000.5 (seconds since epoch), x]\n", "1.25", 1'700'000'001'750},
             {"stamps near the start time are absolute", "#[StartTime: 1700000000 (seconds since epoch)]\n",
              "1700000001.25", 1'700'000'001'250},
             {"a base time decides",
              "#[StartTime: 1700000000 (seconds since epoch)]\n#[BaseTime: 1600000000.000 (seconds since "
              "epoch)]\n",
              "2", 1'600'000'002'000},
             {"without a start time the first stamp is it", "", "1700000003.000", 1'700'000'003'000}}) {
        const auto log = read_hlog(head + stamp + ",1.0,0.0," + k_empty + "\n");
        ASSERT_TRUE(log) << why << ": " << log.error().message;
        EXPECT_EQ(log->intervals.front().start, at(start_ms)) << why;
    }
}

TEST(Hlog, a_log_without_start_or_intervals_has_no_start) {
    const auto log = read_hlog("# nothing\n\n");
    ASSERT_TRUE(log);
    EXPECT_EQ(log->start, std::nullopt);
    EXPECT_TRUE(log->intervals.empty());
    EXPECT_TRUE(read_hlog(""));
}

TEST(Hlog, bears_foreign_line_ends_and_a_missing_last_one) {
    const auto log = read_hlog("#x\r\n1,2,3," + k_empty + "\r\n4,5,6," + k_empty);
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(log->intervals.size(), 2U);
}

TEST(Hlog, names_the_line_of_what_is_malformed) {
    EXPECT_EQ(hlog_error("#[StartTime: yesterday]\n"),
              "line 1: \"yesterday\" is not a time in seconds since the epoch");
    EXPECT_EQ(hlog_error("#a\n#[BaseTime: ]\n"), "line 2: \"\" is not a time in seconds since the epoch");
    EXPECT_EQ(hlog_error("#a\n\nTag=x"), "line 3: nothing follows the interval's tag");
    EXPECT_EQ(hlog_error("hello"),
              "line 1: an interval has four fields (start, length, maximum, histogram) between commas");
    EXPECT_EQ(hlog_error("1,2,3,4,5").substr(0, 42), "line 1: an interval has four fields (start");
    EXPECT_EQ(hlog_error("x,2,3," + k_empty), "line 1: \"x\" is not a start in seconds");
    EXPECT_EQ(hlog_error("-1,2,3," + k_empty), "line 1: \"-1\" is not a start in seconds");
    EXPECT_EQ(hlog_error("99999999999,2,3," + k_empty), "line 1: \"99999999999\" is not a start in seconds");
    EXPECT_EQ(hlog_error("1,2.5x,3," + k_empty), "line 1: \"2.5x\" is not a length in seconds");
    EXPECT_EQ(hlog_error("1,2,nan," + k_empty), "line 1: the maximum \"nan\" is not a number");
    EXPECT_EQ(hlog_error("1,2,3,HISTF"), "line 1: the histogram is not valid base64");
}

TEST(Hlog, an_error_of_the_visitor_ends_the_reading) {
    int visits = 0;
    const auto start =
        read_hlog("1,2,3," + k_empty + "\n1,2,3," + k_empty + "\n", [&](const HlogInterval&) -> Status {
            ++visits;
            return fail(ErrorKind::interrupted, "enough");
        });
    ASSERT_FALSE(start);
    EXPECT_EQ(start.error(), (Error{ErrorKind::interrupted, "line 1: enough"}));
    EXPECT_EQ(visits, 1);
}

TEST(Hlog, does_not_hold_a_log_without_bound) {
    std::string text;
    for (int i = 0; i < 20'000; ++i)
        text += "1,2,3," + k_empty + "\n";
    EXPECT_EQ(hlog_error(text),
              "line 16385: the log is too long to be held in memory (16384 intervals so far)");
}

}  // namespace
}  // namespace joust::stats
