#include "http/request_writer.hpp"

#include <gtest/gtest.h>

namespace joust::http {
namespace {

TEST(RequestWriter, WritesAGetWithHostAndNoLength) {
    EXPECT_EQ(*write_request({.authority = "h:8080", .path = "/a?b=c"}),
              "GET /a?b=c HTTP/1.1\r\nHost: h:8080\r\n\r\n");
}

TEST(RequestWriter, WritesHeadersInOrderAndTheBodysLength) {
    EXPECT_EQ(
        *write_request({.method = "POST",
                        .authority = "h",
                        .path = "/",
                        .headers = {{"Content-Type", "application/json"}, {"X", ""}},
                        .body = "{}"}),
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX: \r\nContent-Length: 2\r\n\r\n{}");
}

TEST(RequestWriter, AnnouncesAnEmptyBodyOfAPost) {
    EXPECT_NE(write_request({.method = "POST", .authority = "h"})->find("Content-Length: 0\r\n"),
              std::string::npos);
    EXPECT_EQ(write_request({.method = "DELETE", .authority = "h"})->find("Content-Length"),
              std::string::npos);
}

TEST(RequestWriter, LetsTheUsersHostAndLengthStand) {
    const auto bytes = write_request({.method = "POST",
                                      .authority = "h",
                                      .headers = {{"HOST", "other"}, {"content-length", "1"}},
                                      .body = "x"});
    EXPECT_EQ(*bytes, "POST / HTTP/1.1\r\nHOST: other\r\ncontent-length: 1\r\n\r\nx");
}

struct Refused {
    const char* why;
    RequestParts parts;
};

class RequestWriterRefuses : public testing::TestWithParam<Refused> {};

TEST_P(RequestWriterRefuses, WithBadInput) {
    const auto bytes = write_request(GetParam().parts);
    ASSERT_FALSE(bytes.has_value());
    EXPECT_EQ(bytes.error().kind, ErrorKind::bad_input);
}

INSTANTIATE_TEST_SUITE_P(RequestWriter, RequestWriterRefuses,
                         testing::Values(Refused{"space in the method", {.method = "GE T"}},
                                         Refused{"no method", {.method = ""}},
                                         Refused{"space in the path", {.path = "/a b"}},
                                         Refused{"no path", {.path = ""}},
                                         Refused{"line break in the path", {.path = "/\r\nX: y"}},
                                         Refused{"line break in a value", {.headers = {{"X", "a\r\nY: b"}}}},
                                         Refused{"colon in a name", {.headers = {{"X:", "a"}}}},
                                         Refused{"empty name", {.headers = {{"", "a"}}}}));

}  // namespace
}  // namespace joust::http
