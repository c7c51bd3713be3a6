#include "load/answer_check.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using model::RequestErrorKind;

constexpr std::string_view k_id = "0badcafe-00-00000000002a";

struct Case {
    const char* why;
    std::string json;
    std::string body;
    bool right;
};

const std::vector<Case> k_json_cases{
    {"equal", R"({"a": 1, "b": "x"})", R"({"a":1,"b":"x"})", true},
    {"other order, spaces, more members", R"({"a": 1, "b": "x"})",
     "{ \"c\": [1,2], \"b\" :\n\"x\" , \"a\" : 1 }", true},
    {"number begins alike", R"({"a": 1})", R"({"a":12})", false},
    {"text begins alike", R"({"a": "x"})", R"({"a":"xy"})", false},
    {"equal as a number", R"({"a": 5})", R"({"a":5.0})", true},
    {"equal after unescaping", R"({"a": "é"})", R"({"a":"\u00e9"})", true},
    {"value elsewhere", R"({"a": 1})", R"({"b":1})", false},
    {"null is not missing", R"({"a": null})", R"({"a":null})", true},
    {"missing is not null", R"({"a": null})", R"({})", false},
    {"nested, other spacing", R"({"a": {"b": [1, 2]}})", R"({"a": {"b": [1,  2]}})", true},
    {"nested, different", R"({"a": {"b": [1, 2]}})", R"({"a": {"b": [2, 1]}})", false},
    {"echoes the id", R"({"id": "{request_id}"})", R"({"id": "0badcafe-00-00000000002a"})", true},
    {"another id", R"({"id": "{request_id}"})", R"({"id": "0badcafe-00-00000000002b"})", false},
    {"id with a tail", R"({"id": "{request_id}"})", R"({"id": "0badcafe-00-00000000002a0"})", false},
    {"cut", R"({"a": 1})", R"({"b": {"a": 2)", false},
    {"array", R"({})", "[]", false},
    {"any object", R"({})", "{}", true},
    {"empty", R"({"a": 1})", "", false},
};

TEST(AnswerCheck, MatchesJsonMembersByStructureAndInFull) {
    for (const Case& one : k_json_cases) {
        const auto check = AnswerCheck::compile({.json = one.json}, true);
        ASSERT_TRUE(check.has_value()) << one.why;
        for (const bool in_full : {true, false})
            EXPECT_EQ(!check->check(200, one.body, k_id, 0, in_full).has_value(), one.right)
                << one.why << (in_full ? " (in full)" : "");
    }
}

TEST(AnswerCheck, FindsInTheSampleWhatStructureCannotTell) {
    const auto check = AnswerCheck::compile({.json = R"({"a": 1})"}, false).value();
    const std::string body = R"({"inner": {"a": 1}})";
    EXPECT_FALSE(check.check(200, body, "", 0, false).has_value());
    EXPECT_TRUE(check.check(200, body, "", 0, true).has_value());
}

TEST(AnswerCheck, WithoutAStatusTakesAllBelow400) {
    const auto check = AnswerCheck::compile({}, false).value();
    EXPECT_FALSE(check.check(204, "", "", 0, true).has_value());
    EXPECT_FALSE(check.check(302, "", "", 0, true).has_value());
    EXPECT_EQ(check.check(404, "", "", 0, true)->kind, RequestErrorKind::status_4xx);
    EXPECT_EQ(check.check(500, "", "", 0, true)->kind, RequestErrorKind::status_5xx);
}

TEST(AnswerCheck, TakesAnExpectedErrorStatusAsRight) {
    const auto check = AnswerCheck::compile({.status = 404}, false).value();
    EXPECT_FALSE(check.check(404, "", "", 0, true).has_value());
    EXPECT_EQ(check.check(200, "", "", 0, true)->kind, RequestErrorKind::body);
}

TEST(AnswerCheck, KeepsTheFirst200BytesOfAnErrorsBody) {
    const auto check = AnswerCheck::compile({}, false).value();
    EXPECT_EQ(check.check(500, std::string(1000, 'x'), "", 0, true)->detail, std::string(200, 'x'));
}

TEST(AnswerCheck, RefusesExpectationsThatCannotBe) {
    EXPECT_FALSE(AnswerCheck::compile({.body_regex = "("}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.json = "[1]"}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.json = "{"}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.json = R"({"a": "{request_id}"})"}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.sample = 1.5}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.json = R"({"a": )" + std::string(300, '[')}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.headers = {{"X-A", std::string(250, 'a')}}}, false).has_value());
    EXPECT_FALSE(
        AnswerCheck::compile({.headers = std::vector<http::Header>(65, {"X-A", "1"})}, false).has_value());
}

// A regular expression engine that goes back, or recurses, could be stopped or killed by the target's answer.
TEST(AnswerCheck, LooksThroughLongBodiesInLinearTime) {
    const std::string body(std::size_t{4} << 20U, 'x');
    for (const char* pattern : {".*y", "x*y", "^(a|x)*y", "(x+x+)+y"}) {
        const auto check = AnswerCheck::compile({.body_regex = pattern}, false).value();
        EXPECT_TRUE(check.check(200, body, "", 0, true).has_value()) << pattern;
        EXPECT_FALSE(check.check(200, body + "y", "", 0, true).has_value()) << pattern;
    }
}

TEST(AnswerCheck, TakesNoBodyThatIsNestedWithoutEnd) {
    const auto check = AnswerCheck::compile({.json = R"({"a": 1})"}, false).value();
    const std::string deep = R"({"a": )" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
    const auto wrong = check.check(200, deep, "", 0, true);
    ASSERT_TRUE(wrong.has_value());
    EXPECT_NE(wrong->detail.find("200 levels"), std::string::npos);
}

TEST(AnswerCheck, EveryExpectedHeaderMustCome) {
    const auto check = AnswerCheck::compile({.headers = {{"X-A", "1"}, {"X-B", "2"}}}, false).value();
    EXPECT_FALSE(check.check(200, "", "", 0b11, true).has_value());
    for (const std::uint64_t some : {0b00U, 0b01U, 0b10U})
        EXPECT_TRUE(check.check(200, "", "", some, true).has_value()) << some;
}

}  // namespace
}  // namespace joust::load
