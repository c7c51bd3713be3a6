#include "unit/load/engine_support.hpp"

namespace joust::load {
namespace {

class OpenModel : public EngineOn {};

TEST_P(OpenModel, FollowsItsSchedule) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 2ms); });
    const model::Samples samples = run(open(server, 500, StopAfter{1s}));
    EXPECT_EQ(samples.requests.started, 500U);
    EXPECT_EQ(samples.requests.succeeded, 500U);
    const auto log = server.log();
    ASSERT_EQ(log.size(), 500U);
    const TimePoint first = log.front().request.arrived;
    int late = 0;
    for (std::size_t i = 0; i < log.size(); ++i) {
        const Nanoseconds slip = log[i].request.arrived - first - 2ms * i;
        late += slip < -3ms || slip > 10ms ? 1 : 0;
    }
    EXPECT_LT(late, 50);  // the schedule does not drift, single requests may be late on a busy host
    EXPECT_LT(milliseconds(samples.schedule_lag.value_at_quantile(0.5)), 2);
}

TEST_P(OpenModel, CountsAStallFromTheDueTimes) {
    test::ServiceModel model;
    TimePoint begin{};
    ScriptedServer server([&](const SeenRequest& request) {
        if (begin == TimePoint{}) {
            begin = request.arrived;
            model.add_stall({begin + 300ms, begin + 500ms});
        }
        return Reply::ok("ok", model.delay(request.arrived, 5ms));
    });
    const model::Samples samples = run(open(server, 1000, StopAfter{1s}));
    EXPECT_EQ(samples.requests.succeeded, 1000U);
    // 200 of 1000 requests come while it lasts, and wait from 205 ms down to 5.
    EXPECT_NEAR(milliseconds(samples.response_time.value_at_quantile(0.5)), 5, 3);
    EXPECT_NEAR(milliseconds(samples.response_time.value_at_quantile(0.9)), 105, 12);
    EXPECT_NEAR(milliseconds(samples.response_time.value_at_quantile(0.99)), 195, 12);
    EXPECT_NEAR(milliseconds(samples.response_time.max()), 205, 12);
    EXPECT_GT(samples.connections.peak, 150U);
}

TEST_P(OpenModel, NeverOmitsWhatFindsNoConnection) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 100ms); });
    Options options = open(server, 200, StopAfter{500ms});
    std::get<OpenLoop>(options.schedule).max_connections = 5;  // serves 50 of the 200 a second
    options.timeout = 400ms;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.started, 100U);
    EXPECT_GE(samples.requests.succeeded, 15U);
    EXPECT_GT(samples.requests.timed_out, 40U);
    EXPECT_EQ(samples.connections.peak, 5U);
    EXPECT_NEAR(milliseconds(samples.response_time.max()), 400, 5);
}

TEST_P(OpenModel, SpreadsPoissonArrivalsOverThreadsReproducibly) {
    const auto arrivals = [&](std::uint64_t seed) {
        ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
        Options options = open(server, 400, StopAfter{500ms});
        std::get<OpenLoop>(options.schedule).arrivals = Arrivals::poisson;
        options.threads = 2;
        options.seed = seed;
        return run(options).requests.started;
    };
    const std::uint64_t once = arrivals(7);
    EXPECT_EQ(arrivals(7), once);
    EXPECT_NEAR(static_cast<double>(once), 200, 60);
}

TEST_P(OpenModel, StopsByCount) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    const model::Samples samples = run(open(server, 1000, StopAfterCount{100}));
    EXPECT_EQ(samples.requests.started, 100U);
    EXPECT_EQ(server.log().size(), 100U);
    EXPECT_NEAR(seconds(samples.window), 0.1, 0.03);
}

TEST_P(OpenModel, ReusesIdleConnections) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 1ms); });
    const model::Samples samples = run(open(server, 200, StopAfter{500ms}));
    EXPECT_LT(samples.connections.established, 20U);
}

TEST_P(OpenModel, SurvivesConnectionsClosedWhileIdle) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); }, {.idle_timeout = 20ms});
    const model::Samples samples = run(open(server, 20, StopAfter{500ms}));
    EXPECT_EQ(samples.requests.succeeded, 10U);
    EXPECT_GE(samples.connections.closed_idle, 8U);
}

TEST_P(OpenModel, StopsAtOnceAndCountsTheBacklog) {
    ScriptedServer server([](const SeenRequest&) { return Reply::never(); });
    Options options = open(server, 1000, StopAfter{30s});
    std::get<OpenLoop>(options.schedule).max_connections = 10;
    auto engine = Engine::start(options);
    ASSERT_TRUE(engine.has_value());
    std::this_thread::sleep_for(300ms);
    engine->stop_now();
    const model::Samples samples = engine->finish().value();
    check_conservation(samples);
    EXPECT_NEAR(static_cast<double>(samples.requests.unfinished), 300, 60);
    EXPECT_EQ(server.log().size(), 10U);
}

INSTANTIATE_TEST_SUITE_P(Backends, OpenModel, k_both_backends, io_name);

}  // namespace
}  // namespace joust::load
