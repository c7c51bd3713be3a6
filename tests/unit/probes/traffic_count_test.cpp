#include "probes/traffic_count.hpp"

#include <gtest/gtest.h>

namespace joust::probes {
namespace {

using host::TcpSegments;
using model::Segments;

constexpr std::uint16_t k_rival = 999;

/// A connection from the contender's port `cookie`, which has carried so many messages.
TcpSegments carried(std::uint64_t cookie, std::uint64_t messages) {
    return {.cookie = cookie,
            .peer_port = static_cast<std::uint16_t>(cookie),
            .segments_received = messages,
            .segments_sent = 2 * messages,
            .bytes_received = 100 * messages,
            .bytes_acknowledged = 30 * messages};
}

/// Samples of these connections, all of them the contender's, with so many sessions opened by then.
class Counted {
public:
    Counted& at(std::uint64_t ever, const std::vector<TcpSegments>& connections) {
        database::OpenSessions sessions{.server_port = 5432, .ever = ever};
        for (const TcpSegments& one : connections)
            sessions.ports.push_back(one.peer_port);
        std::vector<TcpSegments> all = connections;
        all.push_back({.cookie = 7777, .peer_port = k_rival, .segments_received = 50 * ever});
        count_.add(sessions, all);
        return *this;
    }
    [[nodiscard]] std::optional<model::DatabaseTraffic> traffic() const { return count_.traffic(); }
    [[nodiscard]] std::optional<std::uint64_t> messages() const {
        const auto found = traffic();
        return found && found->segments ? std::optional(found->segments->received) : std::nullopt;
    }

private:
    TrafficCount count_;
};

TEST(TrafficCount, IsWhatConnectionsCarriedInTheWindow) {
    const auto traffic =
        Counted().at(2, {carried(1, 100), carried(2, 40)}).at(2, {carried(1, 160), carried(2, 45)}).traffic();
    ASSERT_TRUE(traffic);
    EXPECT_EQ(traffic->segments,
              (Segments{.received = 65, .sent = 130, .received_bytes = 6500, .sent_bytes = 1950}))
        << "not what they had carried before, nor what another carries";
    EXPECT_EQ(traffic->connections, 2U);
    EXPECT_EQ(traffic->sessions_opened, 0U);
}

TEST(TrafficCount, HasConnectionsThatAppearFromZero) {
    Counted counted;
    counted.at(1, {carried(1, 100)}).at(2, {carried(1, 110), carried(2, 5)});
    counted.at(2, {carried(1, 120), carried(2, 30)});
    EXPECT_EQ(counted.messages(), 50U);
    EXPECT_EQ(counted.traffic()->sessions_opened, 1U);
}

TEST(TrafficCount, KeepsTheLastSampleOfOneThatEnds) {
    Counted counted;
    std::vector<TcpSegments> others;
    for (std::uint64_t cookie = 2; cookie <= 20; ++cookie)
        others.push_back(carried(cookie, 10));
    std::vector<TcpSegments> all = others;
    all.push_back(carried(1, 100));
    counted.at(20, all);
    all.back() = carried(1, 130);
    counted.at(20, all).at(20, others);
    EXPECT_EQ(counted.messages(), 30U);
}

TEST(TrafficCount, IsUnknownRatherThanWrong) {
    EXPECT_EQ(Counted().traffic(), std::nullopt);
    EXPECT_EQ(Counted().at(1, {carried(1, 1)}).traffic(), std::nullopt) << "there is no window";
    const auto unseen = Counted().at(1, {carried(1, 100)}).at(9, {carried(1, 140), carried(2, 3)}).traffic();
    ASSERT_TRUE(unseen);
    EXPECT_EQ(unseen->sessions_opened, 8U) << "the server counts them all";
    EXPECT_EQ(unseen->segments, std::nullopt) << "of eight sessions one was seen";
    Counted recycled;
    for (std::uint64_t sample = 0; sample < 10; ++sample)
        recycled.at(sample, {carried(sample + 1, 10)});
    EXPECT_EQ(recycled.messages(), std::nullopt) << "each ended with what it had yet to carry";
}

TEST(TrafficCount, IsUnknownWhereTheKernelShowsNoConnectionOfOpenSessions) {
    TrafficCount count;
    const database::OpenSessions sessions{.server_port = 5432, .ports = {1, 2}, .ever = 2};
    count.add(sessions, {});
    count.add(sessions, {});
    ASSERT_TRUE(count.traffic());
    EXPECT_EQ(count.traffic()->segments, std::nullopt) << "they run in another network namespace";
    TrafficCount nobody;
    nobody.add({.server_port = 5432}, {});
    nobody.add({.server_port = 5432}, {});
    EXPECT_EQ(nobody.traffic()->segments, Segments{}) << "who has no session sends nothing";
}

}  // namespace
}  // namespace joust::probes
