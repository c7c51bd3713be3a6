#include "load/worker.hpp"

#include <gtest/gtest.h>

#include <thread>

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
    int move(ConnectionId /*from*/, ConnectionId /*to*/) override { return 0; }
    void send(ConnectionId id, std::string_view /*bytes*/) override { sent_.push_back(id); }
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

/// Two addresses of one name: the first never says anything, the second accepts and answers at once.
class FirstAddressSilent final : public Transport {
public:
    explicit FirstAddressSilent(const LoadPlan& plan) : plan_(plan) {}

    int open(ConnectionId id, const Address& address) override {
        if (&address != &plan_.addresses[0]) accepted_.push_back(id);
        return 0;
    }
    int move(ConnectionId /*from*/, ConnectionId /*to*/) override { return 0; }
    void send(ConnectionId id, std::string_view /*bytes*/) override { sent_.push_back(id); }
    [[nodiscard]] bool sending(ConnectionId /*id*/) const override { return false; }
    void close(ConnectionId /*id*/) override {}
    void wake() override {}
    [[nodiscard]] std::uint64_t clock_steps() const override { return 0; }
    void wait(TimePoint until, Patience /*patience*/, TransportEvents& events) override {
        if (!accepted_.empty()) {
            has_accepted_ = true;
            return events.on_connected(take(accepted_), 0, now());
        }
        if (!sent_.empty()) {
            const TimePoint read = now();
            events.on_data(take(sent_), "HTTP/1.1 204 No Content\r\n\r\n", {.read = read, .arrived = read});
            return;
        }
        // On a busy host the races of one instant are not begun in the same microsecond.
        if (has_accepted_ && until > now() + std::chrono::milliseconds(50)) ++idle_waits_;
        std::this_thread::sleep_until(until);
    }
    /// How often nothing was under way for long although the second address had answered.
    [[nodiscard]] std::size_t idle_waits() const { return idle_waits_; }

private:
    static ConnectionId take(std::vector<ConnectionId>& from) {
        const ConnectionId id = from.front();
        from.erase(from.begin());
        return id;
    }

    const LoadPlan& plan_;
    std::vector<ConnectionId> accepted_, sent_;
    bool has_accepted_ = false;
    std::size_t idle_waits_ = 0;
};

/// A thread that gets its CPU back after the deadline: the answer has come in time, but is read only then.
class ReadsLate final : public Transport {
public:
    explicit ReadsLate(Nanoseconds stall) : stall_(stall) {}

    int open(ConnectionId id, const Address& /*address*/) override {
        id_ = id;
        return 0;
    }
    int move(ConnectionId /*from*/, ConnectionId /*to*/) override { return 0; }
    void send(ConnectionId /*id*/, std::string_view /*bytes*/) override {}
    [[nodiscard]] bool sending(ConnectionId /*id*/) const override { return false; }
    void close(ConnectionId /*id*/) override {}
    void wake() override {}
    [[nodiscard]] std::uint64_t clock_steps() const override { return 0; }
    void wait(TimePoint /*until*/, Patience /*patience*/, TransportEvents& events) override {
        switch (turn_++) {
            case 0:
                return events.on_connected(id_, 0, now());
            case 1:
                arrived_ = now();
                return std::this_thread::sleep_for(stall_);
            default:
                events.on_data(id_, "HTTP/1.1 204 No Content\r\n\r\n",
                               {.read = now(), .arrived = arrived_, .stamped = true});
        }
    }

private:
    Nanoseconds stall_;
    ConnectionId id_ = 0;
    TimePoint arrived_;
    int turn_ = 0;
};

LoadPlan one_user(std::uint64_t requests) {
    LoadPlan plan;
    plan.options.schedule = ClosedLoop{.users = 1, .stagger = Nanoseconds{0}};
    plan.options.stop = StopAfterCount{requests};
    plan.addresses.resize(1);
    plan.requests.push_back(PreparedRequest::prepare(plan.options.target, Request{}, Feed{}).value());
    plan.checks.push_back(AnswerCheck::compile(Expect{}, false).value());
    return plan;
}

TEST(Worker, ReadsWhatHasComeBeforeItCallsItATimeout) {
    LoadPlan plan = one_user(1);
    plan.options.timeout = std::chrono::milliseconds(50);
    Control control;
    LiveCounters live;
    ReadsLate transport(std::chrono::milliseconds(80));
    Worker worker(plan, control, {.connections = 1, .requests = 1}, transport, live);
    const TimePoint start = now();
    control.window_start_ns = start.time_since_epoch().count();
    const Tally result = worker.run(start);
    EXPECT_EQ(result.requests.succeeded, 1U);
    EXPECT_EQ(result.requests.timed_out, 0U);
}

TEST(Worker, TakesTheAddressThatAnswersAlsoForConnectionsThatAreRefusedLater) {
    constexpr std::uint64_t k_requests = 3;
    LoadPlan plan = one_user(k_requests);
    plan.options.schedule = ClosedLoop{.users = k_requests, .stagger = Nanoseconds{0}};
    plan.addresses.resize(2);
    Control control;
    LiveCounters live;
    SecondAddressOnly transport(plan);
    Worker worker(plan, control, {.connections = k_requests, .requests = k_requests}, transport, live);
    const TimePoint start = now();
    control.window_start_ns = start.time_since_epoch().count();
    const Tally result = worker.run(start);
    EXPECT_EQ(result.errors[RequestErrorKind::connect], 0U);
    EXPECT_EQ(result.requests.succeeded, k_requests);
}

class TwoAddresses : public testing::Test {
protected:
    /// `users` that send a request each, or one that sends several.
    static LoadPlan plan_of(int users, std::uint64_t requests) {
        LoadPlan plan = one_user(requests);
        plan.options.schedule = ClosedLoop{.users = users, .stagger = Nanoseconds{0}};
        plan.addresses.resize(2);
        return plan;
    }
    static Tally run(const LoadPlan& plan, const Share& share, Transport& transport) {
        Control control;
        LiveCounters live;
        Worker worker(plan, control, share, transport, live);
        const TimePoint start = now();
        control.window_start_ns = start.time_since_epoch().count();
        return worker.run(start);
    }
};

// There is one place to race in, for two addresses: who finds none waits, but not when the race is won.
TEST_F(TwoAddresses, OneThatIsSilentHoldsUpNoConnectionOnceTheOtherAnswered) {
    const LoadPlan plan = plan_of(5, 5);
    FirstAddressSilent transport(plan);
    const Tally result = run(plan, {.connections = 5, .requests = 5}, transport);
    EXPECT_EQ(result.requests.succeeded, 5U);
    EXPECT_EQ(transport.idle_waits(), 0U);
}

TEST_F(TwoAddresses, ATimeoutShorterThanTheRaceTriesTheOtherOneNext) {
    LoadPlan plan = plan_of(1, 3);
    plan.options.timeout = std::chrono::milliseconds(100);
    FirstAddressSilent transport(plan);
    const Tally result = run(plan, {.connections = 1, .requests = 3}, transport);
    EXPECT_EQ(result.requests.timed_out, 1U);
    EXPECT_EQ(result.requests.succeeded, 2U);
}

}  // namespace
}  // namespace joust::load
