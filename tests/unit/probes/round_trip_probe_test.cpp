#include "probes/round_trip_probe.hpp"

#include <gtest/gtest.h>

#include "unit/database/contender_session.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

/// A server that is gone from the look numbered `fails_at` on.
class Vanishing final : public database::SessionReader {
public:
    explicit Vanishing(int fails_at) : fails_at_(fails_at) {}
    Status read(model::DatabaseWaits&) override { return {}; }
    Result<database::OpenSessions> open_sessions() override {
        if (++looks_ >= fails_at_) return fail(ErrorKind::database, "the server is gone");
        return database::OpenSessions{.server_port = 5432};
    }

    Result<std::vector<model::FaultyTable>> own_code() override { return std::vector<model::FaultyTable>(); }

private:
    int fails_at_;
    int looks_ = 0;
};

Result<std::vector<host::TcpSegments>> no_connections(std::uint16_t) {
    return std::vector<host::TcpSegments>();
}

std::optional<model::DatabaseTraffic> traffic_in(Nanoseconds window,
                                                 std::unique_ptr<database::SessionReader> reader) {
    model::TrialResult trial;
    RoundTripProbe probe(std::move(reader), no_connections);
    const TimePoint start = now();
    EXPECT_TRUE(probe.begin(start, start + window));
    EXPECT_TRUE(probe.finish(trial));
    return trial.database_traffic;
}

TEST(RoundTripProbe, SaysNothingWhereTheServerDoesNotAnswer) {
    EXPECT_TRUE(traffic_in(20ms, std::make_unique<Vanishing>(100)));
    EXPECT_EQ(traffic_in(20ms, std::make_unique<Vanishing>(1)), std::nullopt);
    EXPECT_EQ(traffic_in(20ms, std::make_unique<Vanishing>(3)), std::nullopt) << "its end was not seen";
    // One sample lies between those of the edges, so that there are two without the last.
    EXPECT_EQ(traffic_in(1600ms, std::make_unique<Vanishing>(4)), std::nullopt) << "half a window is none";
    EXPECT_EQ(traffic_in(20ms, nullptr), std::nullopt) << "a database without sessions";
}

TEST(RoundTripProbe, EndsWhenNobodyAsksForItsResult) {
    const TimePoint begun = now();
    {
        RoundTripProbe probe(std::make_unique<Vanishing>(100), no_connections);
        ASSERT_TRUE(probe.begin(begun + 50s, begun + 100s));
    }
    EXPECT_LT(now() - begun, 40s);
}

/// Of a real server.
class RoundTrips : public ::testing::Test {
protected:
    // What `work` makes a contender send, whose pool has been there before. The samples are the probe's, but
    // at times that the test decides.
    template <typename Work>
    model::DatabaseTraffic caused_by(const Work& work) {
        const auto reader = test::must(database_->session_reader("asks"));
        const std::uint16_t port = test::must(reader->open_sessions()).server_port;
        TrafficCount count;
        const auto before = test::must(host::read_tcp_segments(port));
        count.add(test::must(reader->open_sessions()), before);
        work();
        const auto sessions = test::must(reader->open_sessions());
        count.add(sessions, test::must(host::read_tcp_segments(port)));
        return count.traffic().value();
    }

    test::Rig rig_;
    std::unique_ptr<database::Database> database_ = database::started_database(
        rig_, {.settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}}});
    std::string url_ = test::must(database_->create_for("asks"));
    database::ContenderSession pooled_{url_};
    database::ContenderSession rival_{test::must(database_->create_for("rival"))};
};

TEST_F(RoundTrips, AreTheMessagesOfTheContenderAlone) {
    const auto traffic = caused_by([&] {
        for (int i = 0; i < 25; ++i) {
            EXPECT_EQ(pooled_.ask("SELECT 1"), "1");
            EXPECT_EQ(rival_.ask("SELECT 2"), "2");
        }
    });
    ASSERT_TRUE(traffic.segments);
    EXPECT_EQ(traffic.segments->received, 25U);
    EXPECT_EQ(traffic.segments->sent, 25U);
    EXPECT_EQ(traffic.sessions_opened, 0U);
    EXPECT_EQ(traffic.connections, 1U);
}

TEST_F(RoundTrips, OfSessionsThatComeAndGoUnseenAreNotTold) {
    const auto traffic = caused_by([&] {
        for (int i = 0; i < 5; ++i)
            EXPECT_EQ(database::ContenderSession(url_).ask("SELECT 1"), "1");
    });
    EXPECT_EQ(traffic.sessions_opened, 5U);
    EXPECT_FALSE(traffic.segments);
}

TEST_F(RoundTrips, CountASessionThatStaysFromItsBeginning) {
    std::optional<database::ContenderSession> opened;
    const auto traffic = caused_by([&] {
        opened.emplace(url_);
        EXPECT_EQ(opened->ask("SELECT 1"), "1");
    });
    EXPECT_EQ(traffic.sessions_opened, 1U);
    ASSERT_TRUE(traffic.segments);
    EXPECT_GT(traffic.segments->received, 1U) << "logging in takes messages, too";
}

}  // namespace
}  // namespace joust::probes
