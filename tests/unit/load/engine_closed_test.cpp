#include <map>
#include <set>

#include "unit/load/engine_support.hpp"

namespace joust::load {
namespace {

class ClosedModel : public EngineOn {};

TEST_P(ClosedModel, FindsAnExpectedHeaderHoweverItIsSpelled) {
    ScriptedServer server(
        [](const SeenRequest&) { return Reply::raw("HTTP/1.1 204 No Content\r\nx-KIND: Cat\r\n\r\n"); });
    Options options = closed(server, 1, StopAfterCount{3});
    options.operations[0].expect.headers = {{"X-Kind", "Cat"}};
    EXPECT_EQ(run(options).requests.succeeded, 3U);
    options.operations[0].expect.headers = {{"X-Kind", "cat"}};
    EXPECT_EQ(run(options).requests.succeeded, 0U);
}

TEST_P(ClosedModel, AHeaderThatComesTwiceIsNoOther) {
    ScriptedServer server(
        [](const SeenRequest&) { return Reply::raw("HTTP/1.1 204 No Content\r\nX-A: 1\r\nX-A: 1\r\n\r\n"); });
    Options options = closed(server, 1, StopAfterCount{3});
    options.operations[0].expect.headers = {{"X-A", "1"}};
    EXPECT_EQ(run(options).requests.succeeded, 3U);
    options.operations[0].expect.headers = {{"X-A", "1"}, {"X-B", "2"}};
    EXPECT_EQ(run(options).requests.succeeded, 0U);
}

TEST_P(ClosedModel, SendsExactlyTheCountAndEveryIdOnce) {
    ScriptedServer server([](const SeenRequest& request) { return Reply::ok(request.body); });
    Options options = closed(server, 8, StopAfterCount{1000});
    options.threads = 2;
    options.operations = {post_with_id()};
    options.operations[0].expect = {.status = 200, .json = R"({"request_id": "{request_id}"})"};
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 1000U);
    EXPECT_EQ(samples.completed_in_window, 1000U);
    std::set<std::string> seen;
    for (const LogEntry& entry : server.log())
        seen.insert(entry.request.body);
    ASSERT_EQ(seen.size(), 1000U);
    std::uint64_t issued = 0;
    for (const model::IssuedIds& ids : samples.ids) {
        issued += ids.issued;
        EXPECT_TRUE(ids.unacknowledged.empty());
        for (std::uint64_t i = 0; i < ids.issued; ++i)
            EXPECT_EQ(seen.count(R"({"request_id": ")" + ids.id(i) + "\"}"), 1U);
    }
    EXPECT_EQ(issued, 1000U);
}

TEST_P(ClosedModel, SendsIdsOfWhichNobodyKnowsTheNext) {
    ScriptedServer server([](const SeenRequest& request) { return Reply::ok(request.body); });
    Options options = closed(server, 1, StopAfterCount{1000});
    options.operations = {post_with_id()};
    const model::Samples samples = run(options);
    std::map<std::string, std::set<std::uint64_t>> places;  // by prefix
    for (const LogEntry& entry : server.log()) {
        const std::string id = entry.request.body.substr(entry.request.body.find(": \"") + 3, 24);
        const auto parts = model::IssuedIds::parsed(id);
        ASSERT_TRUE(parts) << id;
        places[std::string(parts->prefix)].insert(parts->place);
    }
    ASSERT_EQ(places.size(), 1U);
    const std::set<std::uint64_t>& seen = places.begin()->second;
    EXPECT_EQ(seen.size(), 1000U);
    for (const std::uint64_t place : seen)
        for (std::uint64_t step = 1; step <= 4; ++step)
            EXPECT_FALSE(seen.contains(place + step)) << place << " tells of " << place + step;
    EXPECT_NE(run(options).ids.front().order, samples.ids.front().order) << "that of the load before";
}

TEST_P(ClosedModel, HasOneConnectionAndOneRequestAtATimeForEachUser) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 5ms); });
    const model::Samples samples = run(closed(server, 7, StopAfter{300ms}));
    EXPECT_EQ(server.accepted(), 7U);
    EXPECT_EQ(samples.connections.established, 7U);
    EXPECT_EQ(samples.connections.asked, 7U);
    std::map<std::uint64_t, TimePoint> released;
    for (const LogEntry& entry : server.log()) {
        const auto before = released.find(entry.request.connection);
        if (before != released.end()) {
            EXPECT_GE(entry.request.arrived, before->second);
        }
        released[entry.request.connection] = entry.released.value_or(TimePoint::max());
    }
    EXPECT_EQ(released.size(), 7U);
}

TEST_P(ClosedModel, ConnectsWithTheFirstRequestAndStaggersUsers) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 500ms); });
    Options options = closed(server, 4, StopAfter{400ms});
    options.schedule = ClosedLoop{.users = 4, .stagger = 200ms};
    const TimePoint before = now();
    run(options);
    const auto log = server.log();
    ASSERT_GE(log.size(), 4U);
    for (std::size_t user = 1; user < 4; ++user)  // a busy host may be late, nobody may be early
        EXPECT_GE(log[user].request.arrived - before, user * 50ms);
}

TEST_P(ClosedModel, BeginsWithAllUsersAtOnceWhenItStopsByCount) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 1ms); });
    Options options = closed(server, 30, StopAfterCount{60});
    options.schedule = ClosedLoop{.users = 30};
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.connections.established, 30U);
    EXPECT_EQ(samples.connections.asked, 30U);
}

/// Nobody waits for a connection of a user for whom no request was left.
TEST_P(ClosedModel, AsksForNoConnectionForUsersWhoseRequestsOthersHaveSent) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    Options options = closed(server, 30, StopAfterCount{40});
    options.schedule = ClosedLoop{.users = 30, .stagger = 30s};
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 40U);
    EXPECT_LT(samples.connections.asked, 30U);
    EXPECT_EQ(samples.connections.established, samples.connections.asked);
}

TEST_P(ClosedModel, MeasuresTheServersDelay) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 20ms); });
    const model::Samples samples = run(closed(server, 5, StopAfter{600ms, 100ms}));
    EXPECT_NEAR(milliseconds(samples.response_time.value_at_quantile(0.5)), 20, 4);
    EXPECT_NEAR(milliseconds(samples.service_time.value_at_quantile(0.5)), 20, 4);
    EXPECT_GT(samples.goodput_rps(), 125);
    EXPECT_LE(samples.goodput_rps(), 5 / 0.020 + 10);
    EXPECT_NEAR(samples.in_flight_mean, 5, 2);
    EXPECT_NEAR(seconds(samples.response_time_sum) / seconds(samples.window), samples.in_flight_mean, 0.3);
    EXPECT_TRUE(samples.kernel_time_stamps);
}

TEST_P(ClosedModel, ThinksBetweenRequests) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    Options options = closed(server, 10, StopAfter{500ms});
    options.schedule = ClosedLoop{.users = 10, .think_time = 50ms, .stagger = 50ms};
    const model::Samples samples = run(options);
    EXPECT_GT(samples.goodput_rps(), 100);
    EXPECT_LE(samples.goodput_rps(), 10 / 0.05 + 20);
    EXPECT_LT(milliseconds(samples.response_time.value_at_quantile(0.5)), 10);
}

TEST_P(ClosedModel, CountsCompletionsInTheWindowButLatencyByDueTime) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 100ms); });
    auto engine = Engine::start([&] {
        Options options = closed(server, 1, StopManually{});
        options.timeout = 1s;
        return options;
    }());
    ASSERT_TRUE(engine.has_value()) << engine.error().message;
    // Due at about 0, 100, … ms: the window takes in the ends at 200 … 500 and the begins at 200 … 500.
    const TimePoint start = engine->started_at() + 150ms;
    engine->set_window(start, start + 400ms);
    const model::Samples samples = engine->finish().value();
    check_conservation(samples);
    EXPECT_EQ(samples.completed_in_window, 4U);
    EXPECT_EQ(samples.requests.started, 4U);
    EXPECT_EQ(samples.requests.succeeded, 4U);
    EXPECT_EQ(samples.window, 400ms);
    EXPECT_NEAR(samples.in_flight_mean, 1, 0.1);
    EXPECT_EQ(server.log().size(), 6U);  // one before the window, none begun after it
}

TEST_P(ClosedModel, OpensANewConnectionAfterTheGivenNumberOfRequests) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    Options options = closed(server, 1, StopAfterCount{10});
    options.requests_per_connection = 3;
    EXPECT_EQ(run(options).requests.succeeded, 10U);
    EXPECT_EQ(server.accepted(), 4U);
}

/// Closing a connection hands over what others are to send: their service time begins there, not later.
TEST_P(ClosedModel, GivesEveryRequestAServiceTimeWhateverIsClosedMeanwhile) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    Options options = closed(server, 50, StopAfterCount{1000});
    options.requests_per_connection = 1;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 1000U);
    EXPECT_GT(samples.service_time.min(), 1000);  // ns: a request and its answer take longer than that
}

TEST_P(ClosedModel, FollowsConnectionClose) {
    ScriptedServer server([](const SeenRequest&) {
        return Reply::raw("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                          Reply::Then::close);
    });
    EXPECT_EQ(run(closed(server, 2, StopAfterCount{20})).requests.succeeded, 20U);
    EXPECT_EQ(server.accepted(), 20U);
}

TEST_P(ClosedModel, StopsAtOnce) {
    ScriptedServer server([](const SeenRequest&) { return Reply::never(); });
    Options options = closed(server, 3, StopAfter{30s});
    auto engine = Engine::start(options);
    ASSERT_TRUE(engine.has_value());
    std::this_thread::sleep_for(200ms);
    const TimePoint before = now();
    const double elapsed_ms = seconds(before - engine->started_at()) * 1000;
    engine->stop_now();
    const model::Samples samples = engine->finish().value();
    EXPECT_LT(now() - before, 1s);  // not the timeout of 5 s
    check_conservation(samples);
    EXPECT_EQ(samples.requests.unfinished, 3U);
    EXPECT_EQ(samples.errors.total(), 0U);
    EXPECT_NEAR(milliseconds(samples.response_time.value_at_quantile(0.5)), elapsed_ms, 60);
    EXPECT_NEAR(seconds(samples.window) * 1000, elapsed_ms, 60);
}

TEST_P(ClosedModel, SaysWhenItWasStoppedBeforeTheWindow) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 5ms); });
    auto engine = Engine::start(closed(server, 1, StopManually{}));
    ASSERT_TRUE(engine.has_value());
    engine->stop_now();
    EXPECT_EQ(engine->finish().error().kind, ErrorKind::interrupted);
}

TEST_P(ClosedModel, MeasuresNothingWhenItIsStoppedInTheWarmUp) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 5ms); });
    auto engine = Engine::start(closed(server, 2, StopAfter{.length = 30s, .warm_up = 20s}));
    ASSERT_TRUE(engine.has_value());
    std::this_thread::sleep_for(30ms);
    engine->stop_now();
    const auto samples = engine->finish();
    ASSERT_FALSE(samples.has_value());
    EXPECT_EQ(samples.error().kind, ErrorKind::interrupted);
}

TEST_P(ClosedModel, ShowsItsProgress) {
    ScriptedServer server([](const SeenRequest& request) {
        return request.on_connection % 2 == 0 ? Reply::ok("ok", 5ms) : Reply::status(503);
    });
    auto engine = Engine::start(closed(server, 4, StopManually{}));
    ASSERT_TRUE(engine.has_value());
    std::this_thread::sleep_for(150ms);
    const Progress early = engine->progress();
    std::this_thread::sleep_for(150ms);
    const Progress late = engine->progress();
    engine->stop_now();
    EXPECT_GT(early.succeeded, 4U);
    EXPECT_EQ(early.users_completed, 4U);
    EXPECT_EQ(early.connections, 4U);
    EXPECT_EQ(early.in_flight, 4U);
    EXPECT_GT(early.errors[model::RequestErrorKind::status_5xx], 4U);
    EXPECT_FALSE(early.finished);
    EXPECT_GT(late.succeeded, early.succeeded);
    const LiveHistogram between = late.response_time.since(early.response_time);
    EXPECT_NEAR(static_cast<double>(between.count()), static_cast<double>(late.succeeded - early.succeeded),
                4);  // the counters of a running thread are not read at one instant
    EXPECT_GE(milliseconds(between.value_at_quantile(0.5)),
              4.9);  // the server's delay; a busy host adds to it
}

TEST_P(ClosedModel, UsesHardlyAnyCpuWhileItWaits) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 100ms); });
    const model::Samples samples = run(closed(server, 4, StopAfter{1s}));
    EXPECT_LT(samples.generator.cpu.total(), 30ms);
    ASSERT_TRUE(samples.generator.run_delay.has_value());
}

TEST_P(ClosedModel, LeavesNoDescriptorBehind) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    run(closed(server, 20, StopAfterCount{100}));
    while (server.open() != 0)
        std::this_thread::sleep_for(1ms);
    const std::size_t before = open_descriptors();
    run(closed(server, 20, StopAfterCount{100}));
    while (server.open() != 0)
        std::this_thread::sleep_for(1ms);
    EXPECT_EQ(open_descriptors(), before);
}

TEST_P(ClosedModel, KeepsOperationsOfAMixApart) {
    ScriptedServer server([](const SeenRequest& request) {
        return request.path == "/slow" ? Reply::ok("ok", 10ms) : Reply::ok();
    });
    Options options = closed(server, 4, StopAfterCount{400});
    options.operations = {{.name = "fast", .request = {.path = "/fast"}, .expect = {}, .weight = 3},
                          {.name = "slow", .request = {.path = "/slow"}, .expect = {}, .weight = 1}};
    const model::Samples samples = run(options);
    ASSERT_EQ(samples.operations.size(), 2U);
    EXPECT_EQ(samples.operations[0].name, "fast");
    EXPECT_EQ(samples.operations[0].requests.succeeded + samples.operations[1].requests.succeeded, 400U);
    EXPECT_NEAR(static_cast<double>(samples.operations[0].requests.succeeded), 300, 40);
    EXPECT_GE(samples.operations[1].response_time.min(), 9'000'000);
    EXPECT_LT(samples.operations[0].response_time.value_at_quantile(0.5), 9'000'000);
}

TEST_P(ClosedModel, TakesFeedRowsInTurn) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    Options options = closed(server, 1, StopAfterCount{5});
    options.feed = {.columns = {"name"}, .rows = {{"a"}, {"bcd"}}};
    options.operations[0].request = {
        .method = "POST", .path = "/{name}", .headers = {}, .body = "{sequence} {name}"};
    run(options);
    std::vector<std::string> seen;
    for (const LogEntry& entry : server.log())
        seen.push_back(entry.request.path + " " + entry.request.body);
    EXPECT_EQ(seen,
              (std::vector<std::string>{"/a 100000000000 a", "/bcd 100000000001 bcd", "/a 100000000002 a",
                                        "/bcd 100000000003 bcd", "/a 100000000004 a"}));
}

TEST_P(ClosedModel, SeriesAddsUpToTheWindow) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 10ms); });
    const model::Samples samples = run(closed(server, 4, StopAfter{1500ms}));
    ASSERT_EQ(samples.seconds.size(), 2U);
    EXPECT_EQ(samples.seconds[0].second, 0);
    EXPECT_EQ(samples.seconds[1].second, 1);
    EXPECT_EQ(samples.seconds[0].succeeded + samples.seconds[1].succeeded, samples.completed_in_window);
    EXPECT_NEAR(milliseconds(samples.seconds[0].response_time_p50_ns), 10, 3);
}

INSTANTIATE_TEST_SUITE_P(Backends, ClosedModel, k_both_backends, io_name);

}  // namespace
}  // namespace joust::load
