#include "load/session/connector.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/load/session/scripted_transport.hpp"

namespace joust::load {
namespace {

using namespace std::chrono_literals;

/// A connector for two connections, and what it was asked and has told.
class Connects final : public ConnectorEvents {
public:
    explicit Connects(std::size_t addresses, bool spread = false, bool is_unix = false) {
        plan.addresses.resize(addresses);
        for (Address& address : plan.addresses)
            address.storage.ss_family = is_unix ? AF_UNIX : AF_INET;
        plan.options.spread = spread;
        connector.emplace(plan, Share{.connections = 2}, transport, moment, *this);
    }
    void pass(Nanoseconds time) {
        moment.now += time;
        if (connector->next() <= moment.now) connector->look_after_waits();
    }
    /// The addresses that were tried, by number.
    [[nodiscard]] std::vector<std::ptrdiff_t> tried() const {
        std::vector<std::ptrdiff_t> all;
        for (const ScriptedTransport::Opened& opened : transport.opened)
            all.push_back(opened.address - plan.addresses.data());
        return all;
    }

    LoadPlan plan;
    Moment moment{TimePoint(1h)};
    ScriptedTransport transport;
    std::vector<ConnectionId> established;
    std::vector<int> errors;
    std::optional<Connector> connector;

private:
    void on_established(ConnectionId id) override { established.push_back(id); }
    void on_unreachable(ConnectionId id, int error, const Address& /*address*/) override {
        errors.push_back(error);
        connector->give_up(id);
    }
};

using Addresses = std::vector<std::ptrdiff_t>;
using Ids = std::vector<ConnectionId>;

TEST(Connector, TriesTheNextAddressWhenOneRefuses) {
    Connects two(2);
    two.connector->connect(0);
    two.connector->on_connected(0, ECONNREFUSED);
    two.connector->on_connected(0, 0);
    EXPECT_EQ(two.tried(), (Addresses{0, 1}));
    EXPECT_EQ(two.established, Ids{0});
    EXPECT_EQ(two.transport.closed, Ids{0});  // the attempt that was refused
}

TEST(Connector, BeginsWithTheAddressThatAnsweredLast) {
    Connects two(2);
    two.connector->connect(0);
    two.connector->on_connected(0, ECONNREFUSED);
    two.connector->on_connected(0, 0);
    two.connector->connect(1);
    EXPECT_EQ(two.tried(), (Addresses{0, 1, 1}));
}

TEST(Connector, FailsWhenAllAddressesHave) {
    Connects two(2);
    two.transport.errors = {ENETUNREACH};
    two.connector->connect(0);
    two.connector->on_connected(0, ECONNREFUSED);
    EXPECT_EQ(two.errors, std::vector<int>{ECONNREFUSED});
    EXPECT_TRUE(two.established.empty());
}

TEST(Connector, LetsTheNextAddressRaceWithOneThatIsSilent) {
    Connects two(2);
    two.connector->connect(0);
    two.pass(249ms);
    EXPECT_EQ(two.tried(), Addresses{0});
    two.pass(1ms);
    EXPECT_EQ(two.tried(), (Addresses{0, 1}));
    EXPECT_EQ(two.transport.opened.back().place, 2U);  // behind the places of the connections
    two.connector->on_connected(2, 0);
    EXPECT_EQ(two.transport.moved, (std::vector<std::pair<ConnectionId, ConnectionId>>{{2, 0}}));
    EXPECT_EQ(two.transport.closed, Ids{0});
    EXPECT_EQ(two.established, Ids{0});
}

TEST(Connector, EndsTheRaceThatTheFirstAddressWinsAfterAll) {
    Connects two(2);
    two.connector->connect(0);
    two.pass(250ms);
    two.connector->on_connected(0, 0);
    EXPECT_EQ(two.transport.closed, Ids{2});
    EXPECT_EQ(two.established, Ids{0});
}

TEST(Connector, LeavesNothingOpenWhenItIsGivenUp) {
    Connects two(2);
    two.connector->connect(0);
    two.pass(250ms);
    two.connector->give_up(0);
    EXPECT_EQ(two.transport.closed, (Ids{2, 0}));
    two.pass(10s);  // a wait of the connect that was given up means nothing
    EXPECT_EQ(two.tried(), (Addresses{0, 1}));
}

TEST(Connector, TellsWhyAWinnerCouldNotBeMoved) {
    Connects two(2);
    two.connector->connect(0);
    two.pass(250ms);
    two.transport.move_error = EMFILE;
    two.connector->on_connected(2, 0);
    EXPECT_EQ(two.errors, std::vector<int>{EMFILE});
}

TEST(Connector, GoesOnBehindTheAddressThatATimeoutWasSpentOn) {
    Connects two(2);
    two.connector->connect(0);
    two.connector->timed_out(0);
    two.connector->give_up(0);
    two.connector->connect(0);
    EXPECT_EQ(two.tried(), (Addresses{0, 1}));
}

TEST(Connector, LetsAddressesTakeTurnsAndSkipsOneThatDidNotAnswer) {
    Connects spread(3, true);
    for (const ConnectionId id : {0U, 1U}) {
        spread.connector->connect(id);
        spread.connector->on_connected(id, 0);
    }
    EXPECT_EQ(spread.tried(), (Addresses{0, 1}));
    spread.connector->connect(0);
    spread.connector->on_connected(0, ECONNREFUSED);  // the third; the first is tried in its place
    spread.connector->on_connected(0, 0);
    for (int i = 0; i < 3; ++i) {
        spread.connector->connect(1);
        spread.connector->on_connected(1, 0);
    }
    EXPECT_EQ(spread.tried(), (Addresses{0, 1, 2, 0, 0, 1, 0}));
    spread.moment.now += 2s;  // then it has a turn again
    spread.connector->connect(1);
    spread.connector->on_connected(1, 0);
    spread.connector->connect(1);
    EXPECT_EQ(spread.tried().back(), 2);
}

TEST(Connector, WaitsForAUnixSocketWhoseBacklogIsFull) {
    Connects unix_socket(1, false, true);
    unix_socket.transport.errors = {EAGAIN, EAGAIN};
    unix_socket.connector->connect(0);
    EXPECT_EQ(unix_socket.connector->next() - unix_socket.moment.now, 200us);
    unix_socket.pass(200us);
    EXPECT_EQ(unix_socket.connector->next() - unix_socket.moment.now, 400us);
    unix_socket.pass(400us);
    unix_socket.connector->on_connected(0, 0);
    EXPECT_EQ(unix_socket.established, Ids{0});
}

TEST(Connector, CountsWhatEachAddressTookSinceItWasAsked) {
    Connects two(2);
    two.connector->connect(0);
    two.connector->on_connected(0, 0);
    EXPECT_EQ(two.connector->take_served().at(0).connections, 1U);
    EXPECT_EQ(two.connector->take_served().at(0).connections, 0U);
}

}  // namespace
}  // namespace joust::load
