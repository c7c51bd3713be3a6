#include "cli/load_comparison.hpp"

#include <algorithm>

#include "analysis/load_ratios.hpp"
#include "base/quantity.hpp"
#include "base/text.hpp"
#include "cli/load_options.hpp"
#include "cli/signals.hpp"
#include "experiment/rounds.hpp"
#include "load/address.hpp"
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

Result<std::vector<load::Options>> read_targets(const LoadCommand& command,
                                                const experiment::Slices& slices) {
    const EndsAtOnce nothing_begun;
    std::vector<load::Options> targets;
    for (const std::string& url : command.urls) {
        JOUST_TRY(load::Options options, load_options(command, url));
        // The others would have been asked already when the engine of this one says so.
        for (const load::Operation& operation : options.operations)
            JOUST_CHECK(load::PreparedRequest::prepare(options.target, operation.request, options.feed));
        // Users begin within the warm-up, not all in the same instant.
        if (auto* closed = std::get_if<load::ClosedLoop>(&options.schedule))
            closed->stagger = slices.warm_up / 2;
        options.stop = load::StopAfter{slices.length, slices.warm_up};
        targets.push_back(std::move(options));
    }
    return targets;
}

// --warmup is spent in rounds that do not count.
Result<int> uncounted_rounds(const LoadCommand& command, const experiment::Slices& slices,
                             Nanoseconds warm_up) {
    const Nanoseconds turn = slices.length + slices.warm_up;
    const auto rounds = std::min((warm_up + turn - 1ns) / turn, k_most_turns + 1);
    if (rounds > k_most_turns)
        return fail(ErrorKind::bad_input,
                    "--warmup {}: with slices of {} that is more than {} rounds; write a shorter one, or a "
                    "longer --duration",
                    command.warmup.value_or("0s"), to_text(slices.length), k_most_turns);
    return static_cast<int>(rounds);
}

// Shows the turns as they go by, and ends them for a signal or a criterion.
class Watched : public experiment::RoundsWatch {
public:
    Watched(LoadWatch& watch, const model::LoadComparison& comparison, Nanoseconds timeout)
        : watch_(watch), comparison_(comparison), timeout_(timeout) {}

    Result<load::Engine> start(const load::Options& target) override {
        const EndsAtOnce in_the_first_round;  // a name may be looked up; nothing is measured yet
        return load::Engine::start(target);
    }
    void wait(load::Engine& engine, std::size_t target, int round) override {
        const std::string which =
            round < 0 ? "warm-up" : fmt::format("round {} of {}", round + 1, comparison_.rounds);
        watch_.wait(engine, {.title = fmt::format("{} · {}", comparison_.runs[target].url, which),
                             .warm_up = comparison_.warm_up,
                             .length = comparison_.slice,
                             .slice = true});
    }
    void measured(const model::LoadSlice& slice) override {
        watch_.judge(slice.samples, timeout_,
                     fmt::format("in round {} of {} of {}", slice.round + 1, comparison_.rounds,
                                 printable(comparison_.runs[slice.target].url)));
    }
    [[nodiscard]] bool over() const override { return interruption() != 0 || !watch_.stopped().empty(); }

private:
    LoadWatch& watch_;
    const model::LoadComparison& comparison_;
    Nanoseconds timeout_;
};

// What each target gave, all its slices together.
void add_results(model::LoadComparison& comparison, const std::string& stopped) {
    std::vector<std::vector<model::Samples>> laps(comparison.runs.size());
    for (const model::LoadSlice& slice : comparison.slices)
        laps[slice.target].push_back(slice.samples);
    for (std::size_t i = 0; i < laps.size(); ++i) {
        comparison.runs[i].stopped_early = stopped;
        finish_run(comparison.runs[i], load::joined(std::move(laps[i])));
    }
}

}  // namespace

Result<model::LoadComparison> compare_targets(const LoadCommand& command, LoadWatch& watch) {
    JOUST_CHECK(check(command));
    JOUST_TRY(const load::Options whole, [&] {
        const EndsAtOnce nothing_begun;
        return load_options(command, command.urls.front());
    }());
    const auto& stop = std::get<load::StopAfter>(whole.stop);
    experiment::RoundsPlan plan{.targets = {},
                                .slices = experiment::slices_of(stop.length, command.rounds.value_or(10)),
                                .seed = command.seed};
    JOUST_TRY(plan.targets, read_targets(command, plan.slices));
    JOUST_CHECK(load::allow_open_files(load::most_connections(whole.schedule) * plan.targets.size()));
    JOUST_TRY(plan.uncounted, uncounted_rounds(command, plan.slices, stop.warm_up));
    model::LoadComparison comparison{.rounds = plan.slices.rounds,
                                     .slice = plan.slices.length,
                                     .warm_up = plan.slices.warm_up,
                                     .seed = command.seed};
    for (std::size_t i = 0; i < plan.targets.size(); ++i)
        comparison.runs.push_back(load_run(command, plan.targets[i], command.urls[i]));
    Watched watched(watch, comparison, whole.timeout);
    JOUST_TRY(comparison.slices, experiment::run_rounds(plan, watched));
    if (comparison.slices.empty())
        return fail(ErrorKind::interrupted, "the load was stopped before its first round was complete");
    comparison.rounds = comparison.slices.back().round + 1;
    add_results(comparison, watch.stopped());
    comparison.ratios = analysis::load_ratios(comparison.slices, comparison.runs.size(), whole.timeout);
    return comparison;
}

}  // namespace joust::cli
