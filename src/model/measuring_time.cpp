#include "model/measuring_time.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace joust::model {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_longest_gap = 10s;

}  // namespace

std::optional<Nanoseconds> measuring_time(std::span<const TrialResult> trials) {
    if (trials.empty()) return std::nullopt;
    Nanoseconds sum{0};
    std::optional<WallTime> last_end;
    for (const TrialResult& trial : trials) {
        if (!trial.took) return std::nullopt;
        const Nanoseconds gap = last_end ? trial.started - *last_end : 0ns;
        if (gap > 0ns && gap <= k_longest_gap) sum += gap;
        sum += *trial.took;
        last_end = trial.started + *trial.took;
    }
    return sum;
}

Nanoseconds interruptions(std::span<const TrialResult> trials) {
    Nanoseconds sum{0};
    for (std::size_t i = 1; i < trials.size(); ++i) {
        const Nanoseconds gap =
            trials[i].started - (trials[i - 1].started + trials[i - 1].took.value_or(0ns));
        if (gap > k_longest_gap) sum += gap;
    }
    return sum;
}

MeasuredPart measured_part(const Benchmark& benchmark, std::span<const TrialResult> trials) {
    std::map<std::tuple<Lens, int, std::int64_t>, std::map<int, std::size_t>> pairs;  // trials by attempt
    for (const TrialResult& trial : trials)
        ++pairs[{trial.plan.lens, trial.plan.block, trial.plan.level}][trial.plan.attempt];
    MeasuredPart done{.time = measuring_time(trials).value_or(0ns)};
    const std::size_t entrants = benchmark.entrants.size();
    for (const auto& [place, attempts] : pairs) {
        const bool whole = std::any_of(attempts.begin(), attempts.end(),
                                       [&](const auto& attempt) { return attempt.second >= entrants; });
        if (!whole) continue;
        (std::get<Lens>(place) == Lens::capacity ? done.trials_at_levels : done.trials_at_equal_rate) +=
            static_cast<int>(entrants);
    }
    return done;
}

std::optional<double> measured_share(std::span<const TrialResult> trials) {
    const auto all = measuring_time(trials);
    if (!all || *all <= 0ns) return std::nullopt;
    Nanoseconds windows{0};
    for (const TrialResult& trial : trials)
        windows += trial.samples.window;
    return seconds(windows) / seconds(*all);
}

Nanoseconds expected_time(const Benchmark& benchmark, std::span<const TrialResult> trials,
                          std::int64_t level) {
    struct Sum {
        std::size_t trials = 0;
        Nanoseconds took{0};
    };
    std::map<std::pair<int, int>, Sum> pairs;  // by block and attempt
    for (const TrialResult& trial : trials) {
        if (trial.plan.level != level) continue;
        Sum& pair = pairs[{trial.plan.block, trial.plan.attempt}];
        ++pair.trials;
        pair.took += trial.took.value_or(0ns);
    }
    Nanoseconds longest{0};
    for (const auto& [place, pair] : pairs)
        if (pair.trials == benchmark.entrants.size()) longest = std::max(longest, pair.took);
    if (longest > 0ns) return longest;
    const Nanoseconds each = benchmark.load.duration + benchmark.load.warmup_max + k_overhead_per_trial;
    return each * static_cast<std::int64_t>(benchmark.entrants.size());
}

bool fits_budget(const Benchmark& benchmark, std::span<const TrialResult> trials,
                 std::span<const std::int64_t> levels) {
    if (!benchmark.experiment.budget) return true;
    Nanoseconds sum = measuring_time(trials).value_or(0ns);
    for (const std::int64_t level : levels)
        sum += expected_time(benchmark, trials, level);
    return sum <= *benchmark.experiment.budget;
}

}  // namespace joust::model
