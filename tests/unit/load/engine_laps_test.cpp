// One engine, several laps: what a comparison of several targets in slices stands on.
#include "load/laps.hpp"
#include "unit/load/engine_support.hpp"

namespace joust::load {
namespace {

class EngineLaps : public EngineOn {};
INSTANTIATE_TEST_SUITE_P(Io, EngineLaps, k_both_backends, io_name);

Reply answer(const SeenRequest&) {
    return Reply::ok();
}

TEST_P(EngineLaps, KeepTheirConnectionsAndCountEachLapForItself) {
    ScriptedServer server(answer);
    auto engine = Engine::start(closed(server, 3, StopAfterCount{30}));
    ASSERT_TRUE(engine.has_value());
    for (int lap = 0; lap < 3; ++lap) {
        if (lap > 0) engine->start_lap();
        const auto samples = engine->finish_lap();
        ASSERT_TRUE(samples.has_value());
        check_conservation(*samples);
        EXPECT_EQ(samples->requests.succeeded, 30U);
        EXPECT_EQ(samples->connections.established, lap == 0 ? 3U : 0U);
        EXPECT_EQ(samples->ids.front().issued, 30U * static_cast<unsigned>(lap + 1));
    }
    EXPECT_EQ(server.log().size(), 90U);
}

TEST_P(EngineLaps, RestInBetweenAndSendNothing) {
    ScriptedServer server(answer);
    auto engine = Engine::start(closed(server, 2, StopAfterCount{10}));
    ASSERT_TRUE(engine.has_value());
    ASSERT_TRUE(engine->finish_lap().has_value());
    EXPECT_TRUE(engine->progress().finished);
    EXPECT_EQ(engine->progress().connections, 2U);
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(server.log().size(), 10U);
    EXPECT_EQ(engine->progress().started, 10U);
}

TEST_P(EngineLaps, BeginTheScheduleOfTheOpenModelAnew) {
    ScriptedServer server(answer);
    auto engine = Engine::start(open(server, 500, StopAfterCount{20}));
    ASSERT_TRUE(engine.has_value());
    std::vector<model::Samples> laps;
    for (int lap = 0; lap < 2; ++lap) {
        if (lap > 0) engine->start_lap();
        auto samples = engine->finish_lap();
        ASSERT_TRUE(samples.has_value());
        EXPECT_EQ(samples->requests.started, 20U);
        // The rest does not count as lateness: a schedule that went on would be a second behind.
        EXPECT_LT(samples->schedule_lag.min(), 1'000'000'000);
        laps.push_back(std::move(*samples));
        if (lap == 0) std::this_thread::sleep_for(1s);
    }
    const model::Samples whole = joined(std::move(laps));
    EXPECT_EQ(whole.requests.succeeded, 40U);
    EXPECT_EQ(whole.response_time.count(), 40U);
}

/// Stopped with answers on their way: they come while the load rests, and must not begin anything.
TEST_P(EngineLaps, SendNothingAfterTheyWereStopped) {
    for (const bool is_open : {false, true}) {
        ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 2ms); });
        auto engine =
            Engine::start(is_open ? open(server, 5000, StopAfter{30s}) : closed(server, 16, StopAfter{30s}));
        ASSERT_TRUE(engine.has_value());
        while (server.log().size() < 100)
            std::this_thread::sleep_for(1ms);
        engine->stop_now();
        const model::Samples samples = engine->finish_lap().value();
        check_conservation(samples);
        std::this_thread::sleep_for(100ms);
        EXPECT_LE(server.log().size(), samples.requests.started);
        EXPECT_EQ(engine->progress().started, samples.requests.started);
        EXPECT_EQ(engine->progress().in_flight, 0U);
    }
}

TEST_P(EngineLaps, NoticeWhatTheServerClosesMeanwhile) {
    ScriptedServer server([](const SeenRequest&) { return Reply::ok().and_then(Reply::Then::close); });
    auto engine = Engine::start(closed(server, 1, StopAfterCount{2}));
    ASSERT_TRUE(engine.has_value());
    ASSERT_TRUE(engine->finish_lap().has_value());
    engine->start_lap();
    const auto samples = engine->finish();
    ASSERT_TRUE(samples.has_value());
    EXPECT_EQ(samples->requests.succeeded, 2U);
    EXPECT_EQ(samples->requests.failed, 0U);
}

TEST_P(EngineLaps, MayBeDroppedWhileTheyRest) {
    ScriptedServer server(answer);
    auto engine = Engine::start(closed(server, 2, StopAfterCount{4}));
    ASSERT_TRUE(engine.has_value());
    ASSERT_TRUE(engine->finish_lap().has_value());
}

TEST(Laps, JoinedAreWhatOneLongerWindowWouldHaveBeen) {
    std::vector<model::Samples> laps(2);
    laps[0].window = 1s;
    laps[0].completed_in_window = 10;
    laps[0].in_flight_mean = 2;
    laps[0].connections = {.asked = 5, .established = 5, .peak = 5};
    laps[0].response_time.record(100);
    laps[1].window = 3s;
    laps[1].completed_in_window = 70;
    laps[1].in_flight_mean = 6;
    laps[1].connections = {.asked = 5, .established = 1, .peak = 5};
    laps[1].response_time.record(300);
    const model::Samples whole = joined(std::move(laps));
    EXPECT_EQ(whole.window, 4s);
    EXPECT_DOUBLE_EQ(whole.goodput_rps(), 20);
    EXPECT_DOUBLE_EQ(whole.in_flight_mean, 5);
    EXPECT_EQ(whole.connections.asked, 5U);
    EXPECT_EQ(whole.connections.established, 6U);
    EXPECT_EQ(whole.response_time.count(), 2U);
}

}  // namespace
}  // namespace joust::load
