#include "load/feed_file.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(CsvFeed, ReadsQuotedFields) {
    const auto feed = parse_csv_feed("\xef\xbb\xbfname,text\r\na,\"x, \"\"y\"\"\nz\"\n\nb,\n");
    ASSERT_TRUE(feed.has_value()) << feed.error().message;
    EXPECT_EQ(feed->columns, (std::vector<std::string>{"name", "text"}));
    EXPECT_EQ(feed->rows, (Rows{{"a", "x, \"y\"\nz"}, {"b", ""}}));
}

TEST(CsvFeed, KeepsEveryEmptyField) {
    const std::vector<std::pair<std::string, Rows>> all{
        {"a,b\n1,", {{"1", ""}}},
        {"a,b\n1,\n", {{"1", ""}}},
        {"a,b\r\n1,\r\n,\r\n", {{"1", ""}, {"", ""}}},
        {"a,b\n,\n", {{"", ""}}},
        {"a,b\n1,2\n\n3,\"\"", {{"1", "2"}, {"3", ""}}},
        {"a\nx\n\"\"\n", {{"x"}, {""}}},
        {"a\nx\n\"\"", {{"x"}, {""}}},
        {"a\n\"\"\nx", {{""}, {"x"}}},
        {"a\nx\n\ny\n", {{"x"}, {""}, {"y"}}},
        {"a\r\n\r\nx\r\n", {{""}, {"x"}}},
        {"a\r1\r\r2", {{"1"}, {""}, {"2"}}},
        {"a\n\n", {{""}}},
        {"a,b\n\"x\ny\",\n", {{"x\ny", ""}}},
    };
    for (const auto& [text, rows] : all) {
        const auto feed = parse_csv_feed(text);
        ASSERT_TRUE(feed.has_value()) << text << ": " << feed.error().message;
        EXPECT_EQ(feed->rows, rows) << text;
    }
}

TEST(CsvFeed, KnowsTheLineOfEachRow) {
    EXPECT_EQ(parse_csv_feed("a,b\n1,\"x\ny\"\n\n2,z\n")->lines, (std::vector<std::size_t>{2, 5}));
    EXPECT_EQ(parse_json_lines_feed("{\"a\":1}\n\n{\"a\":2}")->lines, (std::vector<std::size_t>{1, 3}));
}

TEST(Feed, RefusesNamesThatCouldStandForOtherText) {
    for (const char* text : {"a,\n1,2\n", "\"\"\n1\n", "a,a\n1,2\n", "a},b\n1,2\n", "{,b\n1,2\n"})
        EXPECT_EQ(parse_csv_feed(text).error().message.substr(0, 8), "line 1: ") << text;
    for (const char* text : {"{\"\":1}", "{\"a}\":1}"})
        EXPECT_EQ(parse_json_lines_feed(text).error().message.substr(0, 8), "line 1: ") << text;
}

TEST(JsonLinesFeed, KeepsEmptyTextsAndSkipsAByteOrderMark) {
    const auto feed =
        parse_json_lines_feed("\xef\xbb\xbf{\"a\":\"\",\"b\":{\"c\":[]}}\r\n{\"a\":false,\"b\":-1.50}");
    ASSERT_TRUE(feed.has_value()) << feed.error().message;
    EXPECT_EQ(feed->rows, (Rows{{"", "{\"c\":[]}"}, {"false", "-1.50"}}));
}

TEST(CsvFeed, NamesTheLineOfAMistake) {
    EXPECT_NE(parse_csv_feed("a,b\n1,2\n3\n").error().message.find("line 3: 1 fields"), std::string::npos);
    EXPECT_NE(parse_csv_feed("a\n\"x\n").error().message.find("line 2"), std::string::npos);
    EXPECT_NE(parse_csv_feed("a\n\"x\"y\n").error().message.find("line 2"), std::string::npos);
    EXPECT_FALSE(parse_csv_feed("").has_value());
    EXPECT_FALSE(parse_csv_feed("a,b\n").has_value());
}

TEST(JsonLinesFeed, TakesTextsAsTheyAreAndOtherValuesAsJson) {
    const auto feed =
        parse_json_lines_feed("{\"a\": \"x\", \"b\": [1, true]}\n\n{\"b\": 2.5, \"a\": null, \"c\": 1}\r\n");
    ASSERT_TRUE(feed.has_value()) << feed.error().message;
    EXPECT_EQ(feed->columns, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(feed->rows, (Rows{{"x", "[1,true]"}, {"null", "2.5"}}));
}

TEST(JsonLinesFeed, SendsNumbersAsTheyWereWritten) {
    const auto feed = parse_json_lines_feed(
        R"({"id":12345678901234567890123,"n":1e400,"m":-0,"x": [ 1.10, {"y" : "a , } \" b"} ],"t":"\u00fc"})");
    ASSERT_TRUE(feed.has_value()) << feed.error().message;
    EXPECT_EQ(feed->rows,
              (Rows{{"12345678901234567890123", "1e400", "-0", R"([1.10,{"y":"a , } \" b"}])", "\xc3\xbc"}}));
}

TEST(JsonLinesFeed, RefusesAMemberThatStandsTwice) {
    const auto feed = parse_json_lines_feed("{\"a\":1}\n{\"a\":1,\"\\u0061\":2}");
    ASSERT_FALSE(feed.has_value());
    EXPECT_EQ(feed.error().message, "line 2: it has the member \"a\" twice");
}

TEST(JsonLinesFeed, NamesTheLineOfAMistake) {
    EXPECT_NE(parse_json_lines_feed("{\"a\":1}\n{\"b\":1}").error().message.find("line 2: \"a\" is missing"),
              std::string::npos);
    EXPECT_NE(parse_json_lines_feed("\n[1]\n").error().message.find("line 2"), std::string::npos);
    EXPECT_FALSE(parse_json_lines_feed("\n").has_value());
    EXPECT_FALSE(parse_json_lines_feed(std::string("{\"a\":1}\0x", 9)).has_value());
}

TEST(ReadFeed, GoesByTheEndingAndNamesTheFile) {
    EXPECT_NE(read_feed("data.txt").error().message.find("data.txt"), std::string::npos);
    EXPECT_NE(read_feed("/nowhere/data.csv").error().message.find("/nowhere/data.csv"), std::string::npos);
}

TEST(JsonLinesFeed, RefusesAnObjectWithoutMembers) {
    for (const char* text : {"{}\n{\"a\":1}\n", "{\"a\":1}\n{}\n", "{}"}) {
        const auto feed = parse_json_lines_feed(text);
        ASSERT_FALSE(feed.has_value()) << text;
        EXPECT_EQ(feed.error().message.substr(0, 5), "line ") << text;
    }
}

TEST(JsonLinesFeed, RefusesANestingThatWouldOverflowTheStack) {
    const std::string open(1'000'000, '[');
    const auto feed = parse_json_lines_feed("{\"a\":" + open + std::string(1'000'000, ']') + "}");
    ASSERT_FALSE(feed.has_value());
    EXPECT_NE(feed.error().message.find("line 1: nested"), std::string::npos) << feed.error().message;
    const auto text =
        parse_json_lines_feed("{\"a\":\"[[\\\"" + open + "\"}");  // in a string they nest nothing
    EXPECT_TRUE(text.has_value());
}

}  // namespace
}  // namespace joust::load
