#include "unit/load/engine_support.hpp"

namespace joust::load {
namespace {

using model::RequestErrorKind;

struct Misbehaviour {
    std::string name;
    std::function<Reply(const SeenRequest&)> reply;
    RequestErrorKind kind;
    std::string detail;  ///< part of the example
    Expect expect = {};
};

Reply reset_after(const std::string& bytes) {
    return Reply::raw(bytes, Reply::Then::reset);
}

std::vector<Misbehaviour> misbehaviours() {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const auto always = [](const Reply& reply) { return [reply](const SeenRequest&) { return reply; }; };
    return {
        {"not_found", always(Reply::status(404, "no such route")), RequestErrorKind::status_4xx,
         "no such route"},
        {"unavailable", always(Reply::status(503, "busy")), RequestErrorKind::status_5xx, "busy"},
        {"status_999", always(Reply::status(999, "denied")), RequestErrorKind::status_5xx, "denied"},
        {"reset_at_once", always(reset_after("")), RequestErrorKind::reset, "before a byte"},
        {"reset_in_head", always(reset_after("HTTP/1.1 2")), RequestErrorKind::reset, "in the middle"},
        {"reset_in_body", always(reset_after(ok + "Content-Length: 9\r\n\r\nabc")), RequestErrorKind::reset,
         "in the middle"},
        {"closed_in_body", always(Reply::raw(ok + "Content-Length: 9\r\n\r\nabc", Reply::Then::close)),
         RequestErrorKind::reset, "in the middle"},
        {"closed_at_once", always(Reply::raw("", Reply::Then::close)), RequestErrorKind::reset,
         "before a byte"},
        {"garbage", always(Reply::raw("SSH-2.0-OpenSSH\r\n")), RequestErrorKind::protocol, "status line"},
        {"both_lengths", always(Reply::raw(ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")),
         RequestErrorKind::protocol, "both"},
        {"overflow", always(Reply::raw(ok + "Content-Length: 99999999999999999999\r\n\r\n")),
         RequestErrorKind::protocol, "overflow"},
        {"endless_head", always(Reply::raw(ok + std::string(100000, 'x'))), RequestErrorKind::protocol,
         "too large"},
        {"wrong_text", always(Reply::ok("bad")), RequestErrorKind::body, "bad", {.body_equals = "good"}},
        {"text_missing", always(Reply::ok("bad")), RequestErrorKind::body, "bad", {.body_contains = "good"}},
        {"no_match", always(Reply::ok("bad")), RequestErrorKind::body, "bad", {.body_regex = "^go+d$"}},
        {"no_json", always(Reply::ok("bad")), RequestErrorKind::body, "no JSON", {.json = R"({"a": 1})"}},
        {"wrong_field",
         always(Reply::ok(R"({"a": 12})")),
         RequestErrorKind::body,
         "\"a\" is 12 instead of 1",
         {.json = R"({"a": 1})"}},
        {"right_field_elsewhere",
         always(Reply::ok(R"({"items": [{"status": "ok"}], "status": "error"})")),
         RequestErrorKind::body,
         "\"status\" is \"error\" instead of \"ok\"",
         {.json = R"({"status": "ok"})"}},
        {"page_that_holds_the_text",
         always(Reply::ok(R"(<html><pre>{"status": "ok"}</pre></html>)")),
         RequestErrorKind::body,
         "no JSON",
         {.json = R"({"status": "ok"})"}},
        {"array_of_it",
         always(Reply::ok(R"([{"status": "ok"}])")),
         RequestErrorKind::body,
         "an array of 1 instead of an object",
         {.json = R"({"status": "ok"})"}},
        {"json_cut_off",
         always(Reply::ok(R"({"status": "ok", "more)")),
         RequestErrorKind::body,
         "no JSON",
         {.json = R"({"status": "ok"})"}},
        {"empty_body", always(Reply::ok("")), RequestErrorKind::body, "empty", {.json = R"({"a": 1})"}},
        {"no_content",
         always(Reply::raw("HTTP/1.1 204 No Content\r\n\r\n")),
         RequestErrorKind::body,
         "empty",
         {.json = R"({"a": 1})"}},
        {"partial_content",
         always(Reply::status(206, "good")),
         RequestErrorKind::body,
         "206 instead of 200",
         {.status = 200, .body_contains = "good"}},
        {"field_missing",
         always(Reply::ok(R"({"b": 1})")),
         RequestErrorKind::body,
         "missing",
         {.json = R"({"a": 1})"}},
        {"wrong_status",
         always(Reply::status(302)),
         RequestErrorKind::body,
         "302 instead of 200",
         {.status = 200}},
        {"header_missing",
         always(Reply::ok()),
         RequestErrorKind::body,
         "header",
         {.headers = {{"X-A", "b"}}}},
        {"someone_elses_id",
         always(Reply::ok(R"({"request_id": "00000000-00-000000000000"})")),
         RequestErrorKind::body,
         "request_id",
         {.json = R"({"request_id": "{request_id}"})"}},
    };
}

class Misbehaving : public EngineOn {};

TEST_P(Misbehaving, EndsInTheRightKindWithAnExample) {
    for (const Misbehaviour& misbehaviour : misbehaviours()) {
        SCOPED_TRACE(misbehaviour.name);
        ScriptedServer server(misbehaviour.reply);
        Options options = closed(server, 2, StopAfterCount{6});
        options.operations = {post_with_id()};
        options.operations[0].expect = misbehaviour.expect;
        const model::Samples samples = run(options);
        EXPECT_EQ(samples.requests.failed, 6U);
        EXPECT_EQ(samples.errors[misbehaviour.kind], 6U);
        EXPECT_EQ(server.log().size(), 6U);  // nothing was sent twice
        ASSERT_FALSE(samples.examples.empty());
        EXPECT_EQ(samples.examples[0].kind, misbehaviour.kind);
        EXPECT_NE(samples.examples[0].detail.find(misbehaviour.detail), std::string::npos)
            << samples.examples[0].detail;
        EXPECT_EQ(samples.ids[0].unacknowledged.size(), 6U);
    }
}

TEST_P(Misbehaving, IdsOfRequestsThatWereNeverSentAreNotTakenForAcknowledged) {
    std::string url;
    {
        ScriptedServer gone([](const SeenRequest&) { return Reply::ok(); });
        url = gone.url();
    }
    Options options = options_for(url);
    options.schedule = ClosedLoop{.users = 2};
    options.stop = StopAfterCount{6};
    options.operations = {post_with_id()};
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.ids[0].unacknowledged.size(), samples.ids[0].issued);
}

TEST_P(Misbehaving, KeepsTenExamplesOfAKind) {
    ScriptedServer server([](const SeenRequest&) { return Reply::status(500, "why"); });
    Options options = closed(server, 4, StopAfterCount{100});
    options.threads = 2;
    EXPECT_EQ(run(options).examples.size(), 10U);
}

TEST_P(Misbehaving, RecordsTimeoutsAtTheirAge) {
    ScriptedServer server([](const SeenRequest& request) {
        return request.on_connection == 0 && request.connection < 2 ? Reply::never() : Reply::ok("ok", 10ms);
    });
    Options options = closed(server, 2, StopAfter{600ms});
    options.timeout = 200ms;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.timed_out, 2U);
    EXPECT_EQ(samples.errors[RequestErrorKind::timeout], 2U);
    EXPECT_NEAR(milliseconds(samples.response_time.max()), 200, 5);
    EXPECT_GT(samples.requests.succeeded, 20U);
    EXPECT_EQ(samples.connections.established, 4U);
}

TEST_P(Misbehaving, CallsALateAnswerATimeout) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 150ms); });
    Options options = closed(server, 1, StopAfterCount{2});
    options.timeout = 100ms;
    EXPECT_EQ(run(options).requests.timed_out, 2U);
}

TEST_P(Misbehaving, DripsCountOnlyWhenTheyAreComplete) {
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    ScriptedServer server([&](const SeenRequest&) { return Reply::drip(answer, 1ms); });
    const model::Samples samples = run(closed(server, 1, StopAfterCount{3}));
    EXPECT_EQ(samples.requests.succeeded, 3U);
    EXPECT_GE(samples.response_time.min(), static_cast<std::int64_t>(answer.size() - 2) * 1'000'000);
}

TEST_P(Misbehaving, RefusedConnectionsAreErrorsButNoTightLoop) {
    std::string url;
    {
        ScriptedServer gone([](const SeenRequest&) { return Reply::ok(); });
        url = gone.url();
    }
    Options options = options_for(url);
    options.schedule = ClosedLoop{.users = 4, .stagger = 0ns};
    options.stop = StopAfter{500ms};
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.failed, samples.errors[RequestErrorKind::connect]);
    EXPECT_GT(samples.requests.failed, 4U);
    EXPECT_LT(samples.requests.failed, 4 * 15U);  // back-off 1, 2, 4 … 64, 100, 100 ms
    EXPECT_EQ(samples.examples[0].detail, "Connection refused");
    EXPECT_EQ(samples.connections.established, 0U);
}

TEST_P(Misbehaving, AServerThatAcceptsAndClosesIsAReset) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); }, {.close_on_accept = true});
    const model::Samples samples = run(closed(server, 2, StopAfterCount{10}));
    EXPECT_EQ(samples.requests.failed, 10U);
    EXPECT_EQ(samples.errors[RequestErrorKind::reset], 10U);
}

TEST_P(Misbehaving, CountsConnectionsClosedWhileIdle) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); }, {.idle_timeout = 30ms});
    Options options = closed(server, 2, StopAfterCount{6});
    options.operations = {post_with_id()};
    options.schedule = ClosedLoop{.users = 2, .think_time = 250ms, .stagger = 0ns};
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 6U);  // the close was seen before the next request
    EXPECT_EQ(samples.connections.established, 6U);
    EXPECT_GE(samples.connections.closed_idle, 4U);
    EXPECT_EQ(samples.connections.resent, 0U);
}

/// Closes the connection when the second request on it has come: the client could not know.
Reply stale(const SeenRequest& request) {
    return request.on_connection == 1 ? Reply::raw("", Reply::Then::reset) : Reply::ok();
}

TEST_P(Misbehaving, SendsAGetAgainOnAStaleConnection) {
    ScriptedServer server(stale);
    const model::Samples samples = run(closed(server, 1, StopAfterCount{5}));
    EXPECT_EQ(samples.requests.succeeded, 5U);
    EXPECT_EQ(samples.connections.resent, 4U);
    EXPECT_EQ(samples.connections.closed_idle, 4U);
    EXPECT_EQ(server.log().size(), 9U);
}

TEST_P(Misbehaving, NeverSendsAPostAgain) {
    ScriptedServer server(stale);
    Options options = closed(server, 1, StopAfterCount{6});
    options.operations = {post_with_id()};
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 3U);
    EXPECT_EQ(samples.errors[RequestErrorKind::reset], 3U);
    EXPECT_EQ(samples.connections.resent, 0U);
    EXPECT_EQ(samples.connections.closed_idle, 3U);
    EXPECT_NE(samples.examples[0].detail.find("not sent again"), std::string::npos)
        << samples.examples[0].detail;
    EXPECT_EQ(server.log().size(), 6U);
}

TEST_P(Misbehaving, RetriesKeepToTheRequestsThatAConnectionCarries) {
    ScriptedServer server(
        [](const SeenRequest& request) { return Reply::status(request.connection < 6 ? 503 : 200); });
    Options options = closed(server, 1, StopAfterCount{1});
    options.retries = 8;
    options.requests_per_connection = 1;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 1U);
    EXPECT_EQ(samples.retried, 6U);
    EXPECT_EQ(server.accepted(), 7U);
}

TEST_P(Misbehaving, RetriesOnlyWhenAskedAndCountsIt) {
    const auto every_third = [](const SeenRequest& request) {
        return request.path == "/reset"
                   ? (request.on_connection == 0 ? Reply::raw("", Reply::Then::reset) : Reply::ok())
                   : (request.on_connection % 3 == 2 ? Reply::ok("ok", 10ms) : Reply::status(503));
    };
    ScriptedServer server(every_third);
    Options options = closed(server, 1, StopAfterCount{4});
    options.retries = 2;
    model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 4U);
    EXPECT_EQ(samples.retried, 8U);
    EXPECT_EQ(samples.errors.total(), 0U);
    EXPECT_EQ(server.accepted(), 1U);
    options.operations[0].request.path = "/reset";  // each try on a new connection
    samples = run(options);
    EXPECT_EQ(samples.errors[RequestErrorKind::reset], 4U);
    EXPECT_EQ(samples.retried, 8U);
    options.operations[0].request.method = "POST";
    samples = run(options);
    EXPECT_EQ(samples.errors[RequestErrorKind::reset], 4U);
    EXPECT_EQ(samples.retried, 0U);
}

INSTANTIATE_TEST_SUITE_P(Backends, Misbehaving, k_both_backends, io_name);

class Answers : public EngineOn {};

TEST_P(Answers, OfEveryFormAreUnderstood) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string large(1'000'000, 'x');
    struct Form {
        const char* name;
        Reply reply;
        std::string body;
        std::string method = "GET";
    };
    const std::vector<Form> forms{
        {"length", Reply::ok("hello"), "hello"},
        {"chunked",
         Reply::raw(ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nT: x\r\n\r\n"),
         "hello"},
        {"to_close", Reply::raw(ok + "\r\nhello", Reply::Then::close), "hello"},
        {"interim", Reply::raw("HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 5\r\n\r\nhello"),
         "hello"},
        {"drip", Reply::drip(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 50us),
         "hello"},
        {"large", Reply::ok(large), large},
        {"empty", Reply::ok(""), ""},
        {"no_content", Reply::raw("HTTP/1.1 204 N\r\n\r\n"), ""},
        {"head", Reply::raw(ok + "Content-Length: 5\r\n\r\n"), "", "HEAD"},
    };
    for (const Form& form : forms) {
        SCOPED_TRACE(form.name);
        ScriptedServer server([&](const SeenRequest&) { return form.reply; });
        Options options = closed(server, 3, StopAfterCount{12});
        options.operations[0].request.method = form.method;
        options.operations[0].expect.body_equals = form.body;
        EXPECT_EQ(run(options).requests.succeeded, 12U);
    }
}

TEST_P(Answers, ComeOverUnixSocketsAndIpv6) {
    using Listen = ScriptedServer::Manner::Listen;
    for (const Listen on : {Listen::unix_socket, Listen::ipv6}) {
        ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 5ms); }, {.on = on});
        const model::Samples samples = run(closed(server, 3, StopAfterCount{30}));
        EXPECT_EQ(samples.requests.succeeded, 30U);
        EXPECT_EQ(samples.kernel_time_stamps, on == Listen::ipv6);
        EXPECT_GE(milliseconds(samples.response_time.min()),
                  4.9);  // the server's delay; a busy host adds to it
    }
}

TEST_P(Answers, ToRequestsLargerThanTheSocketsBuffer) {
    ScriptedServer server(
        [](const SeenRequest& request) { return Reply::ok(std::to_string(request.body.size())); });
    Options options = closed(server, 2, StopAfterCount{6});
    options.operations[0].request = {
        .method = "POST", .path = "/", .headers = {}, .body = std::string(8'000'000, 'y')};
    options.operations[0].expect.body_equals = "8000000";
    EXPECT_EQ(run(options).requests.succeeded, 6U);
}

INSTANTIATE_TEST_SUITE_P(Backends, Answers, k_both_backends, io_name);

}  // namespace
}  // namespace joust::load
