#pragma once

#include <optional>

#include "load/load_plan.hpp"
#include "load/pacing/allowance.hpp"
#include "load/pacing/free_places.hpp"
#include "load/pacing/pacing.hpp"

namespace joust::load {

/// The open model: requests are due by a schedule, whatever becomes of those before. One that finds no free
/// place waits, and times out, like any other.
class OpenPacing final : public Pacing {
public:
    /// `plan`, which is of the open model, and `allowance` outlive it.
    OpenPacing(const LoadPlan& plan, const Share& share, Allowance& allowance);

    /// A schedule from its beginning; Poisson arrivals differ from lap to lap.
    void prepare(std::uint64_t lap) override;
    void start(TimePoint start) override { start_ = start; }
    bool begin_next(TimePoint now, Launcher& launcher) override;
    [[nodiscard]] TimePoint next(TimePoint now) const override;
    [[nodiscard]] bool is_done(TimePoint now) const override;
    void freed(ExchangeId id, Freed how, TimePoint /*now*/, Launcher& /*launcher*/) override {
        free_.put(id, how.connected);
    }
    void closed_idle(ExchangeId id) override { free_.disconnect(id); }
    void cut_off(ExchangeId id) override { free_.put(id, false); }
    void finish(TimePoint now, Launcher& launcher) override;
    [[nodiscard]] std::optional<std::uint64_t> connections_asked() const override { return std::nullopt; }
    [[nodiscard]] bool waits_for_answers() const override { return false; }

private:
    const LoadPlan& plan_;
    const Share share_;
    Allowance& allowance_;
    std::optional<DueTimes> arrivals_;
    FreePlaces free_;
    TimePoint start_;
    bool blocked_ = false;     ///< a request is due and no place is free
    TimePoint blocked_until_;  ///< when that was so last
};

}  // namespace joust::load
