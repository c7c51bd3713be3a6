// Servers that mean harm, or are merely broken: each ends in the right kind of error, in time, in bounded
// memory.
#include <fstream>

#include "unit/load/engine_support.hpp"

namespace joust::load {
namespace {

using model::RequestErrorKind;

constexpr int k_users = 3;

#if defined(__SANITIZE_ADDRESS__)
#define JOUST_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JOUST_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef JOUST_ADDRESS_SANITIZER
constexpr std::size_t k_most_growth = std::size_t{512} << 20U;  // freed memory stays in its quarantine
constexpr Nanoseconds k_timeout = 1s;  // the slowed servers, too, have a byte sent by then
#else
constexpr std::size_t k_most_growth = std::size_t{32} << 20U;
constexpr Nanoseconds k_timeout = 300ms;
#endif

struct Hostility {
    std::string name;
    std::function<Reply(const SeenRequest&)> reply;
    std::optional<RequestErrorKind> kind;  ///< empty: the answer counts as a success
    std::string detail;                    ///< part of the example
    std::string method = "GET";
    ScriptedServer::Manner manner = {};
    Expect expect = {};
};

std::function<Reply(const SeenRequest&)> always(const Reply& reply) {
    return [reply](const SeenRequest&) { return reply; };
}
std::function<Reply(const SeenRequest&)> bytes(const std::string& text) {
    return always(Reply::raw(text));
}
std::function<Reply(const SeenRequest&)> closing(const std::string& text) {
    return always(Reply::raw(text, Reply::Then::close));
}
std::string repeated(int times, const std::string& text) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

const std::string k_ok = "HTTP/1.1 200 OK\r\n";
const std::string k_chunked = k_ok + "Transfer-Encoding: chunked\r\n\r\n";
const std::string k_whole = k_ok + "Content-Length: 2\r\n\r\nok";
constexpr auto k_protocol = RequestErrorKind::protocol;
constexpr auto k_reset = RequestErrorKind::reset;
constexpr auto k_late = RequestErrorKind::timeout;

/// Never ends by itself.
std::vector<Hostility> endless() {
    const Reply answer_drips = Reply::drip(k_ok + "Content-Length: 99\r\n\r\n" + std::string(99, 'x'), 20ms);
    Expect text;
    text.body_contains = "never";
    return {
        {"header_line", always(Reply::endless(k_ok + "X: ", "x")), k_protocol, "headers are too large"},
        {"headers", always(Reply::endless(k_ok, "X: y\r\n")), k_protocol, "too many headers"},
        {"interim_answers", always(Reply::endless("", "HTTP/1.1 102 Processing\r\n\r\n")), k_protocol,
         "too many interim"},
        {"empty_lines", always(Reply::endless("", "\r\n")), k_protocol, "status line"},
        {"reason", always(Reply::endless("HTTP/1.1 200 ", "so ")), k_protocol, "headers are too large"},
        {"garbage", always(Reply::endless("", "\xff\xfe\x01")), k_protocol, "status line"},
        {"garbage_without_controls", always(Reply::endless("", "\xff\xfe")), k_protocol,
         "headers are too large"},
        {"chunk_extension", always(Reply::endless(k_chunked + "1;", "a=b;")), k_protocol,
         "size line is too long"},
        {"chunk_size_zeros", always(Reply::endless(k_chunked, "0")), k_protocol, "too long"},
        {"trailers", always(Reply::endless(k_chunked + "0\r\n", "T: x\r\n")), k_protocol, "too many headers"},
        {"chunks", always(Reply::endless(k_chunked, "5\r\nhello\r\n")), k_late, "in the middle"},
        {"chunks_to_be_checked",
         always(Reply::endless(k_chunked, "5\r\nhello\r\n")),
         k_late,
         "in the middle",
         "GET",
         {},
         text},
        {"chunks_of_one_byte", always(Reply::endless(k_chunked, "1\r\nx\r\n")), k_late, "in the middle"},
        {"body_of_huge_length",
         always(Reply::endless(k_ok + "Content-Length: 99999999999999999\r\n\r\n", "x")), k_late,
         "in the middle"},
        {"body_to_close", always(Reply::endless(k_ok + "\r\n", "x")), k_late, "in the middle"},
        {"slow_drip", always(answer_drips), k_late, "in the middle"},
        {"folds", always(Reply::endless(k_ok + "X: y", "\r\n z")), k_protocol, "headers are too large"},
        {"fold_of_spaces", always(Reply::endless(k_ok + "X: y\r\n", " ")), k_protocol,
         "headers are too large"},
        {"unknown_coding", always(Reply::endless(k_ok + "Transfer-Encoding: rot13\r\n\r\n", "x")), k_late,
         "in the middle"},
        {"silence", always(Reply::never()), k_late, "no byte of an answer"},
        {"silence_after_interim", bytes("HTTP/1.1 100 Continue\r\n\r\n"), k_late, "in the middle"},
        {"silence_after_half_a_line", bytes("HTTP/1."), k_late, "in the middle"},
        {"promised_body_that_never_comes", bytes(k_ok + "Content-Length: 5\r\n\r\n"), k_late,
         "in the middle"},
    };
}

std::vector<Hostility> malformed() {
    return {
        {"negative_length", bytes(k_ok + "Content-Length: -5\r\n\r\nhello"), k_protocol, "not a number"},
        {"overflowing_length", bytes(k_ok + "Content-Length: 18446744073709551617\r\n\r\nx"), k_protocol,
         "overflows"},
        {"length_with_plus", bytes(k_ok + "Content-Length: +2\r\n\r\nok"), k_protocol, "not a number"},
        {"length_in_hex", bytes(k_ok + "Content-Length: 0x2\r\n\r\nok"), k_protocol, "not a number"},
        {"length_with_nul", bytes(k_ok + std::string("Content-Length: 2\0\r\n\r\nok", 23)), k_protocol,
         "control character"},
        {"nul_in_a_value", bytes(k_ok + std::string("X: a\0b\r\nContent-Length: 2\r\n\r\nok", 31)),
         k_protocol, "control character"},
        {"line_feed_in_a_value", bytes(k_ok + "X: a\nContent-Length: 9\r\nContent-Length: 2\r\n\r\nok"),
         k_protocol, "line feed"},
        {"length_and_chunked",
         bytes(k_ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), k_protocol,
         "both"},
        {"two_lengths", bytes(k_ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"), k_protocol,
         "unequal"},
        {"chunk_size_negative", bytes(k_chunked + "-2\r\nok\r\n"), k_protocol, "not a number"},
        {"chunk_size_overflows", bytes(k_chunked + "fffffffffffffffff\r\n"), k_protocol, "overflows"},
        {"chunk_size_word", bytes(k_chunked + "two\r\nok\r\n"), k_protocol, "not a number"},
        {"chunk_longer_than_said", bytes(k_chunked + "2\r\noknok\r\n0\r\n\r\n"), k_protocol, "does not end"},
        {"chunked_twice", bytes(k_ok + "Transfer-Encoding: chunked, chunked\r\n\r\n"), k_protocol, "chunked"},
        {"version_9", bytes("HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\nok"), k_protocol, "status line"},
        {"version_2_frames", bytes(std::string("\0\0\x12\x04\0\0\0\0\0", 9) + "\r\n"), k_protocol,
         "status line"},
        {"no_head_at_all", closing("just a body\n"), k_protocol, "status line"},
        {"status_of_two_digits", bytes("HTTP/1.1 20 OK\r\n\r\n"), k_protocol, "status line"},
        {"status_of_four_digits", bytes("HTTP/1.1 2000 OK\r\n\r\n"), k_protocol, "status line"},
        {"status_of_zero", bytes("HTTP/1.1 000 OK\r\n\r\n"), k_protocol, "not in 100"},
        {"protocols_switched_unasked", bytes("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), k_protocol,
         "unasked"},
        {"nul_in_the_status_line",
         bytes(std::string("HTTP/1.1\0"
                           "200 OK\r\n\r\n",
                           19)),
         k_protocol, "status line"},
        {"nul_in_a_header_name", bytes(k_ok + std::string("X\0Y: z\r\n\r\n", 10)), k_protocol,
         "control character"},
        {"folded_first_header", bytes(k_ok + "  X: a\r\nContent-Length: 2\r\n\r\nok"), k_protocol, "no name"},
        {"space_before_colon", bytes(k_ok + "Content-Length : 2\r\n\r\nok"), k_protocol, "no name"},
        {"carriage_return_alone", bytes("HTTP/1.1 200 OK\rX: y\r\n\r\n"), k_protocol, "carriage return"},
        {"tls_alert", bytes("\x15\x03\x01\r\n"), k_protocol, "status line"},
        {"body_cut_by_close", closing(k_ok + "Content-Length: 9\r\n\r\nhello"), k_reset, "in the middle"},
        {"chunk_cut_by_close", closing(k_chunked + "9\r\nhello"), k_reset, "in the middle"},
        {"last_chunk_missing", closing(k_chunked + "5\r\nhello\r\n"), k_reset, "in the middle"},
        {"closed_in_the_headers", closing(k_ok + "Content-Le"), k_reset, "in the middle"},
        {"closed_after_interim", closing("HTTP/1.1 100 Continue\r\n\r\n"), k_reset, "in the middle"},
        {"half_closed_without_an_answer", always(Reply::raw("", Reply::Then::half_close)), k_reset,
         "before a byte"},
        {"closed_upon_acceptance", bytes(""), k_reset, "before a byte", "GET", {.close_on_accept = true}},
    };
}

/// Odd, but a right answer for a client that keeps its head; the connection is not used again where what
/// follows is not known.
std::vector<Hostility> bearable() {
    const std::string bomb_head = k_ok + "Content-Encoding: gzip\r\nContent-Length: 4000\r\n\r\n";
    return {
        {"compressed_bomb", bytes(bomb_head + std::string(4000, '\0')), std::nullopt, ""},
        {"bare_line_feeds", bytes("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"), std::nullopt, ""},
        {"long_reason", bytes("HTTP/1.1 200 " + std::string(20'000, 'o') + "\r\nContent-Length: 2\r\n\r\nok"),
         std::nullopt, ""},
        {"two_hundred_headers", bytes(k_ok + repeated(200, "X-A: b\r\n") + "Content-Length: 2\r\n\r\nok"),
         std::nullopt, ""},
        {"equal_lengths", bytes(k_ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"), std::nullopt, ""},
        {"list_of_equal_lengths", bytes(k_ok + "Content-Length: 2, 2\r\n\r\nok"), std::nullopt, ""},
        {"folded_header", bytes(k_ok + "X: a\r\n  b\r\nContent-Length:\r\n 2\r\n\r\nok"), std::nullopt, ""},
        {"zeros_before_a_chunk_size", bytes(k_chunked + "0000000000000000000002\r\nok\r\n0000\r\n\r\n"),
         std::nullopt, ""},
        {"chunked_of_an_old_server",
         bytes("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), std::nullopt,
         ""},
        {"last_coding_not_chunked", closing(k_ok + "Transfer-Encoding: chunked, rot13\r\n\r\nok"),
         std::nullopt, ""},
        {"minor_version_to_come", bytes("HTTP/1.9 200 OK\r\nContent-Length: 2\r\n\r\nok"), std::nullopt, ""},
        {"interim_answers_unasked",
         bytes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + k_whole),
         std::nullopt, ""},
        {"an_answer_too_many", bytes(k_whole + k_whole), std::nullopt, ""},
        {"body_where_none_may_be", bytes("HTTP/1.1 204 No Content\r\n\r\nbody"), std::nullopt, ""},
        {"body_to_a_head_request", bytes(k_whole), std::nullopt, "", "HEAD"},
        {"half_closed_after_the_answer", always(Reply::raw(k_whole, Reply::Then::half_close)), std::nullopt,
         ""},
    };
}

std::size_t peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) * 1024;
    return 0;
}

/// The peak begins anew at what is in use now.
void forget_peak_memory() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

class Hostile : public EngineOn {
protected:
    void expect_endings(const std::vector<Hostility>& all) {
        for (const Hostility& hostility : all) {
            SCOPED_TRACE(hostility.name);
            forget_peak_memory();
            const std::size_t before = peak_memory();
            const model::Samples samples = load(hostility);
            EXPECT_LT(peak_memory(), before + k_most_growth);
            if (!hostility.kind) {
                EXPECT_EQ(samples.requests.succeeded, samples.requests.started);
                continue;
            }
            EXPECT_EQ(samples.errors[*hostility.kind], samples.requests.started);
            ASSERT_FALSE(samples.examples.empty());
            EXPECT_NE(samples.examples[0].detail.find(hostility.detail), std::string::npos)
                << samples.examples[0].detail;
            // In time: what is recorded ends at the deadline at the latest, whenever that was noticed.
            EXPECT_LE(samples.response_time.max(), Nanoseconds(k_timeout).count() * 1001 / 1000);
        }
    }
    model::Samples load(const Hostility& hostility) {
        ScriptedServer server(hostility.reply, hostility.manner);
        Options options = closed(server, k_users, StopAfterCount{k_users});
        options.operations[0].request.method = hostility.method;
        options.operations[0].expect = hostility.expect;
        // What is wrong is found well before any deadline, so a busy host is given time.
        options.timeout = hostility.kind == k_late ? k_timeout : Nanoseconds(20s);
        return run(options);
    }
};

TEST_P(Hostile, ServersThatNeverEndAreEnded) {
    expect_endings(endless());
}

TEST_P(Hostile, AnswersThatAreNoHttpAreProtocolErrorsAndCutOnesResets) {
    expect_endings(malformed());
}

TEST_P(Hostile, OddAnswersThatAreStillRightSucceed) {
    expect_endings(bearable());
}

/// Answers with the first bytes of a whole answer, one more each time, and then ends the connection.
Reply one_byte_more(const SeenRequest& request, Reply::Then then) {
    return Reply::raw(k_whole.substr(0, request.connection), then);
}

TEST_P(Hostile, AConnectionThatEndsAtAnyByteIsAReset) {
    for (const Reply::Then then : {Reply::Then::reset, Reply::Then::close, Reply::Then::half_close}) {
        ScriptedServer server([&](const SeenRequest& request) { return one_byte_more(request, then); });
        // Several users, for each waits longer after each error.
        const model::Samples samples = run(closed(server, 8, StopAfterCount{k_whole.size()}));
        EXPECT_EQ(samples.errors[k_reset], k_whole.size());
        EXPECT_EQ(server.accepted(), k_whole.size());  // each on a connection of its own, none sent twice
    }
}

// Which of them a next request's would be, nobody knows.
TEST_P(Hostile, AConnectionWithAnAnswerTooManyIsNotUsedAgain) {
    ScriptedServer server(bytes(k_whole + k_whole));
    EXPECT_EQ(run(closed(server, 1, StopAfterCount{5})).requests.succeeded, 5U);
    EXPECT_EQ(server.accepted(), 5U);
}

TEST_P(Hostile, AnAnswerCutIntoTwoAtAnyByteIsWhole) {
    ScriptedServer server([&](const SeenRequest& request) {
        Reply reply;
        const std::size_t cut = request.on_connection;
        reply.pieces = {{0ms, k_whole.substr(0, cut)}, {2ms, k_whole.substr(cut)}};
        return reply;
    });
    Options options = closed(server, 1, StopAfterCount{k_whole.size()});
    options.operations[0].expect.body_equals = "ok";
    EXPECT_EQ(run(options).requests.succeeded, k_whole.size());
    EXPECT_EQ(server.accepted(), 1U);
}

/// Such an answer cannot be told from a fast one, but by the id that it has to carry.
TEST_P(Hostile, AnswersThatComeBeforeTheRequestCarryTheWrongId) {
    const std::string early = k_ok + "Content-Length: 18\r\n\r\n" + R"({"request_id":"0"})";
    ScriptedServer server([&](const SeenRequest&) { return Reply::never(); }, {.greeting = early});
    Options options = closed(server, k_users, StopAfterCount{k_users});
    options.operations = {post_with_id()};
    options.operations[0].expect.json = R"({"request_id": "{request_id}"})";
    options.timeout = 20s;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.errors[RequestErrorKind::body], static_cast<std::uint64_t>(k_users));
}

/// An answer that nobody asked for arrives on an idle connection: the next request does not get it.
TEST_P(Hostile, AnswersThatNobodyAskedForAreNotTakenForTheNext) {
    ScriptedServer server([&](const SeenRequest& request) {
        Reply reply = Reply::ok(request.path);
        reply.pieces.push_back({15ms, k_ok + "Content-Length: 5\r\n\r\nwrong"});
        return reply;
    });
    Options options = closed(server, 1, StopAfterCount{5});
    options.schedule = ClosedLoop{.users = 1, .think_time = 60ms, .stagger = 0ns};
    options.operations[0].request.path = "/right";
    options.operations[0].expect.body_equals = "/right";
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded + samples.errors[RequestErrorKind::body], 5U);
    EXPECT_GE(samples.requests.succeeded, 1U);
    EXPECT_GE(samples.connections.closed_idle, 1U);
}

INSTANTIATE_TEST_SUITE_P(Backends, Hostile, k_both_backends, io_name);

}  // namespace
}  // namespace joust::load
