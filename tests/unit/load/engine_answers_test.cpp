// Which answers count as right, of many.
#include "unit/load/engine_support.hpp"

namespace joust::load {
namespace {

using model::RequestErrorKind;

class EveryAnswer : public EngineOn {};

std::string echo(const SeenRequest& request) {
    return R"({"request_id":)" + request.body.substr(request.body.find(':') + 1);
}

TEST_P(EveryAnswer, IsCheckedInFull) {
    // Every third one is wrong, and only there where nobody looks who merely searches.
    ScriptedServer server([](const SeenRequest& request) {
        const bool wrong = request.on_connection % 3 == 2;
        return Reply::ok(wrong ? R"({"items":[{"status":"ok"}],"status":"error"})" : R"({"status":"ok"})");
    });
    Options options = closed(server, 1, StopAfterCount{300});
    options.operations[0].expect.json = R"({"status": "ok"})";
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 200U);
    EXPECT_EQ(samples.errors[RequestErrorKind::body], 100U);
    EXPECT_EQ(server.accepted(), 1U);
}

// The bodies are the same but for the id, so a body that is known is what they are compared with.
TEST_P(EveryAnswer, ToAnotherRequestIsWrong) {
    std::string before;
    ScriptedServer server([&](const SeenRequest& request) {
        const std::string own = echo(request);
        const std::string sent = request.on_connection % 4 == 3 ? before : own;
        before = own;
        return Reply::ok(sent);
    });
    Options options = closed(server, 1, StopAfterCount{200});
    options.operations = {post_with_id()};
    options.operations[0].expect.json = R"({"request_id": "{request_id}"})";
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 150U);
    EXPECT_EQ(samples.errors[RequestErrorKind::body], 50U);
}

// A server that mixes up two operations of a mix answers each with what is right for the other.
TEST_P(EveryAnswer, OfAnotherOperationIsWrong) {
    ScriptedServer server([](const SeenRequest& request) {
        const bool mixed_up = request.on_connection % 2 == 1;
        const bool first = (request.path == "/first") != mixed_up;
        return Reply::ok(first ? R"({"is":1})" : R"({"is":2})");
    });
    Options options = closed(server, 1, StopAfterCount{100});
    options.operations.resize(2);
    options.operations[0].request.path = "/first";
    options.operations[0].expect.json = R"({"is": 1})";
    options.operations[1].request.path = "/second";
    options.operations[1].expect.json = R"({"is": 2})";
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 50U);
    EXPECT_EQ(samples.errors[RequestErrorKind::body], 50U);
}

TEST_P(EveryAnswer, IsCountedByStatus) {
    ScriptedServer server([](const SeenRequest& request) {
        if (request.on_connection == 8) return Reply::raw("", Reply::Then::close);
        const int statuses[] = {200, 302, 404, 500};
        return Reply::status(statuses[request.on_connection % 4], "x");
    });
    Options options = closed(server, 2, StopAfterCount{18});
    options.threads = 2;
    options.operations = {post_with_id()};  // never sent again
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.statuses, (model::StatusCounts{{200, 4}, {302, 4}, {404, 4}, {500, 4}}));
    EXPECT_EQ(samples.errors[RequestErrorKind::reset], 2U) << "no answer, no status";
}

TEST_P(EveryAnswer, ThatCameTooLateHasNoStatus) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 150ms); });
    Options options = closed(server, 1, StopAfterCount{2});
    options.timeout = 100ms;
    EXPECT_TRUE(run(options).statuses.empty());
}

TEST_P(EveryAnswer, OfManyMembersIsCheckedInTime) {
    std::string body = R"({"a":1)";
    for (int i = 0; i < 300'000; ++i)
        body += ",\"m" + std::to_string(i) + "\":1";
    ASSERT_LT(body.size(), std::size_t{4} << 20U);
    const std::string twice = body + ",\"m1\":1}";
    body += "}";
    ScriptedServer server(
        [&](const SeenRequest& request) { return Reply::ok(request.on_connection % 2 == 0 ? body : twice); });
    Options options = closed(server, 1, StopAfterCount{4});
    options.operations[0].expect.json = R"({"a": 1})";
    options.timeout = 20s;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 2U);
    EXPECT_EQ(samples.errors[RequestErrorKind::body], 2U);
}

TEST_P(EveryAnswer, ThatNeverHasABodyIsNotExpectedToHaveOne) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    const auto refused = [&](const std::string& method, const Expect& expect) {
        Options options = closed(server, 1, StopAfterCount{1});
        options.operations[0].request.method = method;
        options.operations[0].expect = expect;
        const auto engine = Engine::start(std::move(options));
        EXPECT_TRUE(engine || engine.error().kind == ErrorKind::bad_input);
        return !engine;
    };
    EXPECT_TRUE(refused("HEAD", {.json = "{}"}));
    EXPECT_TRUE(refused("HEAD", {.body_contains = "ok"}));
    EXPECT_TRUE(refused("GET", {.status = 204, .json = "{}"}));
    EXPECT_TRUE(refused("GET", {.status = 304, .body_contains = "ok"}));
    EXPECT_FALSE(refused("HEAD", {.status = 200}));
    EXPECT_FALSE(refused("GET", {.status = 200, .body_contains = "ok"}));
}

INSTANTIATE_TEST_SUITE_P(Backends, EveryAnswer, k_both_backends, io_name);

}  // namespace
}  // namespace joust::load
