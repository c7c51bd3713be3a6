#pragma once

#include <vector>

#include "base/random.hpp"
#include "load/live_counters.hpp"
#include "load/load_plan.hpp"
#include "load/pacing/allowance.hpp"
#include "load/pacing/pacing.hpp"
#include "load/pacing/users.hpp"

namespace joust::load {

/// The closed model: each user sends its next request when its last one has ended and it has thought.
class ClosedPacing final : public Pacing {
public:
    /// All but `loop` and `share` outlive it; `random` draws the think times.
    ClosedPacing(const ClosedLoop& loop, const Share& share, Allowance& allowance, Random& random,
                 LiveCounters& live);

    void prepare(std::uint64_t lap) override;
    /// Users begin spread evenly over the stagger, interleaved over the threads.
    void start(TimePoint start) override;
    bool begin_next(TimePoint now, Launcher& launcher) override;
    [[nodiscard]] TimePoint next(TimePoint now) const override;
    [[nodiscard]] bool is_done(TimePoint now) const override { return !allowance_.allows(now); }
    void freed(ExchangeId id, Freed how, TimePoint now, Launcher& launcher) override;
    void closed_idle(ExchangeId /*id*/) override {}
    void cut_off(ExchangeId /*id*/) override {}
    void finish(TimePoint /*now*/, Launcher& /*launcher*/) override {}
    /// Users who never had a turn, for no request was left, wanted no connection.
    [[nodiscard]] std::optional<std::uint64_t> connections_asked() const override;
    [[nodiscard]] bool waits_for_answers() const override { return true; }

private:
    struct User {
        bool had_turn = false;
        bool completed = false;     ///< has had a success
        std::uint8_t failures = 0;  ///< in a row; sets the pause after the next one
    };

    void begin(ExchangeId id, TimePoint due, Launcher& launcher) {
        allowance_.take();
        users_[id].had_turn = true;
        launcher.begin(id, due, due);
    }
    [[nodiscard]] Nanoseconds think_time();
    /// Notes a first success, or an error; the pause that an error costs.
    Nanoseconds note(User& user, Freed::How how);
    void wait(ExchangeId id, TimePoint until);

    const ClosedLoop loop_;
    const Share share_;
    Allowance& allowance_;
    Random& random_;
    LiveCounters& live_;
    const bool thinks_;
    std::vector<User> users_;
    Users waiting_;
};

}  // namespace joust::load
