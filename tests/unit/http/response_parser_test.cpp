#include "http/response_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/http/parsed.hpp"

namespace joust::http {
namespace {

struct Message {
    const char* name;
    std::string bytes;
    int status;
    std::string body;
    bool keep_alive;
    bool to_head = false;
};

const std::vector<Message>& right_messages() {
    static const std::vector<Message> messages{
        {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true},
        {"no_reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true},
        {"bare_line_feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok", true},
        {"bare_line_feeds_chunked", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nx\n0\n\n", 200, "x",
         true},
        {"case_and_padding", "HTTP/1.1 200 OK\r\ncONTENT-lENGTH: \t 2 \t\r\n\r\nok", 200, "ok", true},
        {"same_length_twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200,
         "ok", true},
        {"chunked",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
         200, "abc0123456789", true},
        {"chunked_trailers",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n01\r\nx\r\n000;last\r\nTrailer: "
         "1\r\nContent-Length: 9\r\n\r\n",
         200, "x", true},
        {"interim",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\nConnection: close\r\n\r\nHTTP/1.1 "
         "201 C\r\nContent-Length: 1\r\n\r\nz",
         201, "z", true},
        {"head", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 200, "", true, true},
        {"head_chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, "", true, true},
        {"no_content", "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", 204, "", true},
        {"not_modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", 304, "", true},
        {"to_close", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nall of it", 200, "all of it", false},
        {"close", "HTTP/1.1 200 OK\r\nConnection: foo , CLOSE\r\nContent-Length: 1\r\n\r\nx", 200, "x",
         false},
        {"old", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
        {"old_kept", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx", 200, "x",
         true},
        {"folded", "HTTP/1.1 200 OK\r\nX: a \r\n\t b\r\n  \r\n c\r\nContent-Length: 1\r\n\r\nx", 200, "x",
         true},
        {"folded_last", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: a\r\n b\r\n\r\nx", 200, "x", true},
        {"folded_length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n 1\r\n\r\nx", 200, "x", true},
        {"folded_connection", "HTTP/1.1 200 OK\r\nConnection: a,\r\n close\r\nContent-Length: 1\r\n\r\nx",
         200, "x", false},
        {"folded_encoding",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip,\r\n\tchunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 200, "x",
         true},
        {"folded_bare", "HTTP/1.1 200 OK\nX: a\n b\nContent-Length: 1\n\nx", 200, "x", true},
        {"folded_trailer",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: a\r\n b\r\n\r\n", 200, "x",
         true},
        {"folded_hiding_a_length",
         "HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 9\r\nContent-Length: 1\r\n\r\nx", 200, "x", true},
        {"folded_long",
         "HTTP/1.1 200 OK\r\nX: " + std::string(400, 'a') + "\r\n " + std::string(400, 'b') +
             "\r\nContent-Length: 1\r\n\r\nx",
         200, "x", true},
        {"long_name", "HTTP/1.1 200 OK\r\n" + std::string(300, 'n') + ": v\r\nContent-Length: 1\r\n\r\nx",
         200, "x", true},
        {"minor_version", "HTTP/1.2 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", true},
        {"status_999", "HTTP/1.1 999 Denied\r\nContent-Length: 1\r\n\r\nx", 999, "x", true},
        {"status_600", "HTTP/1.1 600\r\nContent-Length: 0\r\n\r\n", 600, "", true},
        {"list_length", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2,2 ,2\r\n\r\nok", 200,
         "ok", true},
        {"zeros_in_length", "HTTP/1.1 200 OK\r\nContent-Length: " + std::string(30, '0') + "2\r\n\r\nok", 200,
         "ok", true},
        {"zeros_in_chunk_sizes",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(200, '0') + "1\r\nx\r\n" +
             std::string(200, '0') + "\r\n\r\n",
         200, "x", true},
        {"chunked_old",
         "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
         200, "x", false},
        {"chunked_old_named_first",
         "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n1\r\nx\r\n0\r\n\r\n",
         200, "x", false},
        {"coding_to_close", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n1\r\nx", 200, "1\r\nx", false},
        {"chunked_then_gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n1\r\nx", 200,
         "1\r\nx", false},
        {"codings_in_two_lines",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked "
         "\r\n\r\n1\r\nx\r\n0\r\n\r\n",
         200, "x", true},
        {"identity", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx", 200, "x",
         true},
        {"no_space_after_colon", "HTTP/1.1 200 OK\r\nX:\r\nY:z\r\nContent-Length:1\r\n\r\nx", 200, "x", true},
        {"obs_text", "HTTP/1.1 200 \xc4rger\r\nX: \xff\r\nContent-Length: 1\r\n\r\nx", 200, "x", true},
        {"error_page", "HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy", 503, "busy", true},
        {"long_header",
         "HTTP/1.1 200 OK\r\nX-Long: " + std::string(1000, 'a') + "\r\nContent-Length: 1\r\n\r\nx", 200, "x",
         true},
    };
    return messages;
}

struct Wrong {
    const char* name;
    std::string bytes;
    std::string error;
};

const std::vector<Wrong>& wrong_messages() {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    static const std::vector<Wrong> messages{
        {"garbage", "hello there\r\n\r\n", "the status line is not HTTP/1.0 or HTTP/1.1"},
        {"version_2", "HTTP/2 200\r\n\r\n", "the status line is not HTTP/1.0 or HTTP/1.1"},
        {"status_word", "HTTP/1.1 OK\r\n\r\n", "the status line is not HTTP/1.0 or HTTP/1.1"},
        {"status_long", "HTTP/1.1 2000 OK\r\n\r\n", "the status line is not HTTP/1.0 or HTTP/1.1"},
        {"status_099", "HTTP/1.1 099 OK\r\n\r\n", "the status is not in 100 … 999"},
        {"version_without_minor", "HTTP/1. 200 OK\r\n\r\n", "the status line is not HTTP/1.0 or HTTP/1.1"},
        {"switching", "HTTP/1.1 101 S\r\n\r\n", "the server switched protocols unasked"},
        {"both", ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
         "both Content-Length and a Transfer-Encoding"},
        {"both_reversed", ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
         "both Content-Length and a Transfer-Encoding"},
        {"negative", ok + "Content-Length: -1\r\n\r\n", "Content-Length is not a number"},
        {"plus", ok + "Content-Length: +1\r\n\r\n", "Content-Length is not a number"},
        {"hexadecimal", ok + "Content-Length: 0x10\r\n\r\n", "Content-Length is not a number"},
        {"empty_length", ok + "Content-Length: \r\n\r\n", "Content-Length is not a number"},
        {"both_to_close", ok + "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\n",
         "both Content-Length and a Transfer-Encoding"},
        {"list_unequal", ok + "Content-Length: 1, 2\r\n\r\n", "two unequal Content-Lengths"},
        {"list_cut", ok + "Content-Length: 1,\r\n\r\n", "Content-Length is not a number"},
        {"list_hole", ok + "Content-Length: 1,,1\r\n\r\n", "Content-Length is not a number"},
        {"folded_number", ok + "Content-Length: 1\r\n 2\r\n\r\n", "Content-Length is not a number"},
        {"folded_first", ok + " X: a\r\n\r\n", "a header line has no name and colon"},
        {"folded_endless",
         ok + "X: a" +
             [] {
                 std::string all;
                 for (int i = 0; i < 25000; ++i)
                     all += "\r\n ";
                 return all;
             }(),
         "the headers are too large"},
        {"folded_spaces", ok + "X: a\r\n" + std::string(70000, ' '), "the headers are too large"},
        {"folded_spaces_again",
         ok + "X: a" +
             [] {
                 std::string all;
                 for (int i = 0; i < 70; ++i)
                     all += "\r\n" + std::string(1000, ' ');
                 return all;
             }(),
         "the headers are too large"},
        {"overflow", ok + "Content-Length: 18446744073709551621\r\n\r\n", "Content-Length overflows"},
        {"unequal", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "two unequal Content-Lengths"},
        {"encoding_twice", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         "chunked is named twice"},
        {"encoding_twice_in_a_line", ok + "Transfer-Encoding: chunked, chunked\r\n\r\n",
         "chunked is named twice"},
        {"space_colon", ok + "Content-Length : 1\r\n\r\nx", "a header line has no name and colon"},
        {"no_colon", ok + "nonsense\r\n\r\n", "a header line has no name and colon"},
        {"bare_cr", ok + "X: a\rb\r\n\r\n", "a carriage return without a line feed"},
        {"bare_cr_at_end", ok + "X: a\r\r\n\r\n", "a carriage return without a line feed"},
        {"bare_lf", ok + "X: a\nY: b\r\n\r\n", "a line feed where lines end in CR LF"},
        {"bare_lf_in_length", ok + "Content-Length: 1\n\r\n\r\nx", "a line feed where lines end in CR LF"},
        {"bare_lf_in_head_end", ok + "Content-Length: 1\r\n\nx", "a line feed where lines end in CR LF"},
        {"bare_lf_in_trailer", chunked + "0\r\nX: a\nY: b\r\n\r\n", "a line feed where lines end in CR LF"},
        {"bare_lf_after_size", chunked + "1\nx\r\n0\r\n\r\n", "a line feed where lines end in CR LF"},
        {"cr_lf_after_lf", "HTTP/1.1 200 OK\nX: a\r\n\n", "CR LF where lines end in a line feed"},
        {"nul", ok + "X: a" + std::string(1, '\0') + "b\r\n\r\n", "a control character in a line"},
        {"nul_in_phrase", "HTTP/1.1 200 O" + std::string(1, '\0') + "\r\n\r\n",
         "a control character in a line"},
        {"tls_alert", "\x15\x03\x03\r\n", "the status line is not HTTP/1.0 or HTTP/1.1"},
        {"bell_in_trailer", chunked + "0\r\nX: \a\r\n\r\n", "a control character in a line"},
        {"escape_in_extension", chunked + "1;x=\x1b\r\nx\r\n0\r\n\r\n", "a control character in a line"},
        {"endless_nul", ok + "X: " + std::string(1, '\0') + std::string(300, 'x'),
         "a control character in a line"},
        {"long_framing", ok + "Content-Length: " + std::string(300, ' ') + "1\r\n\r\nx",
         "a header that frames the response is longer than 256 bytes"},
        {"chunk_word", chunked + "zz\r\n", "a chunk's size is not a number"},
        {"chunk_negative", chunked + "-1\r\n", "a chunk's size is not a number"},
        {"chunk_empty", chunked + "\r\n", "a chunk's size is not a number"},
        {"chunk_overflow", chunked + "10000000000000000\r\n", "a chunk's size overflows"},
        {"chunk_of_many_zeros", chunked + std::string(300, '0') + "1\r\nx\r\n0\r\n\r\n",
         "a chunk's size is longer than 255 digits"},
        {"chunk_end", chunked + "1\r\nxy\r\n0\r\n\r\n", "a chunk does not end where its size says"},
        {"chunk_line", chunked + "1;" + std::string(5000, 'x') + "\r\n", "a chunk's size line is too long"},
        {"trailer", chunked + "0\r\nnonsense\r\n\r\n", "a trailer has no name and colon"},
        {"large_head", ok + "X: " + std::string(70000, 'x') + "\r\n\r\n", "the headers are too large"},
        {"endless_head", ok + std::string(70000, 'x'), "the headers are too large"},
        {"many_headers",
         ok +
             [] {
                 std::string all;
                 for (int i = 0; i < 300; ++i)
                     all += "A: b\r\n";
                 return all;
             }() +
             "\r\n",
         "too many headers"},
        {"many_interim",
         [] {
             std::string all;
             for (int i = 0; i < 300; ++i)
                 all += "HTTP/1.1 102 P\r\n\r\n";
             return all;
         }(),
         "too many interim responses"},
        {"cut_head", ok + "Content-Length: 1\r\n", "the connection closed in the middle of the response"},
        {"cut_body", ok + "Content-Length: 5\r\n\r\nabc",
         "the connection closed in the middle of the response"},
        {"cut_chunk", chunked + "5\r\nabc", "the connection closed in the middle of the response"},
        {"nothing", "", "the connection closed before a byte of the response"},
    };
    return messages;
}

TEST(ResponseParser, ReadsEveryKindOfMessage) {
    for (const Message& message : right_messages()) {
        const Parsed parsed = parse({message.bytes}, message.to_head);
        EXPECT_TRUE(parsed.complete) << message.name << ": " << parsed.error;
        EXPECT_EQ(parsed.status, message.status) << message.name;
        EXPECT_EQ(parsed.body, message.body) << message.name;
        EXPECT_EQ(parsed.keep_alive, message.keep_alive) << message.name;
        EXPECT_EQ(parsed.rest, "") << message.name;
    }
}

TEST(ResponseParser, RefusesEveryWrongMessageWithItsReason) {
    for (const Wrong& message : wrong_messages()) {
        const Parsed parsed = parse({message.bytes});
        EXPECT_FALSE(parsed.complete) << message.name;
        EXPECT_FALSE(parsed.keep_alive) << message.name;
        EXPECT_EQ(parsed.error, message.error) << message.name;
    }
}

TEST(ResponseParser, GivesTheSameResultHoweverTheBytesAreCut) {
    std::vector<std::pair<std::string, bool>> all;
    for (const Message& message : right_messages())
        all.emplace_back(message.bytes, message.to_head);
    for (const Wrong& message : wrong_messages())
        if (message.bytes.size() < 1000) all.emplace_back(message.bytes, false);
    for (const auto& [bytes, to_head] : all) {
        const Parsed whole = parse({bytes}, to_head);
        std::vector<std::string> single;
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            single.push_back(bytes.substr(cut, 1));
            EXPECT_EQ(parse({bytes.substr(0, cut), bytes.substr(cut)}, to_head), whole) << "cut at " << cut;
        }
        EXPECT_EQ(parse(single, to_head), whole) << "byte by byte";
    }
}

/// All messages, right and wrong, each with whether it answers a HEAD.
std::vector<std::pair<std::string, bool>> all_messages() {
    std::vector<std::pair<std::string, bool>> all;
    for (const Message& message : right_messages())
        all.emplace_back(message.bytes, message.to_head);
    for (const Wrong& message : wrong_messages())
        if (message.bytes.size() < 1000) all.emplace_back(message.bytes, false);
    return all;
}

// Whatever head was known before: the same result as without knowing one, the headers aside.
TEST(ResponseParser, AKnownHeadChangesNoResult) {
    for (const auto& [earlier, earlier_to_head] : all_messages()) {
        for (const auto& [bytes, to_head] : all_messages()) {
            KnownHead known;
            parse({earlier}, earlier_to_head, {}, &known);
            Parsed expected = parse({bytes}, to_head);
            expected.headers.clear();
            EXPECT_EQ(parse({bytes}, to_head, {}, &known), expected) << earlier << " then " << bytes;
            EXPECT_EQ(parse({bytes}, to_head, {}, &known), expected) << bytes << " again";
            if (bytes.empty()) continue;
            EXPECT_EQ(parse({bytes.substr(0, 1), bytes.substr(1)}, to_head, {}, &known), expected)
                << bytes << " cut";
        }
    }
}

TEST(ResponseParser, AKnownHeadIsOfTheSameBytesAlone) {
    KnownHead known;
    const std::string before = "HTTP/1.1 200 OK\r\nX: a\r\nContent-Length: 2\r\n\r\n";
    EXPECT_EQ(parse({before + "ok"}, false, {}, &known).body, "ok");
    EXPECT_EQ(parse({"HTTP/1.1 200 OK\r\nX: b\r\nContent-Length: 3\r\n\r\nyes"}, false, {}, &known).body,
              "yes");
    EXPECT_EQ(parse({"HTTP/1.1 404 OK\r\nX: b\r\nContent-Length: 3\r\n\r\nyes"}, false, {}, &known).status,
              404);
    EXPECT_EQ(parse({before + "no"}, false, {}, &known).body, "no");
    EXPECT_FALSE(parse({before}, false, {}, &known).complete);
    EXPECT_TRUE(parse({before}, true, {}, &known).complete);  // to a HEAD it is all
}

// Names are compared sixteen bytes at a time where there are so many.
TEST(ResponseParser, EveryByteOfANameIsLookedAt) {
    const std::string token = "!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz";
    for (int byte = 1; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        if (c == '\r' || c == '\n' || c == ':') continue;
        const bool allowed =
            token.find(c) != std::string::npos || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        for (const std::size_t length : {1, 15, 16, 17, 33}) {
            for (std::size_t at = 0; at < length; ++at) {
                std::string name(length, 'n');
                name[at] = c;
                const Parsed parsed =
                    parse({"HTTP/1.1 204 No\r\n" + name + ": v\r\n\r\n0123456789abcdefghij"});
                EXPECT_EQ(parsed.complete, allowed) << "byte " << byte << " at " << at << " of " << length;
            }
        }
    }
}

// RFC 9110, 5.5: a field value is of visible characters, spaces, tabs and bytes from 0x80 on.
TEST(ResponseParser, EveryByteOfAValueIsLookedAt) {
    for (int byte = 0; byte < 256; ++byte) {
        if (byte == '\r' || byte == '\n') continue;  // above: they have reasons of their own
        const bool allowed = byte == '\t' || (byte >= ' ' && byte != 0x7f);
        for (const std::size_t length : {1, 12, 16, 17, 40}) {
            for (std::size_t at = 0; at < length; ++at) {
                std::string value(length, 'v');
                value[at] = static_cast<char>(byte);
                const std::string head = "HTTP/1.1 204 No\r\nX: " + value + "\r\nContent-Length: 0\r\n\r\n";
                const Parsed whole = parse({head});
                EXPECT_EQ(whole.complete, allowed) << "byte " << byte << " at " << at << " of " << length;
                EXPECT_EQ(whole.error, allowed ? "" : "a control character in a line") << "byte " << byte;
                EXPECT_EQ(parse({head.substr(0, 20 + at), head.substr(20 + at)}), whole) << "byte " << byte;
            }
        }
    }
}

TEST(ResponseParser, LineEndsAreThoseOfTheStatusLine) {
    EXPECT_TRUE(parse({"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nx\n0\nX: y\n\n"}).complete);
    // Of each response: an interim one may be of another server on the way.
    EXPECT_TRUE(parse({"HTTP/1.1 100 Continue\n\nHTTP/1.1 204 No\r\nX: y\r\n\r\n"}).complete);
    EXPECT_TRUE(parse({"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\nX: y\n\n"}).complete);
}

TEST(ResponseParser, LeavesWhatFollowsTheResponse) {
    EXPECT_EQ(parse({"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1"}).rest, "HTTP/1.1");
    EXPECT_EQ(parse({"HTTP/1.1 304 N\r\n\r\n", "y"}).rest, "y");
}

TEST(ResponseParser, ReportsHeadersOfTheFinalResponseTrimmed) {
    const Parsed parsed =
        parse({"HTTP/1.1 103 E\r\nEarly: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-A:  b c \r\nEmpty:\r\nContent-Length: "
               "0\r\n\r\n"});
    EXPECT_EQ(parsed.headers, (std::vector<std::string>{"X-A=b c", "Empty=", "Content-Length=0"}));
}

// One space for each fold (RFC 9112, 5.2), as Go and curl have it.
TEST(ResponseParser, ReportsAFoldedHeaderAsOneLine) {
    const std::string head = "HTTP/1.1 204 No\r\nX: a \r\n\t b\r\n  \r\n c\r\nY: d\r\nZ:\r\n e\r\n\r\n";
    const std::vector<std::string> expected{"X=a b c", "Y=d", "Z=e"};
    EXPECT_EQ(parse({head}).headers, expected);
    for (std::size_t cut = 1; cut < head.size(); ++cut)
        EXPECT_EQ(parse({head.substr(0, cut), head.substr(cut)}).headers, expected) << "cut at " << cut;
}

TEST(ResponseParser, CountsTheBytesOfFoldedLinesOnce) {
    std::string head = "HTTP/1.1 200 OK\r\nX: a";
    for (int i = 0; i < 3000; ++i)
        head += "\r\n 0123456789abcdef";
    EXPECT_TRUE(parse({head + "\r\nContent-Length: 0\r\n\r\n"}).complete);
}

TEST(ResponseParser, CanBeUsedForOneResponseAfterAnother) {
    ResponseParser parser;
    for (const Wrong& message : wrong_messages()) {
        parser.start();
        std::string_view wrong = message.bytes;
        Event event = parser.next(wrong);
        while (event == Event::header || event == Event::body)
            event = parser.next(wrong);
        parser.start();
        EXPECT_FALSE(parser.begun());
        std::string_view right = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        EXPECT_EQ(parser.next(right), Event::complete) << "after " << message.name << ": " << parser.error();
        EXPECT_TRUE(parser.keep_alive()) << "after " << message.name;
    }
}

TEST(ResponseParser, CountsHeaderBytesExactly) {
    const std::string head = "HTTP/1.1 200 OK\r\nA: b\r\n";  // 15 + 2 + 4 + 2 bytes
    const auto with_limit = [&](std::uint32_t bytes) {
        return parse({head + "Content-Length: 0\r\n\r\n"}, false, {.head_bytes = bytes}).error;
    };
    EXPECT_EQ(with_limit(23 + 17), "");
    EXPECT_EQ(with_limit(23 + 16), "the headers are too large");
}

}  // namespace
}  // namespace joust::http
