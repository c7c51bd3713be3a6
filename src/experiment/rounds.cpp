#include "experiment/rounds.hpp"

#include <algorithm>
#include <optional>

#include "base/random.hpp"
#include "host/own_throttling.hpp"
#include "load/laps.hpp"

namespace joust::experiment {
namespace {

using namespace std::chrono_literals;

// The targets' engines, each of which rests while the others have their turns.
class Rounds {
public:
    Rounds(const RoundsPlan& plan, RoundsWatch& watch)
        : plan_(plan), watch_(watch), engines_(plan.targets.size()) {}

    // Every target once; the round counts only if all of it was measured.
    Status play(const std::vector<std::size_t>& order, int round) {
        std::vector<model::LoadSlice> slices;
        for (const std::size_t target : order) {
            const WallTime started = wall_now() + plan_.slices.warm_up;
            auto samples = take_turn(target, round);
            if (watch_.over()) return {};
            if (!samples) return tl::unexpected(samples.error());
            slices.push_back({round, target, started, std::move(*samples)});
        }
        if (round < 0) return {};
        for (model::LoadSlice& slice : slices) {
            watch_.measured(slice);
            slices_.push_back(std::move(slice));
        }
        return {};
    }
    std::vector<model::LoadSlice> take() { return std::move(slices_); }

private:
    Result<model::Samples> take_turn(std::size_t target, int round) {
        std::optional<load::Engine>& engine = engines_[target];
        const host::OwnThrottling throttled;
        if (engine) {
            engine->start_lap();
        } else {
            JOUST_TRY(engine, watch_.start(plan_.targets[target]));
        }
        watch_.wait(*engine, target, round);
        JOUST_TRY(model::Samples samples, engine->finish_lap());
        samples.generator.throttled = throttled.since_start();
        return samples;
    }

    const RoundsPlan& plan_;
    RoundsWatch& watch_;
    std::vector<std::optional<load::Engine>> engines_;
    std::vector<model::LoadSlice> slices_;
};

}  // namespace

Slices slices_of(Nanoseconds duration, int rounds) {
    constexpr Nanoseconds k_shortest = 100ms;
    constexpr std::int64_t k_least_rounds = 5;
    const std::int64_t most = std::max(k_least_rounds, duration / k_shortest);
    Slices slices{.rounds = static_cast<int>(std::min<std::int64_t>(rounds, most))};
    slices.length = duration / slices.rounds;
    slices.warm_up = std::clamp<Nanoseconds>(slices.length / 5, 20ms, 1s);
    return slices;
}

std::vector<std::vector<std::size_t>> turns(int rounds, std::size_t targets, std::uint64_t seed) {
    Random random = random_for(seed, "order of the targets");
    std::vector<std::vector<std::size_t>> orders;
    for (int round = 0; round < rounds; ++round) {
        std::vector<std::size_t>& order = orders.emplace_back();
        for (std::size_t target = 0; target < targets; ++target)
            order.push_back(target);
        shuffle(order, random);
    }
    return orders;
}

Result<std::vector<model::LoadSlice>> run_rounds(const RoundsPlan& plan, RoundsWatch& watch) {
    const int all = plan.uncounted + plan.slices.rounds;
    const auto orders = turns(all, plan.targets.size(), plan.seed);
    Rounds rounds(plan, watch);
    for (int i = 0; i < all && !watch.over(); ++i)
        JOUST_CHECK(rounds.play(orders[static_cast<std::size_t>(i)], i - plan.uncounted));
    return rounds.take();
}

}  // namespace joust::experiment
