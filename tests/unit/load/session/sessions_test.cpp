#include "load/session/sessions.hpp"

#include <gtest/gtest.h>

#include "unit/load/session/scripted_transport.hpp"

namespace joust::load {
namespace {

using namespace std::chrono_literals;
using model::RequestErrorKind;

constexpr std::string_view k_answer = "HTTP/1.1 204 No Content\r\n\r\n";

/// Sessions with an exchange each, and what they told of it.
class Carrying : public testing::Test, public SessionEvents {
protected:
    void set_up(std::optional<std::uint64_t> requests_per_connection = {}, std::string method = "GET") {
        plan.addresses.resize(1);
        plan.options.requests_per_connection = requests_per_connection;
        Request request;
        request.method = std::move(method);
        plan.requests.push_back(PreparedRequest::prepare(Target{}, request, Feed{}).value());
        plan.checks.push_back(AnswerCheck::compile(Expect{}, false).value());
        sessions.emplace(plan, Share{.connections = 2}, transport, recorder, moment, *this);
        for (const ConnectionId id : {0U, 1U}) {
            exchanges[id].session = id;
            exchanges[id].prepared = plan.requests.data();
            exchanges[id].check = plan.checks.data();
            exchanges[id].request = "GET / HTTP/1.1\r\n\r\n";
        }
    }
    TransportEvents& events() { return *sessions; }
    void carry_connected(ConnectionId id) {
        sessions->carry(exchanges.at(id));
        events().on_connected(id, 0, moment.now);
    }
    Arrival arrival(bool followed = false) const {
        return {.read = moment.now, .arrived = moment.now, .followed = followed};
    }

    LoadPlan plan;
    LiveCounters live;
    Recorder recorder{live, {""}, "prefix"};
    Moment moment{TimePoint(1h)};
    ScriptedTransport transport;
    std::array<Exchange, 2> exchanges;
    std::optional<Sessions> sessions;

    std::vector<AnswerEnd> answers;
    std::vector<std::pair<RequestErrorKind, std::string>> failures;
    std::vector<model::Shortage> shortages;
    std::vector<ConnectionId> closed_idle;
    std::size_t closed_before = 0;

private:
    void on_answered(Exchange& exchange, const AnswerEnd& answer, const Arrival& /*arrival*/) override {
        answers.push_back(answer);
        sessions->release(exchange, answer);
    }
    void on_failed(Exchange& exchange, RequestErrorKind kind, std::string_view detail,
                   TimePoint /*when*/) override {
        failures.emplace_back(kind, detail);
        sessions->drop(exchange);
    }
    void on_lacked(Exchange& exchange, model::Shortage shortage, std::string_view /*detail*/,
                   TimePoint /*when*/) override {
        shortages.push_back(shortage);
        sessions->drop(exchange);
    }
    bool on_closed_before(Exchange& /*exchange*/) override {
        ++closed_before;
        return false;
    }
    void on_closed_idle(ConnectionId id) override { closed_idle.push_back(id); }
};

TEST_F(Carrying, ConnectsOnceForOneExchangeAfterTheOther) {
    set_up();
    carry_connected(0);
    EXPECT_FALSE(events().on_data(0, k_answer, arrival()));
    sessions->carry(exchanges[0]);
    EXPECT_FALSE(events().on_data(0, k_answer, arrival()));
    EXPECT_EQ(transport.opened.size(), 1U);
    EXPECT_EQ(transport.sent[0], "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_TRUE(answers[0].first);
    EXPECT_FALSE(answers[1].first);
    EXPECT_TRUE(answers[1].carries_more);
    EXPECT_EQ(answers[1].status, 204);
}

TEST_F(Carrying, WaitsForTheRestOfAnAnswer) {
    set_up();
    carry_connected(0);
    EXPECT_TRUE(events().on_data(0, k_answer.substr(0, 9), arrival()));
    EXPECT_TRUE(answers.empty());
    EXPECT_FALSE(events().on_data(0, k_answer.substr(9), arrival()));
    EXPECT_EQ(answers.size(), 1U);
}

TEST_F(Carrying, ClosesAConnectionThatHasCarriedAllItMay) {
    set_up(2);
    carry_connected(0);
    events().on_data(0, k_answer, arrival());
    EXPECT_TRUE(transport.closed.empty());
    sessions->carry(exchanges[0]);
    events().on_data(0, k_answer, arrival());
    EXPECT_EQ(transport.closed, std::vector<ConnectionId>{0});
    sessions->carry(exchanges[0]);
    EXPECT_EQ(transport.opened.size(), 2U);
}

TEST_F(Carrying, UsesNoConnectionAgainThatHasMoreThanTheAnswer) {
    set_up();
    carry_connected(0);
    events().on_data(0, std::string(k_answer) + "x", arrival());
    carry_connected(1);
    events().on_data(1, k_answer, arrival(true));
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_FALSE(answers[0].carries_more);
    EXPECT_FALSE(answers[1].carries_more);
    EXPECT_TRUE(answers[1].closed);
    EXPECT_TRUE(answers[0].closed);
    EXPECT_EQ(recorder.connections().closed_idle, 2U);
}

TEST_F(Carrying, UsesNoConnectionAgainOnWhichTheRequestIsStillBeingSent) {
    set_up();
    carry_connected(0);
    transport.is_sending = true;
    events().on_data(0, k_answer, arrival());
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_FALSE(answers[0].carries_more);
    EXPECT_FALSE(answers[0].closed);
}

TEST_F(Carrying, TellsOfAnIdleConnectionThatTheServerEnds) {
    set_up();
    carry_connected(0);
    events().on_data(0, k_answer, arrival());
    events().on_ended(0, 0, moment.now);
    EXPECT_EQ(closed_idle, std::vector<ConnectionId>{0});
    EXPECT_EQ(live.connections.get(), 0U);
    carry_connected(1);
    events().on_data(1, k_answer, arrival());
    events().on_data(1, "unasked", arrival());  // of no use any more
    EXPECT_EQ(closed_idle, (std::vector<ConnectionId>{0, 1}));
}

TEST_F(Carrying, AsksWhetherARequestIsSentAgainOnlyWhereItsKeptAliveConnectionSaidNothing) {
    set_up();
    carry_connected(0);
    events().on_ended(0, ECONNRESET, moment.now);
    EXPECT_EQ(closed_before, 0U);  // a first request
    carry_connected(0);
    events().on_data(0, k_answer, arrival());
    sessions->carry(exchanges[0]);
    events().on_data(0, "HTTP", arrival());
    events().on_ended(0, ECONNRESET, moment.now);
    EXPECT_EQ(closed_before, 0U);  // the answer had begun
    carry_connected(0);
    events().on_data(0, k_answer, arrival());
    sessions->carry(exchanges[0]);
    events().on_ended(0, 0, moment.now);
    EXPECT_EQ(closed_before, 1U);
    EXPECT_EQ(failures.size(), 3U);
}

TEST_F(Carrying, TellsFailuresOfTheTargetFromShortagesOfThisHost) {
    set_up();
    sessions->carry(exchanges[0]);
    events().on_connected(0, ECONNREFUSED, moment.now);
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].first, RequestErrorKind::connect);
    transport.errors = {EMFILE};
    sessions->carry(exchanges[0]);
    carry_connected(1);
    events().on_ended(1, ENOBUFS, moment.now);
    EXPECT_EQ(shortages, (std::vector{model::Shortage::open_files, model::Shortage::memory}));
}

TEST_F(Carrying, CountsConnectionsAndTheMostAtOnce) {
    set_up();
    carry_connected(0);
    carry_connected(1);
    EXPECT_EQ(live.connections.get(), 2U);
    sessions->close_all();
    EXPECT_EQ(live.connections.get(), 0U);
    carry_connected(0);
    EXPECT_EQ(recorder.connections().established, 3U);
    EXPECT_EQ(recorder.connections().peak, 2U);
}

TEST_F(Carrying, KnowsWhenTheRequestReallyWent) {
    set_up();
    carry_connected(0);
    events().on_submitted(0, moment.now + 3ms);
    EXPECT_EQ(exchanges[0].sent_at, moment.now + 3ms);
    EXPECT_FALSE(sessions->is_connecting(exchanges[0]));
    sessions->carry(exchanges[1]);
    EXPECT_TRUE(sessions->is_connecting(exchanges[1]));
}

}  // namespace
}  // namespace joust::load
