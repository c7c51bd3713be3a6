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

TEST(JsonLinesFeed, NamesTheLineOfAMistake) {
    EXPECT_NE(parse_json_lines_feed("{\"a\":1}\n{\"b\":1}").error().message.find("line 2: \"a\" is missing"),
              std::string::npos);
    EXPECT_NE(parse_json_lines_feed("\n[1]\n").error().message.find("line 2"), std::string::npos);
    EXPECT_FALSE(parse_json_lines_feed("\n").has_value());
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
