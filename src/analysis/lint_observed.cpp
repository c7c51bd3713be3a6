#include "analysis/lint_observed.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "analysis/lint_declared.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Lint;
using model::LintKind;
using model::LintSide;
using model::Quantity;
using model::TrialResult;

/// What is divided by what, summed up over trials.
struct Sum {
    double amount = 0;
    double of = 0;
    [[nodiscard]] std::optional<double> quotient() const {
        return of > 0 ? std::optional(amount / of) : std::nullopt;
    }
};

// Over the trials of an entrant that are not invalid, at one level or at all; empty where there is none, or
// one of them does not know it.
std::optional<double> over_trials(const LintCase& about, const std::string& entrant,
                                  std::optional<std::int64_t> level,
                                  const std::function<std::optional<Sum>(const TrialResult&)>& of) {
    Sum sum;
    for (const JudgedTrial& judged : about.trials) {
        const model::PlannedTrial& plan = judged.trial->plan;
        if (plan.entrant != entrant || (level && plan.level != *level)) continue;
        if (judged.judgement->validity == model::Validity::invalid) continue;
        const auto one = of(*judged.trial);
        if (!one) return std::nullopt;
        sum.amount += one->amount;
        sum.of += one->of;
    }
    return sum.quotient();
}

// The most of its trials that are not invalid and know it; empty where there is none.
std::optional<double> most_of_trials(const LintCase& about, const std::string& entrant,
                                     const std::function<std::optional<double>(const TrialResult&)>& of) {
    std::optional<double> most;
    for (const JudgedTrial& judged : about.trials) {
        if (judged.trial->plan.entrant != entrant || judged.judgement->validity == model::Validity::invalid)
            continue;
        if (const auto one = of(*judged.trial)) most = std::max(most.value_or(*one), *one);
    }
    return most;
}

// How many threads waited for a CPU on average; nothing where the CPUs are not limited.
std::optional<Sum> waiting_of(const TrialResult& trial) {
    const model::Party* contender = trial.party(model::Role::contender);
    if (contender == nullptr || !contender->limits_in_force || !contender->usage.run_delay)
        return std::nullopt;
    return Sum{seconds(*contender->usage.run_delay), seconds(trial.samples.window)};
}

std::vector<LintSide> sides(const LintCase& about, std::optional<std::int64_t> level,
                            const std::function<std::optional<Sum>(const TrialResult&)>& of) {
    std::vector<LintSide> found;
    for (const std::string& entrant : compared_entrants(about))
        if (const auto value = over_trials(about, entrant, level, of))
            found.push_back({.entrant = entrant, .value = value, .text = {}});
    return found;
}

/// What a manifest has to say of a number that can be seen.
struct Declared {
    int told;       ///< as it is told
    int accounted;  ///< so many at most are no surprise
};

// All entrants of which it was seen and is declared, where one has more than is accounted for.
std::vector<Lint> beyond_declared(const LintCase& about, LintKind kind,
                                  const std::function<std::optional<double>(const TrialResult&)>& seen,
                                  const std::function<Declared(const model::Stack&)>& declared) {
    Lint lint{.kind = kind, .subject = {}, .sides = {}};
    bool beyond = false;
    for (const std::string& entrant : compared_entrants(about)) {
        const model::ContenderFacts* facts = known_facts(about, entrant);
        const auto most = most_of_trials(about, entrant, seen);
        if (facts == nullptr || !most) continue;
        const Declared number = declared(facts->stack);
        lint.sides.push_back(
            {.entrant = entrant, .value = most, .before = static_cast<double>(number.told), .text = {}});
        beyond = beyond || *most > number.accounted;
    }
    return beyond ? std::vector<Lint>{std::move(lint)} : std::vector<Lint>{};
}

struct Range {
    double least;
    double most;
};
Range range(const std::vector<LintSide>& sides) {
    const auto [least, most] = std::minmax_element(
        sides.begin(), sides.end(), [](const auto& a, const auto& b) { return *a.value < *b.value; });
    return {*least->value, *most->value};
}

std::optional<Sum> printed_of(const TrialResult& trial) {
    if (!trial.service.printed_bytes) return std::nullopt;
    return Sum{static_cast<double>(*trial.service.printed_bytes),
               static_cast<double>(trial.samples.completed_in_window + trial.samples.errors_in_window)};
}

// Those beyond the ones that were open at once, for each request of the whole run.
std::optional<Sum> opened_of(const TrialResult& trial) {
    const model::ConnectionCounts& counts = trial.samples.connections;
    const auto issued =
        std::accumulate(trial.samples.ids.begin(), trial.samples.ids.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const model::IssuedIds& ids) { return sum + ids.issued; });
    return Sum{static_cast<double>(counts.established - std::min(counts.established, counts.peak)),
               static_cast<double>(std::max(issued, trial.samples.requests.started))};
}

std::optional<Sum> sessions_of(const TrialResult& trial) {
    if (!trial.database_traffic) return std::nullopt;
    return Sum{static_cast<double>(trial.database_traffic->sessions_opened),
               static_cast<double>(trial.samples.completed_in_window + trial.samples.errors_in_window)};
}

std::optional<Sum> answer_of(const TrialResult& trial) {
    return Sum{static_cast<double>(trial.samples.bytes_received),
               static_cast<double>(trial.samples.completed_in_window + trial.samples.errors_in_window)};
}

// The levels at which no entrant is invalid, by which growth is compared.
std::vector<std::int64_t> sound_levels(const LintCase& about) {
    std::vector<std::int64_t> levels;
    const std::vector<std::string> entrants = compared_entrants(about);
    std::copy_if(about.comparison.levels.begin(), about.comparison.levels.end(), std::back_inserter(levels),
                 [&](std::int64_t level) {
                     return std::all_of(entrants.begin(), entrants.end(), [&](const std::string& entrant) {
                         return sound_cell(about, entrant, level) != nullptr;
                     });
                 });
    return levels;
}

bool has(const Cell& cell, model::Rule rule) {
    return cell.judgement.has(rule);
}

double growth(const LintSide& side) {
    return *side.value / *side.before;
}

}  // namespace

std::vector<Lint> sessions_seen(const LintCase& about) {
    return beyond_declared(
        about, LintKind::sessions_seen,
        [](const TrialResult& trial) -> std::optional<double> {
            if (!trial.database_waits) return std::nullopt;
            return static_cast<double>(trial.database_waits->most_sessions);
        },
        [](const model::Stack& stack) { return Declared{stack.db_connections, stack.db_connections}; });
}

std::vector<Lint> differing_processes(const LintCase& about) {
    Lint lint{.kind = LintKind::processes, .subject = {}, .sides = {}};
    std::vector<double> numbers;
    for (const std::string& entrant : compared_entrants(about)) {
        const model::ContenderFacts* facts = known_facts(about, entrant);
        if (facts == nullptr) continue;
        const auto most = most_of_trials(about, entrant, [](const TrialResult& trial) {
            return trial.processes ? std::optional<double>(trial.processes->most) : std::nullopt;
        });
        const auto declared = static_cast<double>(facts->stack.processes);
        lint.sides.push_back({.entrant = entrant, .value = most, .before = declared, .text = {}});
        numbers.push_back(std::max(most.value_or(declared), declared));
    }
    if (numbers.size() < 2) return {};
    const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
    if (*most - *least <= k_supervisors) return {};
    return {std::move(lint)};
}

// Each process has a thread besides those that serve: its first, which accepts, supervises or waits.
std::vector<Lint> threads_seen(const LintCase& about) {
    return beyond_declared(
        about, LintKind::threads_seen,
        [](const TrialResult& trial) -> std::optional<double> {
            if (!trial.processes || !trial.processes->most_threads) return std::nullopt;
            return static_cast<double>(*trial.processes->most_threads);
        },
        [](const model::Stack& stack) {
            const int serving = stack.workers * stack.threads;
            return Declared{serving, serving + stack.processes};
        });
}

std::vector<Lint> printed(const LintCase& about) {
    Lint lint{.kind = LintKind::printed, .subject = {}, .sides = sides(about, std::nullopt, printed_of)};
    if (lint.sides.size() < 2) return {};
    const Range bytes = range(lint.sides);
    if (bytes.most < k_printed_least || bytes.most < k_printed_ratio * bytes.least) return {};
    return {lint};
}

std::vector<Lint> new_connections(const LintCase& about) {
    Lint lint{
        .kind = LintKind::new_connections, .subject = {}, .sides = sides(about, std::nullopt, opened_of)};
    if (lint.sides.empty() || range(lint.sides).most < k_new_connections_max) return {};
    return {lint};
}

std::vector<Lint> new_database_connections(const LintCase& about) {
    Lint lint{.kind = LintKind::new_database_connections,
              .subject = {},
              .sides = sides(about, std::nullopt, sessions_of)};
    if (lint.sides.empty() || range(lint.sides).most < k_new_connections_max) return {};
    return {lint};
}

std::vector<Lint> answer_sizes(const LintCase& about) {
    std::optional<Lint> worst;
    double largest = k_answer_size_ratio;
    for (const std::int64_t level : about.comparison.levels) {
        auto at_level = sides(about, level, answer_of);
        if (at_level.size() < 2) continue;
        const Range bytes = range(at_level);
        if (bytes.least <= 0 || bytes.most / bytes.least <= largest) continue;
        largest = bytes.most / bytes.least;
        worst =
            Lint{.kind = LintKind::answer_size, .subject = {}, .sides = std::move(at_level), .level = level};
    }
    return worst ? std::vector<Lint>{*worst} : std::vector<Lint>{};
}

std::vector<Lint> growing_answers(const LintCase& about) {
    std::vector<Lint> found;
    for (const std::string& entrant : compared_entrants(about)) {
        Lint lint{.kind = LintKind::answer_growth, .subject = {}, .sides = {}};
        std::optional<double> before;
        std::optional<double> last;
        for (const std::int64_t level : about.comparison.levels) {
            const auto bytes = over_trials(about, entrant, level, answer_of);
            if (!bytes) continue;
            if (!before) {
                before = bytes;
                lint.lowest_level = level;
            }
            last = bytes;
            lint.level = level;
        }
        if (!before || *before <= 0 || *last / *before <= k_answer_size_ratio) continue;
        lint.sides = {{.entrant = entrant, .value = last, .before = before, .text = {}}};
        found.push_back(std::move(lint));
    }
    return found;
}

std::vector<Lint> growing_work(const LintCase& about) {
    const std::vector<std::int64_t> levels = sound_levels(about);
    if (levels.size() < 2) return {};
    Lint lint{.kind = LintKind::growing_work,
              .subject = {},
              .sides = {},
              .lowest_level = levels.front(),
              .level = levels.back()};
    for (const std::string& entrant : compared_entrants(about)) {
        const auto* before = sound_cell(about, entrant, levels.front())->find(Quantity::cpu_per_operation);
        const auto* last = sound_cell(about, entrant, levels.back())->find(Quantity::cpu_per_operation);
        if (before == nullptr || last == nullptr || before->value <= 0) return {};
        lint.sides.push_back({.entrant = entrant, .value = last->value, .before = before->value, .text = {}});
    }
    double most = 0;
    double least = growth(lint.sides.front());
    for (const LintSide& side : lint.sides) {
        most = std::max(most, growth(side));
        least = std::min(least, growth(side));
    }
    const bool alone = lint.sides.size() == 1;
    if (most < k_growth || (!alone && most < k_growth_ratio * least)) return {};
    return {lint};
}

std::vector<Lint> constant_latency(const LintCase& about) {
    std::vector<Lint> found;
    for (const std::string& entrant : compared_entrants(about))
        for (const std::int64_t level : about.comparison.levels) {
            const Cell* cell = sound_cell(about, entrant, level);
            if (cell == nullptr || !has(*cell, model::Rule::nobody_busy)) continue;
            const auto* p50 = cell->find(Quantity::response_time_p50);
            const auto* p99 = cell->find(Quantity::response_time_p99);
            if (p50 == nullptr || p99 == nullptr || p50->value < k_constant_least_ns ||
                p99->value > k_constant_ratio * p50->value)
                continue;
            found.push_back(
                {.kind = LintKind::constant_latency,
                 .subject = {},
                 .sides = {{.entrant = entrant, .value = p99->value, .before = p50->value, .text = {}}},
                 .level = level});
            break;
        }
    return found;
}

std::vector<Lint> few_operations_per_user(const LintCase& about) {
    if (about.comparison.load_model != model::LoadModel::closed) return {};
    Lint lint{.kind = LintKind::few_per_user, .subject = {}, .sides = {}};
    for (const std::string& entrant : compared_entrants(about)) {
        LintSide fewest{.entrant = entrant, .text = {}};
        for (const std::int64_t level : about.comparison.levels) {
            const auto each = over_trials(about, entrant, level, [&](const TrialResult& trial) {
                return Sum{static_cast<double>(trial.samples.completed_in_window),
                           static_cast<double>(trial.plan.level)};
            });
            if (!each || *each >= k_operations_per_user || (fewest.value && *fewest.value <= *each)) continue;
            fewest.value = each;
            fewest.level = level;
        }
        if (fewest.value) lint.sides.push_back(std::move(fewest));
    }
    return lint.sides.empty() ? std::vector<Lint>{} : std::vector<Lint>{lint};
}

std::vector<Lint> standstills(const LintCase& about) {
    std::vector<Lint> found;
    for (const std::string& entrant : compared_entrants(about)) {
        LintSide all{.entrant = entrant, .text = {}};
        for (const JudgedTrial& judged : about.trials) {
            if (judged.trial->plan.entrant != entrant ||
                judged.judgement->validity == model::Validity::invalid)
                continue;
            for (const model::Finding& finding : judged.judgement->findings) {
                const auto* stood = std::get_if<model::StoodStill>(&finding.facts);
                if (stood == nullptr) continue;
                all.times = all.times.value_or(0) + stood->times;
                const auto longest = static_cast<double>(stood->longest.count());
                if (all.value && *all.value >= longest) continue;
                all.value = longest;
                all.level = judged.trial->plan.level;
            }
        }
        if (all.times)
            found.push_back({.kind = LintKind::stood_still, .subject = {}, .sides = {std::move(all)}});
    }
    return found;
}

std::vector<Lint> threads_waiting(const LintCase& about) {
    std::vector<Lint> found;
    const double cpus = about.benchmark.contender_limits.cpus;
    // Of many CPUs' threads each waits for a moment.
    const double beyond = k_waiting_beyond_serving * std::max(1.0, cpus / 4);
    for (const std::string& entrant : compared_entrants(about)) {
        const model::ContenderFacts* facts = known_facts(about, entrant);
        if (facts == nullptr) continue;
        const int serving = facts->stack.workers * facts->stack.threads;
        LintSide most{.entrant = entrant, .before = std::max(0.0, serving - cpus), .text = {}};
        for (const std::int64_t level : about.comparison.levels) {
            const auto waiting = over_trials(about, entrant, level, waiting_of);
            if (!waiting || *waiting < *most.before + beyond) continue;
            if (most.value && *most.value >= *waiting) continue;
            most.value = waiting;
            most.level = level;
        }
        if (most.value)
            found.push_back({.kind = LintKind::threads_waiting, .subject = {}, .sides = {std::move(most)}});
    }
    return found;
}

}  // namespace joust::analysis
