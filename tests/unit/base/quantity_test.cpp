#include "base/quantity.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace joust {
namespace {

using namespace std::chrono_literals;

TEST(ParseBytes, knows_binary_and_decimal_units) {
    for (const auto& [text, count] :
         std::vector<std::pair<std::string, std::uint64_t>>{{"512", 512},
                                                            {"17B", 17},
                                                            {"64KiB", 65'536},
                                                            {"2GiB", 2'147'483'648},
                                                            {"1TiB", 1'099'511'627'776},
                                                            {"1.5KiB", 1'536},
                                                            {"100MB", 100'000'000},
                                                            {"3kB", 3'000},
                                                            {"0", 0},
                                                            {"0GiB", 0}})
        EXPECT_EQ(parse_bytes(text), Bytes{count}) << text;
}

TEST(ParseBytes, says_what_to_write_instead) {
    for (const auto* text :
         {"", "MiB", "2gib", "2 GiB", "2Gi", "-1", "-1MiB", "1e30", "inf", "nan", "2GiBx", "99999999TiB"}) {
        const auto result = parse_bytes(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().kind, ErrorKind::bad_input);
        EXPECT_EQ(result.error().message,
                  "\"" + std::string(text) +
                      "\" is not an amount of memory; write for example \"512MiB\" or \"2GiB\"");
    }
}

TEST(ParseDuration, says_how_long_one_may_be) {
    EXPECT_EQ(parse_duration("87600h"), 87600h);
    for (const auto* text : {"2000000h", "87601h", "5256001m", "1e9s"}) {
        const auto result = parse_duration(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().message,
                  "\"" + std::string(text) + "\" is too long; write at most 87600h, which is ten years");
    }
    for (const auto* text : {"inf", "infs", "nan", "nans", "1e400s", "0x10s", "-1ns", "+1s", "1e", "1es"})
        EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(ParseDuration, requires_a_unit_except_for_zero) {
    for (const auto& [text, duration] : std::vector<std::pair<std::string, Nanoseconds>>{{"0", 0s},
                                                                                         {"0s", 0s},
                                                                                         {"7ns", 7ns},
                                                                                         {"10us", 10us},
                                                                                         {"250ms", 250ms},
                                                                                         {"1.5s", 1500ms},
                                                                                         {"30s", 30s},
                                                                                         {"2m", 2min},
                                                                                         {"1h", 1h}})
        EXPECT_EQ(parse_duration(text), duration) << text;
    for (const auto* text : {"", "30", "s", "-1s", "1 s", "1min", "1d", "300000000h"}) {
        const auto result = parse_duration(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().message,
                  "\"" + std::string(text) +
                      "\" is not a duration; write for example \"250ms\", \"30s\" or \"2m\"");
    }
}

TEST(ToText, writes_the_largest_unit_without_a_fraction) {
    EXPECT_EQ(to_text(Bytes{0}), "0B");
    EXPECT_EQ(to_text(Bytes{17}), "17B");
    EXPECT_EQ(to_text(Bytes{1'536}), "1536B");
    EXPECT_EQ(to_text(Bytes{2'147'483'648}), "2GiB");
    EXPECT_EQ(to_text(Bytes{100'000'000}), "100MB");
    EXPECT_EQ(to_text(Nanoseconds(0s)), "0s");
    EXPECT_EQ(to_text(Nanoseconds(90s)), "90s");
    EXPECT_EQ(to_text(Nanoseconds(250ms)), "250ms");
    EXPECT_EQ(to_text(Nanoseconds(1'500'001us)), "1500001us");
    EXPECT_EQ(to_text(Nanoseconds(1ns)), "1ns");
}

TEST(ToText, is_read_back_to_the_same_value) {
    for (const std::uint64_t count : {0ULL, 1ULL, 999ULL, 1'000ULL, 1'024ULL, 1'536ULL, 1'000'000ULL,
                                      1'024'000ULL, 1'048'576ULL, 123'456'789ULL, 1'099'511'627'776ULL})
        EXPECT_EQ(parse_bytes(to_text(Bytes{count})), Bytes{count});
    for (const Nanoseconds duration : {Nanoseconds(0), Nanoseconds(1), Nanoseconds(1'001), Nanoseconds(90s),
                                       Nanoseconds(36h), Nanoseconds(1'500ms)})
        EXPECT_EQ(parse_duration(to_text(duration)), duration);
}

TEST(Spoken, is_for_people) {
    EXPECT_EQ(spoken(38s), "38 s");
    EXPECT_EQ(spoken(59'400ms), "59 s");
    EXPECT_EQ(spoken(59'600ms), "1 min");
    EXPECT_EQ(spoken(252s), "4 min 12 s");
    EXPECT_EQ(spoken(1h), "1 h");
    EXPECT_EQ(spoken(2h + 5min + 40s), "2 h 5 min");
}

TEST(Spoken, hides_nothing_of_what_somebody_has_set) {
    EXPECT_EQ(spoken_exactly(5s), "5 s");
    EXPECT_EQ(spoken_exactly(1500ms), "1.5 s");
    EXPECT_EQ(spoken_exactly(250ms), "250 ms");
    EXPECT_EQ(spoken_exactly(0s), "0 s");
    EXPECT_EQ(spoken_exactly(90'250ms), "1 min 30.25 s");
    EXPECT_EQ(spoken_exactly(10min), "10 min");
    EXPECT_EQ(spoken_exactly(1h), "1 h");
    EXPECT_EQ(spoken_exactly(2h + 5min + 40s), "2 h 5 min 40 s");
    EXPECT_EQ(spoken_exactly(1s + 1ns), "1.000000001 s");
}

TEST(Bytes, add_compare_and_convert) {
    EXPECT_EQ(Bytes{3} + Bytes{4}, Bytes{7});
    EXPECT_LT(Bytes{3}, Bytes{4});
    EXPECT_EQ(Bytes{1'572'864}.mebibytes(), 1.5);
}

}  // namespace
}  // namespace joust
