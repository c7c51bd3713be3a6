#include "load/template.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

const std::vector<std::string> k_columns{"name", "n"};

// The text with the values of one row, or why it cannot be.
std::string filled(std::string_view text, Place place, const std::vector<std::string>& row) {
    const auto parsed = Template::parse(text, place, k_columns);
    if (!parsed) return "refused: " + parsed.error().message;
    const auto all = parsed->filled(row, "<id>", "<sequence>");
    return all ? *all : "refused: " + all.error().message;
}

struct Case {
    Place place;
    const char* text;
    std::vector<std::string> row;
    const char* expected;
};

TEST(Template, WritesValuesAsTheirPlaceAsks) {
    const std::vector<Case> all{
        {Place::url, "/{name}?n={n}", {"Ann \"A\"/ü", "a&b=c+d"}, "/Ann%20%22A%22%2F%C3%BC?n=a%26b%3Dc%2Bd"},
        {Place::url, "/{name:raw}?{n:raw}", {"a/b", "q=%20&ü"}, "/a/b?q=%20&%C3%BC"},
        {Place::url, "/{name}", {"-._~aZ09"}, "/-._~aZ09"},
        {Place::url, "/{name}", {"%41"}, "/%2541"},
        {Place::url, "/ü/{name}", {"\xff\r\n"}, "/%C3%BC/%FF%0D%0A"},
        {Place::form, "n={name}&m={n}", {"a&b", "ä b"}, "n=a%26b&m=%C3%A4%20b"},
        {Place::json, R"({"n":"{name}"})", {R"(Ann "A")"}, R"({"n":"Ann \"A\""})"},
        {Place::json, R"({"n":"{name}"})", {"a\\b\n\t\x01/ü"}, "{\"n\":\"a\\\\b\\n\\t\\u0001/ü\"}"},
        {Place::json, R"({"n":{n}})", {"", "12"}, R"({"n":12})"},
        {Place::json, R"({"n":{n}})", {"", "-1.5e3"}, R"({"n":-1.5e3})"},
        {Place::json, R"({"n":{n}})", {"", "null"}, R"({"n":null})"},
        {Place::json, R"({"n":{n}})", {"", R"({"a":["}"]})"}, R"({"n":{"a":["}"]}})"},
        {Place::json, R"({"n":{n}})", {"", R"("quoted")"}, R"({"n":"quoted"})"},
        {Place::json, R"({"n":"{n}"})", {"", R"({"a":1})"}, R"({"n":"{\"a\":1}"})"},
        {Place::json, R"({"a\"":"\\{name}"})", {"\""}, R"({"a\"":"\\\""})"},
        {Place::json, R"({"{name}":1})", {"\""}, R"({"\"":1})"},
        {Place::json, R"({"n":{n:raw}})", {"", "1,\"m\":2"}, R"({"n":1,"m":2})"},
        {Place::json, R"({"n":"{name:url}"})", {"a b"}, R"({"n":"a%20b"})"},
        {Place::plain, "<{name}>", {"a\"\n<b>"}, "<a\"\n<b>>"},
        {Place::plain, "{name:json}", {"a\"b"}, "a\\\"b"},
        {Place::plain, "{name:url}", {"a b"}, "a%20b"},
        {Place::header, "{name} {n}", {"ü\tx", ""}, "ü\tx "},
        {Place::header, "{name:url}", {"a\r\nb"}, "a%0D%0Ab"},
        {Place::header, "{name:json}", {"a\r\n\"b"}, "a\\r\\n\\\"b"},
        {Place::url, "/{request_id}/{sequence:url}", {}, "/<id>/<sequence>"},
        {Place::json, R"({"i":"{request_id:json}","s":{sequence}})", {}, R"({"i":"<id>","s":<sequence>})"},
        {Place::header, "{request_id:raw}", {}, "<id>"},
        {Place::json,
         R"({"x":{},"y":"{other}","z":"{ name }","w":{"n":1}})",
         {},
         R"({"x":{},"y":"{other}","z":"{ name }","w":{"n":1}})"},
        {Place::plain, "{user(name:1){name:Id}}{", {}, "{user(name:1){name:Id}}{"},
        {Place::plain, "{{name}}", {"x"}, "{x}"},
    };
    for (const Case& one : all)
        EXPECT_EQ(filled(one.text, one.place, one.row), one.expected) << one.text;
}

TEST(Template, RefusesWhatThePlaceCannotHold) {
    const std::vector<Case> all{
        {Place::header,
         "{name}",
         {"a\nb"},
         "column \"name\": \"a\\x0Ab\" holds a line break, which a header cannot"},
        {Place::header, "{name:raw}", {std::string("\0", 1)}, "holds a NUL"},
        {Place::header, "{name}", {"\x1b[2J"}, "holds a control character"},
        {Place::url, "/{name:raw}", {"a b"}, "\"a b\" holds a space, which a URL cannot"},
        {Place::url, "/{name:raw}", {"a\tb"}, "holds a tab"},
        {Place::json, R"({"n":"{name}"})", {"\xff"}, "no UTF-8"},
        {Place::json,
         R"({"n":{n}})",
         {"", "Ann"},
         "\"Ann\" is no JSON value, and the placeholder is not in quotes"},
        {Place::json, R"({"n":{n}})", {"", ""}, "\"\" is no JSON value"},
        {Place::json, R"({"n":{n}})", {"", std::string("1\0x", 3)}, "no JSON value"},
        {Place::json,
         R"({"n":{n}})",
         {"",
          "\xef\xbb\xbf"
          "1"},
         "no JSON value"},
        {Place::json, R"({"n":{n}})", {"", "007"}, "\"007\" is no JSON value"},
        {Place::json, R"({"n":{n}})", {"", "1,\"m\":2"}, "{n:raw}"},
        {Place::json, R"({"n":{request_id}})", {}, "write \"{request_id}\" with them"},
        {Place::plain, "{name:jsn}", {""}, "{name:jsn} is not understood; write {name}, {name:json}, "},
        {Place::plain,
         "{nmae}",
         {""},
         "{nmae} names no column of the data; write {name}, or { nmae } if it is"},
        {Place::json, R"({"n":"{nam:json}"})", {""}, "{nam:json} names no column of the data; write {name}"},
        {Place::header, "{sequenc}", {""}, "write {sequence}"},
        {Place::url,
         "/{user}",
         {""},
         "{user} is none of the placeholders {name}, {n}, {request_id}, {sequence}"},
        {Place::plain, "{request_id:}", {""}, "<id>"},  // no writing is the place's own
    };
    for (const Case& one : all)
        EXPECT_NE(filled(one.text, one.place, one.row).find(one.expected), std::string::npos)
            << one.text << " gave " << filled(one.text, one.place, one.row);
}

TEST(Template, ShowsALongValueCutAndPrintable) {
    const std::string told = filled("{name}", Place::header, {"\n" + std::string(1000, 'x')});
    EXPECT_NE(told.find("\"\\x0Axxx"), std::string::npos) << told;
    EXPECT_LT(told.size(), 150U);
}

TEST(Template, TakesALongTextOfBracesInLinearTime) {
    const std::string text(3'000'000, '{');
    EXPECT_EQ(filled(text, Place::plain, {}), text);
}

TEST(PlaceOfBody, IsToldByTheContentTypeOrTheText) {
    struct Told {
        const char* type;  ///< "": no such header
        const char* body;
        Place place;
    };
    const std::vector<Told> all{
        {"application/json", "{name}", Place::json},
        {"Application/JSON; charset=utf-8", "", Place::json},
        {"application/vnd.api+json", "", Place::json},
        {"application/problem+JSON ; a=b", "", Place::json},
        {"application/x-ndjson", "", Place::json},
        {"application/x-www-form-urlencoded", R"({"a":"{name}"})", Place::form},
        {"text/plain", R"({"a":"{name}"})", Place::plain},
        {"application/xml", "<a>{name}</a>", Place::plain},
        {"{name}", R"({"a":"{name}"})", Place::plain},
        {"", R"({"a":"{name}","b":{n}})", Place::json},
        {"", R"( [ "{name}" ] )", Place::json},
        {"", "{\"a\":\"{name}\"}\n{\"a\":{n}}\n", Place::json},
        {"", R"({"id":{request_id}})", Place::json},
        {"", R"({"a":{}})", Place::plain},  // nothing is put in
        {"", "{name}", Place::plain},
        {"", "[{name}", Place::plain},
        {"", "{a: {name}}", Place::plain},
        {"", "a={name}", Place::plain},
        {"", "", Place::plain},
    };
    for (const Told& told : all) {
        std::vector<http::Header> headers{{"X-Type", "application/json"}};
        if (*told.type != '\0') headers.push_back({"content-TYPE", told.type});
        EXPECT_EQ(Template::place_of_body(told.body, headers, k_columns), told.place)
            << told.type << " " << told.body;
    }
}

}  // namespace
}  // namespace joust::load
