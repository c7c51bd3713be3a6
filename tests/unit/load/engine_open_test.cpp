#include <algorithm>
#include <array>

#include "unit/load/engine_support.hpp"

namespace joust::load {
namespace {

class OpenModel : public EngineOn {};

/// Number of a request whose path is "/{sequence}".
std::int64_t number_of(const LogEntry& entry) {
    return std::stoll(entry.request.path.substr(1)) - 100'000'000'000;
}

TEST_P(OpenModel, FollowsItsScheduleWithoutDrift) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 2ms); });
    Options options = open(server, 500, StopAfter{1s});
    options.operations[0].request.path = "/{sequence}";
    auto engine = Engine::start(options);
    ASSERT_TRUE(engine.has_value());
    const model::Samples samples = engine->finish().value();
    EXPECT_EQ(samples.requests.started, 500U);
    EXPECT_EQ(samples.requests.succeeded, 500U);
    ASSERT_EQ(server.log().size(), 500U);
    std::array<Nanoseconds, 5> least_slip;
    least_slip.fill(1h);
    for (const LogEntry& entry : server.log()) {
        const std::int64_t number = number_of(entry);
        const Nanoseconds slip = entry.request.arrived - (engine->started_at() + 2ms * number);
        EXPECT_GE(slip, 0ns);  // never early
        Nanoseconds& least = least_slip[static_cast<std::size_t>(number) / 100];
        least = std::min(least, slip);
    }
    for (const Nanoseconds slip : least_slip)  // single ones may be late on a busy host, but not all
        EXPECT_LT(slip, 60ms);
    EXPECT_EQ(samples.schedule_lag.count(), 500U);
}

TEST_P(OpenModel, BeginsWhatIsDueAtOnce) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); });
    const model::Samples samples = run(open(server, 100, StopAfter{1s}));
    EXPECT_LT(milliseconds(samples.schedule_lag.value_at_quantile(0.5)), 3);
}

TEST_P(OpenModel, CountsTheWaitForAConnectionInTheResponseTimeNotInTheServiceTime) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 20ms); });
    Options options = open(server, 200, StopAfterCount{20});
    std::get<OpenLoop>(options.schedule).max_connections = 1;
    const model::Samples samples = run(options);
    EXPECT_GE(milliseconds(samples.response_time.max()), 20 * 20 - 19 * 5);  // the last is due after 95 ms
    EXPECT_GE(milliseconds(samples.service_time.min()), 19.9);
    EXPECT_LT(milliseconds(samples.service_time.value_at_quantile(0.5)), 60);
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
    EXPECT_GE(samples.window, 99ms);
    EXPECT_LT(samples.window, 1s);
}

TEST_P(OpenModel, KnowsWhatWasServedOfACountWhileItWasOffered) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 100ms); });
    Options options = open(server, 400, StopAfterCount{200});
    std::get<OpenLoop>(options.schedule).max_connections = 10;  // serves 100 of the 400 a second
    options.threads = 2;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 200U);
    EXPECT_GT(samples.window, 1s);  // the answers go on long after the 0.5 s in which requests were due
    ASSERT_EQ(samples.conduct.halves.size(), 2U);
    const auto& [first, second] = std::pair(samples.conduct.halves[0], samples.conduct.halves[1]);
    EXPECT_EQ(first.due, 100U);
    EXPECT_EQ(second.due, 100U);
    EXPECT_LE(first.answered, 20U);  // by ten connections in 0.25 s
    EXPECT_LE(second.answered, 30U);
    EXPECT_GT(second.response_time_sum, first.response_time_sum);
}

TEST_P(OpenModel, ReusesIdleConnections) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 1ms); });
    const model::Samples samples = run(open(server, 200, StopAfter{500ms}));
    EXPECT_LT(samples.connections.established, 60U);
}

TEST_P(OpenModel, SurvivesConnectionsClosedWhileIdle) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok(); }, {.idle_timeout = 20ms});
    const model::Samples samples = run(open(server, 20, StopAfter{500ms}));
    EXPECT_EQ(samples.requests.succeeded, 10U);
    EXPECT_GE(samples.connections.closed_idle, 4U);
}

TEST_P(OpenModel, StopsAtOnceAndCountsTheBacklog) {
    ScriptedServer server([](const SeenRequest&) { return Reply::never(); });
    Options options = open(server, 1000, StopAfter{30s});
    std::get<OpenLoop>(options.schedule).max_connections = 10;
    auto engine = Engine::start(options);
    ASSERT_TRUE(engine.has_value());
    std::this_thread::sleep_for(300ms);
    const double elapsed_ms = seconds(now() - engine->started_at()) * 1000;
    engine->stop_now();
    const model::Samples samples = engine->finish().value();
    check_conservation(samples);
    EXPECT_NEAR(static_cast<double>(samples.requests.unfinished), elapsed_ms, 60);
    EXPECT_EQ(server.log().size(), 10U);
}

INSTANTIATE_TEST_SUITE_P(Backends, OpenModel, k_both_backends, io_name);

}  // namespace
}  // namespace joust::load
