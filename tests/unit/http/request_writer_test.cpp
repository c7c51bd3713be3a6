#include "http/request_writer.hpp"

#include <gtest/gtest.h>

#include "http/request_framing.hpp"

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

INSTANTIATE_TEST_SUITE_P(
    RequestWriter, RequestWriterRefuses,
    testing::Values(Refused{"space in the method", {.method = "GE T"}}, Refused{"no method", {.method = ""}},
                    Refused{"space in the path", {.path = "/a b"}}, Refused{"no path", {.path = ""}},
                    Refused{"a fragment", {.path = "/a#b"}},
                    Refused{"line break in the path", {.path = "/\r\nX: y"}},
                    Refused{"line break in a value", {.headers = {{"X", "a\r\nY: b"}}}},
                    Refused{"colon in a name", {.headers = {{"X:", "a"}}}},
                    Refused{"empty name", {.headers = {{"", "a"}}}},
                    Refused{"escape in the path", {.path = "/\x1b"}},
                    Refused{"a tunnel", {.method = "CONNECT"}},
                    Refused{"NUL in a value", {.headers = {{"X", std::string("\0", 1)}}}},
                    Refused{"escape in a value", {.headers = {{"X", "\x1b[2J"}}}},
                    Refused{"DEL in a value", {.headers = {{"X", "\x7f"}}}},
                    Refused{"space in a name", {.headers = {{"X Y", "a"}}}},
                    Refused{"a letter that is no ASCII in a name", {.headers = {{"Ü", "a"}}}}));

// What a header asks for is done, or refused; never only half of it.
TEST(RequestWriter, AppliesOrRefusesWhatHeadersAskFor) {
    struct Asked {
        std::vector<Header> headers;
        std::string body;
        std::string outcome;  ///< how the request ends, or a part of the refusal
    };
    const std::string end = "\r\n\r\n";
    const std::vector<Asked> all{
        {{{"Content-Length", "3"}}, "abc", "\r\nContent-Length: 3" + end + "abc"},
        {{{"Content-Length", " 3\t"}}, "abc", "Content-Length:  3\t" + end + "abc"},
        {{{"Content-Length", "5"}}, "abc", "content-length: 5 is wrong, the body has 3 bytes"},
        {{{"Content-Length", "2"}}, "abc", "is wrong"},
        {{{"Content-Length", "-1"}}, "abc", "is wrong"},
        {{{"Content-Length", "3, 3"}}, "abc", "is wrong"},
        {{{"Content-Length", "18446744073709551619"}}, "abc", "is wrong"},
        {{{"Content-Length", ""}}, "abc", "is wrong"},
        {{{"Content-Length", "0"}}, "", "\r\nContent-Length: 0" + end},
        {{{"Content-Length", "1"}}, "", "is wrong"},
        {{{"Content-Length", "3"}, {"content-length", "3"}}, "abc", "content-length stands 2 times"},
        {{{"Transfer-Encoding", "chunked"}}, "abc", "chunked" + end + "3\r\nabc\r\n0" + end},
        {{{"Transfer-Encoding", "CHUNKED"}}, "", "CHUNKED" + end + "0" + end},
        {{{"Transfer-Encoding", "gzip"}}, "abc", "only chunked is known"},
        {{{"Transfer-Encoding", "gzip, chunked"}}, "abc", "only chunked is known"},
        {{{"Transfer-Encoding", "identity"}}, "abc", "only chunked is known"},
        {{{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}, "a", "stands 2 times"},
        {{{"Transfer-Encoding", "chunked"}, {"Content-Length", "3"}}, "abc", "contradict each other"},
        {{{"Expect", "100-continue"}}, "abc", "without waiting for 100 Continue"},
        {{{"Expect", ""}}, "abc", "\r\nExpect: \r\nContent-Length: 3" + end + "abc"},
        {{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}, "", "only HTTP/1.1 is spoken"},
        {{{"Upgrade", "h2c"}}, "", "only HTTP/1.1 is spoken"},
        {{{"Connection", "keep-alive, Upgrade"}}, "", "only HTTP/1.1 is spoken"},
        {{{"Trailer", "Expires"}}, "abc", "no trailers are sent"},
        {{{"Host", "a"}, {"HOST", "b"}}, "", "host stands 2 times"},
        {{{"Host", "a"}}, "", "\r\nHost: a\r\nContent-Length: 0" + end},
        {{{"Content-Type", "a/b"}, {"content-type", "c/d"}}, "", "content-type stands 2 times"},
        {{{"Content-Encoding", "gzip"}}, "abc", "Content-Encoding: gzip\r\nContent-Length: 3" + end + "abc"},
        {{{"TE", "trailers"}}, "", "\r\nTE: trailers\r\nContent-Length: 0" + end},
        {{{"Connection", "close"}}, "", "\r\nConnection: close\r\nContent-Length: 0" + end},
        {{{"X-A", "1"}, {"X-A", "2"}}, "", "\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 0" + end},
        {{{"X-A", "ü\t~"}}, "", "\r\nX-A: ü\t~\r\nContent-Length: 0" + end},
    };
    for (const Asked& asked : all) {
        const auto bytes =
            write_request({.method = "POST", .authority = "h", .headers = asked.headers, .body = asked.body});
        const std::string outcome = bytes ? *bytes : bytes.error().message;
        EXPECT_NE(outcome.find(asked.outcome), std::string::npos)
            << asked.headers[0].name << ": " << asked.headers[0].value << " gave " << outcome;
        EXPECT_TRUE(!bytes || bytes->ends_with(asked.outcome)) << outcome;
    }
}

TEST(AsksToClose, InAnySpellingAndInLists) {
    for (const char* value : {"close", "Close", "CLOSE", " close ", "keep-alive, close", "close,keep-alive",
                              "TE,\tclose", ",close,"})
        EXPECT_TRUE(asks_to_close({{"connection", value}})) << value;
    for (const char* value : {"", "keep-alive", "closed", "close-notify", "x close", "TE"})
        EXPECT_FALSE(asks_to_close({{"Connection", value}})) << value;
    EXPECT_TRUE(asks_to_close({{"Connection", "TE"}, {"CONNECTION", "close"}}));
    EXPECT_FALSE(asks_to_close({{"X-Connection", "close"}}));
}

}  // namespace
}  // namespace joust::http
