#include "cli/load_comparison.hpp"

#include <algorithm>

#include "analysis/load_ratios.hpp"
#include "base/quantity.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "cli/load_options.hpp"
#include "cli/signals.hpp"
#include "host/own_throttling.hpp"
#include "load/address.hpp"
#include "load/engine.hpp"
#include "load/laps.hpp"
#include "load/session/prepared_request.hpp"

namespace joust::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t k_most_turns = 100'000;  // of the warm-up

Status check(const LoadCommand& command) {
    if (command.requests)
        return fail(
            ErrorKind::bad_input,
            "--requests {} and several URLs do not go together: slices are cut by time; write --duration",
            *command.requests);
    if (!command.ramp.empty() || !command.steps.empty())
        return fail(ErrorKind::bad_input,
                    "{} and several URLs do not go together: every slice needs the same load; write --rate",
                    command.ramp.empty() ? "--steps " + command.steps : "--ramp " + command.ramp);
    return {};
}

// One target with its engine, which rests while the others have their turns.
struct Side {
    load::Options options;
    std::optional<load::Engine> engine;
    std::vector<model::Samples> laps;  ///< that count
};

Result<std::vector<Side>> make_sides(const LoadCommand& command, const Slices& slices) {
    const EndsAtOnce nothing_begun;
    std::vector<Side> sides(command.urls.size());
    for (std::size_t i = 0; i < sides.size(); ++i) {
        JOUST_TRY(load::Options options, load_options(command, command.urls[i]));
        // The others would have been asked already when the engine of this one says so.
        for (const load::Operation& operation : options.operations)
            JOUST_CHECK(load::PreparedRequest::prepare(options.target, operation.request, options.feed));
        // Users begin within the warm-up, not all in the same instant.
        if (auto* closed = std::get_if<load::ClosedLoop>(&options.schedule))
            closed->stagger = slices.warm_up / 2;
        options.stop = load::StopAfter{slices.length, slices.warm_up};
        sides[i].options = std::move(options);
    }
    return sides;
}

Result<model::Samples> take_turn(Side& side, const ExpectedLoad& expected, LoadWatch& watch) {
    const host::OwnThrottling throttled;
    if (!side.engine) {
        const EndsAtOnce in_the_first_round;  // a name may be looked up; nothing is measured yet
        JOUST_TRY(side.engine, load::Engine::start(side.options));
    } else {
        side.engine->start_lap();
    }
    watch.wait(*side.engine, expected);
    JOUST_TRY(model::Samples samples, side.engine->finish_lap());
    samples.generator.throttled = throttled.since_start();
    return samples;
}

bool over(const LoadWatch& watch) {
    return interruption() != 0 || !watch.stopped().empty();
}

// Every target once; the round counts only if all of it was measured.
Status play_round(std::vector<Side>& sides, const std::vector<std::size_t>& order, int round,
                  model::LoadComparison& comparison, LoadWatch& watch) {
    std::vector<model::LoadSlice> slices;
    for (const std::size_t target : order) {
        const std::string which =
            round < 0 ? "warm-up" : fmt::format("round {} of {}", round + 1, comparison.rounds);
        const ExpectedLoad expected{.title = fmt::format("{} · {}", comparison.runs[target].url, which),
                                    .warm_up = comparison.warm_up,
                                    .length = comparison.slice,
                                    .slice = true};
        const WallTime started = wall_now() + comparison.warm_up;
        auto samples = take_turn(sides[target], expected, watch);
        if (over(watch)) return {};
        if (!samples) return tl::unexpected(samples.error());
        slices.push_back({round, target, started, std::move(*samples)});
    }
    if (round < 0) return {};
    for (model::LoadSlice& slice : slices) {
        watch.judge(slice.samples, sides[slice.target].options.timeout,
                    fmt::format("in round {} of {} of {}", round + 1, comparison.rounds,
                                printable(comparison.runs[slice.target].url)));
        sides[slice.target].laps.push_back(slice.samples);
        comparison.slices.push_back(std::move(slice));
    }
    return {};
}

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

Result<model::LoadComparison> compare_targets(const LoadCommand& command, LoadWatch& watch) {
    JOUST_CHECK(check(command));
    JOUST_TRY(const load::Options whole, [&] {
        const EndsAtOnce nothing_begun;
        return load_options(command, command.urls.front());
    }());
    const auto& stop = std::get<load::StopAfter>(whole.stop);
    const Slices slices = slices_of(stop.length, command.rounds.value_or(10));
    JOUST_TRY(std::vector<Side> sides, make_sides(command, slices));
    JOUST_CHECK(load::allow_open_files(load::most_connections(whole.schedule) * sides.size()));
    model::LoadComparison comparison{
        .rounds = slices.rounds, .slice = slices.length, .warm_up = slices.warm_up, .seed = command.seed};
    for (std::size_t i = 0; i < sides.size(); ++i)
        comparison.runs.push_back(load_run(command, sides[i].options, command.urls[i]));
    // --warmup is spent in rounds that do not count.
    const Nanoseconds turn = slices.length + slices.warm_up;
    const auto uncounted = static_cast<int>(std::min((stop.warm_up + turn - 1ns) / turn, k_most_turns + 1));
    if (uncounted > k_most_turns)
        return fail(ErrorKind::bad_input,
                    "--warmup {}: with slices of {} that is more than {} rounds; write a shorter one, or a "
                    "longer --duration",
                    command.warmup.value_or("0s"), to_text(slices.length), k_most_turns);
    const auto orders = turns(uncounted + slices.rounds, sides.size(), command.seed);
    for (int i = 0; i < uncounted + slices.rounds && !over(watch); ++i)
        JOUST_CHECK(play_round(sides, orders[static_cast<std::size_t>(i)], i - uncounted, comparison, watch));
    if (comparison.slices.empty())
        return fail(ErrorKind::interrupted, "the load was stopped before its first round was complete");
    comparison.rounds = comparison.slices.back().round + 1;
    for (std::size_t i = 0; i < sides.size(); ++i) {
        comparison.runs[i].stopped_early = watch.stopped();
        finish_run(comparison.runs[i], load::joined(std::move(sides[i].laps)));
    }
    comparison.ratios = analysis::load_ratios(comparison.slices, sides.size(), whole.timeout);
    return comparison;
}

}  // namespace joust::cli
