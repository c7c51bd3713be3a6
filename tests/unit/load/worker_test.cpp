#include "load/worker.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using model::RequestErrorKind;

/// Two addresses of one name, of which the first refuses. Refusals come one at a time, and later than what
/// the second address has to say.
class SecondAddressOnly final : public Transport {
public:
    explicit SecondAddressOnly(const LoadPlan& plan) : plan_(plan) {}

    int open(ConnectionId id, const Address& address) override {
        (&address == &plan_.addresses[0] ? refused_ : accepted_).push_back(id);
        return 0;
    }
    int send(ConnectionId id, std::string_view /*bytes*/) override {
        sent_.push_back(id);
        return 0;
    }
    [[nodiscard]] bool sending(ConnectionId /*id*/) const override { return false; }
    void close(ConnectionId /*id*/) override {}
    void wake() override {}
    [[nodiscard]] std::uint64_t clock_steps() const override { return 0; }
    void wait(TimePoint /*until*/, Patience /*patience*/, TransportEvents& events) override {
        const TimePoint read = now();
        if (!accepted_.empty()) return events.on_connected(take(accepted_), 0, read);
        if (!refused_.empty()) return events.on_connected(take(refused_), ECONNREFUSED, read);
        if (!sent_.empty())
            events.on_data(take(sent_), "HTTP/1.1 204 No Content\r\n\r\n", {.read = read, .arrived = read});
    }

private:
    static ConnectionId take(std::vector<ConnectionId>& from) {
        const ConnectionId id = from.front();
        from.erase(from.begin());
        return id;
    }

    const LoadPlan& plan_;
    std::vector<ConnectionId> refused_, accepted_, sent_;
};

TEST(Worker, TakesTheAddressThatAnswersAlsoForConnectionsThatAreRefusedLater) {
    constexpr std::uint64_t k_requests = 3;
    LoadPlan plan;
    plan.options.schedule = ClosedLoop{.users = k_requests, .stagger = Nanoseconds{0}};
    plan.options.stop = StopAfterCount{k_requests};
    plan.addresses.resize(2);
    plan.requests.push_back(PreparedRequest::prepare(plan.options.target, Request{}, Feed{}).value());
    plan.checks.push_back(AnswerCheck::compile(Expect{}, false).value());
    Control control;
    LiveCounters live;
    SecondAddressOnly transport(plan);
    Worker worker(plan, control, {.connections = k_requests, .requests = k_requests}, transport, live);
    const TimePoint start = now();
    control.window_start_ns = start.time_since_epoch().count();
    const ThreadResult result = worker.run(start);
    EXPECT_EQ(result.samples.errors[RequestErrorKind::connect], 0U);
    EXPECT_EQ(result.samples.requests.succeeded, k_requests);
}

}  // namespace
}  // namespace joust::load
