#include "http/expected_json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace joust::http {
namespace {

constexpr std::string_view k_id = "0badcafe-00-00000000002a";

ExpectedJson expected(std::string_view json) {
    auto compiled = ExpectedJson::compile(json, true);
    EXPECT_TRUE(compiled.has_value()) << json;
    return std::move(*compiled);
}

/// Empty: right.
std::string why(std::string_view json, std::string_view body, std::string_view id = k_id) {
    JsonParser parser;
    return expected(json).mismatch(body, id, parser).value_or(Mismatch{}).why;
}

std::string nested(int levels, const std::string& inner = "") {
    return std::string(static_cast<std::size_t>(levels), '[') + inner +
           std::string(static_cast<std::size_t>(levels), ']');
}

struct Case {
    const char* name;
    std::string json;
    std::string body;
    std::string why;  ///< empty: right
};

void expect_all(const std::vector<Case>& cases) {
    for (const Case& one : cases)
        EXPECT_EQ(why(one.json, one.body), one.why) << one.name;
}

TEST(ExpectedJson, ObjectsAreSubsetsAtEveryDepth) {
    const std::string ok = R"({"status":"ok"})";
    expect_all({
        {"equal", R"({"a":1,"b":"x"})", R"({"a":1,"b":"x"})", ""},
        {"other order, spaces, more members", R"({"a":1,"b":"x"})",
         "\r\n{ \"c\": [1,2], \"b\" :\n\"x\" , \"a\" : 1 }\t ", ""},
        {"any object", "{}", R"({"a":1})", ""},
        {"more inside", R"({"a":{"b":1}})", R"({"a":{"b":1,"c":2}})", ""},
        {"less inside", R"({"a":{"b":1,"c":2}})", R"({"a":{"b":1}})", R"("a"."c" is missing)"},
        {"the expected member is another's", ok, R"({"items":[{"status":"ok"}],"status":"error"})",
         R"("status" is "error" instead of "ok")"},
        {"only inside", ok, R"({"inner":{"status":"ok"}})", R"("status" is missing)"},
        {"in a text", ok, R"({"log":"{\"status\":\"ok\"}"})", R"("status" is missing)"},
        {"an array of it", ok, R"([{"status":"ok"}])", "the body is an array of 1 instead of an object"},
        {"missing is not null", R"({"a":null})", "{}", R"("a" is missing)"},
        {"null", R"({"a":null})", R"({"a":null})", ""},
        {"null is not false", R"({"a":null})", R"({"a":false})", R"("a" is false instead of null)"},
        {"true is not 1", R"({"a":1})", R"({"a":true})", R"("a" is true instead of 1)"},
        {"a number is no text", R"({"a":1})", R"({"a":"1"})", R"("a" is "1" instead of 1)"},
        {"an object for a value", R"({"a":1})", R"({"a":{"b":1}})", R"("a" is an object instead of 1)"},
        {"name is compared whole", R"({"a":1})", R"({"ab":1,"A":1})", R"("a" is missing)"},
        {"name with an escape", R"({"ab":1})", R"({"\u0061b":1})", ""},
    });
}

TEST(ExpectedJson, ArraysAreExactButTheirObjectsAreSubsets) {
    expect_all({
        {"equal", R"({"a":[1,"x",null]})", R"({"a":[1,"x",null]})", ""},
        {"another order", "[1,2]", "[2,1]", "[0] is 2 instead of 1"},
        {"longer", "[1,2]", "[1,2,3]", "the body has 3 elements instead of 2"},
        {"shorter", R"({"a":[1,2]})", R"({"a":[1]})", R"("a" has 1 elements instead of 2)"},
        {"empty", "[]", "[]", ""},
        {"not empty", "[]", "[0]", "the body has 1 elements instead of 0"},
        {"objects inside", R"([{"a":1}])", R"([{"b":2,"a":1}])", ""},
        {"other objects inside", R"({"x":[{"a":1}]})", R"({"x":[{"a":2}]})",
         R"("x"[0]."a" is 2 instead of 1)"},
        {"no object", "[1]", R"({"0":1})", "the body is an object instead of an array of 1"},
    });
}

TEST(ExpectedJson, AnyValueMayBeExpected) {
    expect_all({
        {"text", R"("ok")", R"( "ok" )", ""},
        {"another text", R"("ok")", R"("okay")", R"(the body is "okay" instead of "ok")"},
        {"number", "5", "5", ""},
        {"true", "true", "true", ""},
        {"false", "true", "false", "the body is false instead of true"},
        {"null", "null", "null", ""},
    });
}

TEST(ExpectedJson, AValueOfAnotherKindIsWrong) {
    const std::vector<std::string> all{"null", "true", "false", "0",   "1",    "-1",
                                       "0.0",  "0.5",  "-1.0",  "1e0", "\"\"", "\"0\"",
                                       "[]",   "[0]",  "[[]]",  "{}",  "[{}]", "18446744073709551615"};
    const auto number = [](const std::string& text) {
        return std::string("-0123456789").find(text[0]) != std::string::npos;
    };
    for (const std::string& json : all)
        for (const std::string& body : all) {
            const bool equal =
                json == body || (number(json) && number(body) && std::stod(json) == std::stod(body));
            EXPECT_EQ(why(json, body).empty(), equal) << json << " and " << body;
        }
}

TEST(ExpectedJson, NumbersAreEqualByValue) {
    expect_all({
        {"as a decimal", "1", "1.0", ""},
        {"with an exponent", "1.0", "1e0", ""},
        {"shifted", "1500", "15.00E+2", ""},
        {"zero", "0", "-0.0", ""},
        {"negative", "-3", "-3.0", ""},
        {"other sign", "3", "-3", "the body is -3 instead of 3"},
        {"begins alike", "1", "12", "the body is 12 instead of 1"},
        {"beyond what a double tells apart", "9007199254740993", "9007199254740993", ""},
        {"one less, the same double", "9007199254740993", "9007199254740992",
         "the body is 9007199254740992 instead of 9007199254740993"},
        {"one less, as a double", "9007199254740993", "9007199254740992.0",
         "the body is 9007199254740992 instead of 9007199254740993"},
        {"a decimal for an integer", "9007199254740992", "9007199254740992.0", ""},
        {"largest", "18446744073709551615", "18446744073709551615", ""},
        {"largest but one", "18446744073709551615", "18446744073709551614",
         "the body is 18446744073709551614 instead of 18446744073709551615"},
        {"largest as the next double", "18446744073709551615", "18446744073709551616.0",
         "the body is 1.8446744073709552e+19 instead of 18446744073709551615"},
        {"least", "-9223372036854775808", "-9223372036854775808", ""},
        {"least as a double", "-9223372036854775808", "-9223372036854775808.0", ""},
        {"a half", "0.5", "5e-1", ""},
        {"more digits than a double has", "0.1", "0." + std::string("1") + std::string(1000, '0'), ""},
        {"a fraction for an integer", "1", "1.5", "the body is 1.5 instead of 1"},
    });
}

TEST(ExpectedJson, ANumberOutOfRangeEqualsNoneAndDoesNoHarmElsewhere) {
    const std::string digits(1000, '7');
    const std::string zeros(20, '0');
    expect_all({
        {"elsewhere", R"({"a":1})", R"({"n":)" + digits + R"(,"m":[-)" + digits + R"(,1e999],"a":1})", ""},
        {"in its place", R"({"a":1})", R"({"a":)" + digits + "}",
         R"("a" is a number beyond all doubles instead of 1)"},
        {"in a text", R"({"a":"1e999"})", R"({"a":"1e999","b":1e999})", ""},
        {"and another member twice", R"({"a":1})", R"({"a":1,"b":1e999,"b":2})", R"("b" stands twice)"},
        {"the same double", "1e20", "1" + zeros, ""},
        {"another double", "1e20", "2" + zeros, "the body is 2e+20 instead of 1e+20"},
        {"the least integer beyond", "18446744073709551615", "18446744073709551616",
         "the body is 1.8446744073709552e+19 instead of 18446744073709551615"},
        {"negative beyond", "-9223372036854775808", "-9223372036854775809",
         "the body is -9.223372036854778e+18 instead of -9223372036854775808"},
        {"too small", "0", "1e-999", ""},
    });
    for (const std::string& body :
         {"0" + digits, digits + ".", digits + "e", "--" + digits, digits + "1.2.3"})
        EXPECT_NE(why(R"({"a":1})", R"({"a":1,"n":)" + body + "}").find("no JSON"), std::string::npos)
            << body;
}

TEST(ExpectedJson, AMalformedNumberIsNamed) {
    for (const char* body : {"01", "-", "1.", "1e", "[-01]"})
        EXPECT_EQ(why("1", body), "the body is no JSON: a number is malformed") << body;
}

TEST(ExpectedJson, TextsAreEqualAfterUnescaping) {
    expect_all({
        {"an ASCII letter", R"({"a":"ok"})", R"({"a":"\u006f\u006B"})", ""},
        {"beyond ASCII", R"({"a":"é"})", R"({"a":"\u00e9"})", ""},
        {"a pair of surrogates", R"("😀")", R"("\uD83D\ude00")", ""},
        {"a slash", R"("a/b")", R"("a\/b")", ""},
        {"a line feed", R"("a\nb")", R"("a\u000ab")", ""},
        {"NUL and more", R"("a\u0000b")", R"("a\u0000c")", R"(the body is "a\u0000c" instead of "a\u0000b")"},
        {"begins alike", R"({"a":"x"})", R"({"a":"xy"})", R"("a" is "xy" instead of "x")"},
        {"not composed alike", R"("é")", "\"e\xCC\x81\"", "the body is \"e\xCC\x81\" instead of \"é\""},
    });
}

TEST(ExpectedJson, WhatIsNotWellFormedIsWrongWhereverItStands) {
    for (const char* body : {R"({"status":"ok","x":[1,2,}})",
                             R"({"status":"ok","x":tru})",
                             R"({"status":"ok","x":01})",
                             R"({"status":"ok","x":"\q"})",
                             R"({"status":"ok")",
                             R"({"status":"ok",})",
                             R"({"status":"ok"} x)",
                             R"({"status":"ok"}{"status":"ok"})",
                             R"({"status":"ok","x":})",
                             R"({"status":"ok" "x":1})",
                             R"({'status':'ok'})",
                             R"({status:"ok"})",
                             "{\"status\":\"ok\",\"x\":\"a\nb\"}",
                             R"({"status":"ok","x":NaN})",
                             R"({"status":"ok","x":+1})",
                             R"({"status":"ok","x":.5})",
                             R"({"status":"ok","x":"\ud800"})",
                             R"({"status":"ok","x":"\u12"})",
                             R"(/* */{"status":"ok"})",
                             R"({"status":"ok","x":[1 2]})",
                             "{\"status\":\"ok\",\"x\":\"\xff\"}",
                             "{\"status\":\"ok\",\"x\":\"\xc0\xaf\"}",
                             "\xEF\xBB\xBF{\"status\":\"ok\"}",
                             R"(<html>{"status":"ok"}</html>)",
                             R"(ok)",
                             "",
                             " ",
                             "{\"status\":\"ok\"}\x0b",
                             "\xff\xfe{\0}\0"})
        EXPECT_NE(why(R"({"status":"ok"})", body), "") << body;
    using std::string_literals::operator""s;
    EXPECT_NE(why(R"({"status":"ok"})", "{\"status\":\"ok\"}\0"s), "") << "something follows it";
}

TEST(ExpectedJson, AMemberThatStandsTwiceIsWrong) {
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += ",\"m" + std::to_string(i) + "\":0";
    expect_all({
        {"the expected one", R"({"a":1})", R"({"a":1,"a":1})", R"("a" stands twice)"},
        {"right first", R"({"a":1})", R"({"a":1,"a":2})", R"("a" stands twice)"},
        {"with an escape", R"({"a":1})", R"({"a":1,"\u0061":1})", R"("a" stands twice)"},
        {"one that is not asked for", R"({"a":1})", R"({"b":1,"a":1,"b":1})", R"("b" stands twice)"},
        {"deep in what is not asked for", R"({"a":1})", R"({"a":1,"x":[{"y":{"b":1,"b":2}}]})",
         R"("x"[0]."y"."b" stands twice)"},
        {"among many", R"({"a":1})", "{\"a\":1" + many + ",\"m42\":1}", R"("m42" stands twice)"},
        {"in two objects", R"({"a":1})", R"({"a":1,"b":{"a":2},"c":{"a":3}})", ""},
        {"many, each once", R"({"a":1})", "{\"a\":1" + many + "}", ""},
    });
}

TEST(ExpectedJson, ExpectsMoreMembersThanAWordHasBits) {
    std::string members, reversed, but_last;
    for (int i = 0; i < 200; ++i) {
        const std::string member = "\"m" + std::to_string(i) + "\":" + std::to_string(i);
        if (i > 0) but_last = members;
        members += (i == 0 ? "" : ",") + member;
        reversed = member + (i == 0 ? "" : ",") + reversed;
    }
    const std::string json = "{" + members + "}";
    EXPECT_EQ(why(json, json), "");
    EXPECT_EQ(why(json, "{" + reversed + "}"), "");
    EXPECT_EQ(why(json, "{" + but_last + "}"), R"("m199" is missing)");
    EXPECT_EQ(why(json, "{" + members + ",\"m199\":199}"), R"("m199" stands twice)");
}

TEST(ExpectedJson, TheIdMayStandAtAnyDepthAndWithinAText) {
    const std::string id(k_id);
    expect_all({
        {"whole", R"({"id":"{request_id}"})", R"({"id":")" + id + R"("})", ""},
        {"deep", R"({"a":[{"id":"{request_id}"}]})", R"({"a":[{"id":")" + id + R"("}]})", ""},
        {"within", R"({"path":"/of/{request_id}/x"})", R"({"path":"/of/)" + id + R"(/x"})", ""},
        {"twice", R"("{request_id}{request_id}")", "\"" + id + id + "\"", ""},
        {"with an escape", R"("{request_id}")", "\"\\u0030" + id.substr(1) + "\"", ""},
        {"with a tail", R"("{request_id}")", "\"" + id + "0\"",
         "the body is \"" + id + "0\" instead of \"" + id + "\""},
        {"another's", R"({"id":"{request_id}"})", R"({"id":"0badcafe-00-00000000002b"})",
         R"("id" is "0badcafe-00-00000000002b" instead of ")" + id + "\""},
        {"itself", R"({"id":"{request_id}"})", R"({"id":"{request_id}"})",
         R"("id" is "{request_id}" instead of ")" + id + "\""},
    });
    EXPECT_EQ(expected(R"(["{request_id}", {"a": "{request_id}{request_id}"}])").ids(), 3U);
}

TEST(ExpectedJson, DepthIsBoundedExactly) {
    EXPECT_EQ(why("[]", "[" + nested(199) + "]").find("200 levels"), std::string::npos);
    EXPECT_NE(why("[]", nested(201)).find("200 levels"), std::string::npos);
    EXPECT_NE(why(R"({"a":1})", R"({"b":)" + nested(1'000'000) + "}").find("200 levels"), std::string::npos);
    EXPECT_NE(why("[]", std::string(500'000, '[')), "");
    EXPECT_NE(why(R"({"a":1})", R"({"a":)" + std::string(500'000, '[')), "");
    EXPECT_EQ(why(R"({"a":1})", R"({"a":1,"b":)" + nested(199) + "}"), "");
    EXPECT_NE(why(R"({"a":1})", R"({"a":1,"b":)" + nested(200) + "}"), "");
}

// Comparing each member with each other one takes 25 s here. This bound is far above what a sorted search
// takes on a slow and busy machine.
TEST(ExpectedJson, ManyMembersTakeBoundedTime) {
    std::string body = R"({"a":1)";
    for (int i = 0; i < 360'000; ++i)
        body += ",\"m" + std::to_string(i) + "\":1";
    const std::string json = R"({"a":1})";
    EXPECT_LT(body.size(), std::size_t{5} << 20U);
    EXPECT_EQ(why(json, body + "}"), "");
    EXPECT_EQ(why(json, body + ",\"m777\":1}"), R"("m777" stands twice)");
}

TEST(ExpectedJson, AnExpectedValueThatCannotBeIsRefused) {
    const auto refused = [](std::string_view json, bool sends_id = true) {
        const auto compiled = ExpectedJson::compile(json, sends_id);
        if (compiled) return std::string();
        EXPECT_EQ(compiled.error().kind, ErrorKind::bad_input);
        return compiled.error().message;
    };
    EXPECT_NE(refused("{").find("the expected JSON is no JSON"), std::string::npos);
    EXPECT_NE(refused("nonsense").find("nonsense"), std::string::npos);
    EXPECT_NE(refused("").find("is empty"), std::string::npos);
    EXPECT_NE(refused(R"({"a":1,"a":2})").find(R"("a" stands twice)"), std::string::npos);
    EXPECT_NE(refused(R"({"a":1e999})").find("cannot be compared"), std::string::npos);
    EXPECT_NE(refused("100000000000000000001").find("cannot be compared"), std::string::npos);
    EXPECT_NE(refused("1.7976931348623157e308").find("cannot be compared"), std::string::npos);
    EXPECT_NE(refused(nested(300)).find("200 levels"), std::string::npos);
    EXPECT_NE(refused(R"({"x{request_id}":1})").find("name of a member"), std::string::npos);
    EXPECT_NE(refused(R"({"a":["{request_id}"]})", false).find("does not send it"), std::string::npos);
    EXPECT_EQ(refused(R"({"a":["{request_id}"]})"), "");
}

TEST(ExpectedJson, AParserServesLongAndShortBodiesInTurn) {
    JsonParser parser;
    const ExpectedJson json = expected(R"({"a":1})");
    const std::string longer = R"({"a":1,"b":")" + std::string(100'000, 'x') + "\"}";
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(json.mismatch(R"({"a":1})", "", parser));
        EXPECT_FALSE(json.mismatch(longer, "", parser));
        EXPECT_TRUE(json.mismatch(longer.substr(0, 99'999), "", parser));
        EXPECT_TRUE(json.mismatch(R"({"a":1,"b":{"c":1,"c":1}})", "", parser));
        EXPECT_TRUE(json.mismatch("", "", parser));
    }
}

}  // namespace
}  // namespace joust::http
