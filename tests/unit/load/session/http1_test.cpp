#include "load/session/http1.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using Step = Http1::Step;

/// An exchange whose answer is read.
struct Reading {
    explicit Reading(const Expect& expect = {}, std::string method = "GET")
        : prepared(PreparedRequest::prepare(Target{}, {.method = std::move(method)}, Feed{}).value()),
          check(AnswerCheck::compile(expect, false).value()) {
        exchange.prepared = &prepared;
        exchange.check = &check;
        http.begin(exchange, known);
    }
    Step read(std::string_view bytes) {
        const Step step = http.read(exchange, bytes);
        rest = bytes;
        return step;
    }
    PreparedRequest prepared;
    AnswerCheck check;
    Exchange exchange;
    http::KnownHead known;
    Http1 http;
    std::string_view rest;
};

TEST(Http1, KeepsABodyThatComesInPieces) {
    Reading reading({.body_contains = "hello"});
    EXPECT_EQ(reading.read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), Step::wants_more);
    EXPECT_TRUE(reading.http.begun());
    EXPECT_EQ(reading.read("llo"), Step::whole);
    EXPECT_EQ(reading.exchange.body.text(), "hello");
    EXPECT_EQ(reading.http.status(), 200);
    EXPECT_TRUE(reading.http.keep_alive());
}

TEST(Http1, LeavesWhatDoesNotBelongToTheAnswer) {
    Reading reading;
    EXPECT_EQ(reading.read("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1"), Step::whole);
    EXPECT_EQ(reading.rest, "HTTP/1.1");
}

TEST(Http1, NotesWhichOfTheExpectedHeadersCame) {
    Reading reading({.headers = {{"X-One", "1"}, {"X-Two", "2"}, {"X-Three", "3"}}});
    EXPECT_EQ(reading.read("HTTP/1.1 204 No Content\r\nx-three: 3\r\nX-Two: 3\r\nX-One: 1\r\n\r\n"),
              Step::whole);
    EXPECT_EQ(reading.exchange.headers_matched, 0b101U);
}

TEST(Http1, BeginsEachAnswerAnew) {
    Reading reading({.headers = {{"X-One", "1"}}, .body_contains = "o"});
    reading.read("HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 3\r\n\r\none");
    reading.http.begin(reading.exchange, reading.known);
    EXPECT_FALSE(reading.http.begun());
    EXPECT_EQ(reading.exchange.headers_matched, 0U);
    EXPECT_EQ(reading.exchange.body.text(), "");
    EXPECT_EQ(reading.read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"), Step::whole);
    EXPECT_EQ(reading.exchange.body.text(), "two");
}

TEST(Http1, KeepsTheBeginningOfABodyThatNobodyChecks) {
    Reading reading;
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x');
    EXPECT_EQ(reading.read(answer), Step::whole);
    EXPECT_EQ(reading.exchange.body.text(), std::string(200, 'x'));
}

TEST(Http1, SaysWhatIsWrong) {
    Reading reading;
    EXPECT_EQ(reading.read("SSH-2.0-OpenSSH_9.2\r\n"), Step::wrong);
    EXPECT_NE(reading.http.error(), "");
}

TEST(Http1, TakesTheEndOfTheStreamForTheEndOfABodyWithoutALength) {
    Reading reading;
    EXPECT_EQ(reading.read("HTTP/1.1 200 OK\r\n\r\nall of it"), Step::wants_more);
    EXPECT_TRUE(reading.http.finish());
    Reading cut;
    cut.read("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nall");
    EXPECT_FALSE(cut.http.finish());
}

TEST(Http1, ExpectsNoBodyOfAnAnswerToHead) {
    Reading reading({}, "HEAD");
    EXPECT_EQ(reading.read("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"), Step::whole);
}

}  // namespace
}  // namespace joust::load
