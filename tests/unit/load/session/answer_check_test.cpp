#include "load/session/answer_check.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using model::RequestErrorKind;

constexpr std::string_view k_id = "0badcafe-00-00000000002a";

/// As one load thread asks.
class Checking {
public:
    explicit Checking(const Expect& expect, bool sends_id = false)
        : check_(AnswerCheck::compile(expect, sends_id).value()) {}
    std::optional<WrongAnswer> operator()(int status, std::string_view body, std::string_view id = k_id,
                                          std::uint64_t headers_matched = 0) {
        return check_.check({.status = status, .body = body, .id = id, .headers_matched = headers_matched},
                            parser_, known_);
    }

private:
    AnswerCheck check_;
    http::JsonParser parser_;
    KnownAnswer known_;
};

TEST(AnswerCheck, ComparesTheJsonOfEveryAnswerInFull) {
    Checking check({.json = R"({"message": "hello"})"});
    const std::string right = R"({"message":"hello"})";
    const std::string wrong = R"({"items":[{"message":"hello"}],"message":"error"})";
    for (int i = 0; i < 300; ++i) {
        EXPECT_FALSE(check(200, right));
        const auto found = check(200, wrong);
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(found->kind, RequestErrorKind::body);
        EXPECT_EQ(found->detail, R"("message" is "error" instead of "hello": )" + wrong);
    }
}

TEST(AnswerCheck, TakesAKnownBodyOnlyWithTheIdOfItsOwnRequest) {
    Checking check({.json = R"({"id": "{request_id}", "n": 1})"}, true);
    const auto answer = [](const std::string& id) { return R"({"id":")" + id + R"(","n":1})"; };
    const std::string one = "0badcafe-00-00000000002a", other = "0badcafe-00-00000000002b";
    EXPECT_FALSE(check(200, answer(one), one));
    EXPECT_FALSE(check(200, answer(other), other));
    EXPECT_TRUE(check(200, answer(one), other)) << "the answer to another request";
    EXPECT_TRUE(check(200, answer(other), one));
    EXPECT_FALSE(check(200, answer(one), one));
}

TEST(AnswerCheck, TellsAnAnswerToAnotherRequestFromAWrongOne) {
    Checking check({.json = R"({"id": "{request_id}", "n": 1})"}, true);
    const auto misdelivered = [&](const std::string& body) {
        const auto wrong = check(200, body);
        EXPECT_TRUE(wrong) << body;
        return wrong && wrong->misdelivered;
    };
    EXPECT_TRUE(misdelivered(R"({"id":"0badcafe-00-00000000002b","n":1})"));
    EXPECT_TRUE(misdelivered(R"({"n":1,"id":"0badcafe-01-000000000001"})")) << "of another load thread";
    EXPECT_FALSE(misdelivered(R"({"id":"0badcafe-00-00000000002b","n":2})")) << "right for nobody";
    EXPECT_FALSE(misdelivered(R"({"id":"0badcaff-00-00000000002b","n":1})")) << "an id of another run";
    EXPECT_FALSE(misdelivered(R"({"id":"0badcafe-00-00000000002a","n":2})")) << "its own id";
    EXPECT_FALSE(misdelivered(R"({"id":"0badcafe-00-00000000002x","n":1})")) << "no id at all";
    EXPECT_FALSE(misdelivered(R"({"id":"0badcafe-00","n":1})"));
    EXPECT_FALSE(misdelivered("0badcafe-"));
}

TEST(AnswerCheck, TellsAWrongIdFromAWrongAnswer) {
    Checking check({.json = R"({"id": "{request_id}", "name": "n", "n": 1})"}, true);
    const auto wrong_id = [&](const std::string& body) {
        const auto wrong = check(200, body);
        EXPECT_TRUE(wrong) << body;
        return wrong && wrong->wrong_id;
    };
    EXPECT_TRUE(wrong_id(R"({"id":"0badcafe-00-00000000002ax","name":"n","n":1})"));
    EXPECT_TRUE(wrong_id(R"({"id":"","name":"n","n":1})"));
    EXPECT_FALSE(wrong_id(R"({"id":7,"name":"n","n":1})")) << "no text";
    EXPECT_FALSE(wrong_id(R"({"id":"0badcafe-00-00000000002a","name":"m","n":1})")) << "another text";
    EXPECT_FALSE(wrong_id(R"({"id":"0badcafe-00-00000000002a","name":"n","n":2})"));
    EXPECT_FALSE(wrong_id(R"({"error":"internal error"})")) << "it is missing";
    EXPECT_FALSE(wrong_id("no JSON"));
}

TEST(AnswerCheck, ABodyOfMoreThanCanBeKeptIsWrongUnlessItsStatusIs) {
    const auto check = AnswerCheck::compile({.json = "{}"}, false).value();
    http::JsonParser parser;
    KnownAnswer known;
    EXPECT_NE(check.check({.status = 200, .body = "{}", .cut = true}, parser, known)->detail.find("4 MiB"),
              std::string::npos);
    EXPECT_EQ(check.check({.status = 503, .body = "{}", .cut = true}, parser, known)->kind,
              RequestErrorKind::status_5xx);
}

TEST(AnswerCheck, WithoutAStatusTakesAllBelow400) {
    Checking check({});
    EXPECT_FALSE(check(204, "").has_value());
    EXPECT_FALSE(check(302, "").has_value());
    EXPECT_EQ(check(404, "")->kind, RequestErrorKind::status_4xx);
    EXPECT_EQ(check(500, "")->kind, RequestErrorKind::status_5xx);
}

TEST(AnswerCheck, TakesAnExpectedErrorStatusAsRight) {
    Checking check({.status = 404});
    EXPECT_FALSE(check(404, "").has_value());
    EXPECT_EQ(check(200, "")->kind, RequestErrorKind::body);
}

TEST(AnswerCheck, KeepsTheFirst200BytesOfAnErrorsBody) {
    Checking check({});
    EXPECT_EQ(check(500, std::string(1000, 'x'))->detail, std::string(200, 'x'));
}

TEST(AnswerCheck, RefusesExpectationsThatCannotBe) {
    EXPECT_FALSE(AnswerCheck::compile({.body_regex = "("}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.json = "{"}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.json = R"({"a": "{request_id}"})"}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.json = R"({"a": )" + std::string(300, '[')}, false).has_value());
    EXPECT_FALSE(AnswerCheck::compile({.headers = {{"X-A", std::string(250, 'a')}}}, false).has_value());
    EXPECT_FALSE(
        AnswerCheck::compile({.headers = std::vector<http::Header>(65, {"X-A", "1"})}, false).has_value());
}

// A regular expression engine that goes back, or recurses, could be stopped or killed by the target's answer.
TEST(AnswerCheck, LooksThroughLongBodiesInLinearTime) {
    const std::string body(std::size_t{4} << 20U, 'x');
    for (const char* pattern : {".*y", "x*y", "^(a|x)*y", "(x+x+)+y"}) {
        Checking check({.body_regex = pattern});
        EXPECT_TRUE(check(200, body).has_value()) << pattern;
        EXPECT_FALSE(check(200, body + "y").has_value()) << pattern;
    }
}

TEST(AnswerCheck, EveryExpectedHeaderMustCome) {
    Checking check({.headers = {{"X-A", "1"}, {"X-B", "2"}}});
    EXPECT_FALSE(check(200, "", "", 0b11).has_value());
    for (const std::uint64_t some : {0b00U, 0b01U, 0b10U})
        EXPECT_TRUE(check(200, "", "", some).has_value()) << some;
}

}  // namespace
}  // namespace joust::load
