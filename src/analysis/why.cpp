#include "analysis/why.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "analysis/pairs.hpp"
#include "analysis/ratios.hpp"
#include "stats/pooled_mean.hpp"
#include "stats/verdict.hpp"

namespace joust::analysis {
namespace {

using model::TimePart;

// Microseconds per operation of one trial; a part that is not known is not there.
struct Times {
    double total = 0;
    std::map<TimePart, double> parts;
    std::map<model::Quantity, double> work;  ///< of k_why_quantities
};

// A session is in one of these states at a time, and uses no CPU in any: none counts what another part does.
constexpr std::array<std::pair<TimePart, std::uint64_t model::DatabaseWaits::*>, 3> k_waits{{
    {TimePart::lock_wait, &model::DatabaseWaits::on_lock},
    {TimePart::log_wait, &model::DatabaseWaits::on_log},
    {TimePart::storage_wait, &model::DatabaseWaits::on_storage},
}};

std::optional<Times> times_of(const model::TrialResult& trial) {
    const model::Party* contender = trial.party(model::Role::contender);
    const model::Party* database = trial.party(model::Role::database);
    const auto operations = static_cast<double>(trial.samples.completed_in_window);
    if (contender == nullptr || operations == 0) return std::nullopt;
    const auto per_operation = [&](Nanoseconds time) { return seconds(time) * 1e6 / operations; };
    const model::Usage& own = contender->usage;
    Times times{.total = per_operation(trial.samples.window), .parts = {}, .work = {}};
    times.parts[TimePart::user_cpu] = per_operation(own.cpu.user);
    times.parts[TimePart::system_cpu] = per_operation(own.cpu.system);
    if (database != nullptr) times.parts[TimePart::database_cpu] = per_operation(database->usage.cpu.total());
    if (own.run_delay) times.parts[TimePart::run_delay] = per_operation(*own.run_delay);
    // Sessions that wait on average are the waits that begin per second times how long each lasts (Little
    // 1961, https://doi.org/10.1287/opre.9.3.383), so times the window they are how long all of them waited.
    if (const auto& waits = trial.database_waits; waits && waits->samples > 0)
        for (const auto& [part, sessions] : k_waits)
            times.parts[part] = waits->mean(*waits.*sessions) * times.total;
    for (const model::Quantity quantity : model::k_why_quantities)
        if (const auto amount = model::value(quantity, trial)) times.work[quantity] = *amount;
    return times;
}

struct TimesOfPair {
    Times entrant;
    Times baseline;
};
using Levels = std::vector<std::vector<TimesOfPair>>;

// For a lock or the log: time that is among the parts.
bool in_parts(const model::Finding& finding) {
    using For = model::SessionWait::For;
    const auto* use = std::get_if<model::InUse>(&finding.facts);
    const auto* wait = use != nullptr && use->wait ? std::get_if<model::SessionWait>(&*use->wait) : nullptr;
    return wait != nullptr && (wait->what == For::lock || wait->what == For::log);
}

// Nobody was busy, and no part says what was waited for.
bool waits(const Evidence& evidence, const std::string& entrant, std::int64_t level) {
    const model::Cell* cell = evidence.cell(entrant, level);
    if (cell == nullptr) return false;
    const auto& findings = cell->judgement.findings;
    return std::any_of(findings.begin(), findings.end(), [](const model::Finding& finding) {
        return finding.rule == model::Rule::nobody_busy && !in_parts(finding);
    });
}

// The blocks of a level that the look at goodput saw; all of them where there was none.
std::vector<int> blocks_seen(const Evidence& evidence, const Sides& sides, std::int64_t level,
                             const std::optional<int>& look) {
    std::vector<int> blocks = finished_blocks(evidence, sides, level);
    if (look && static_cast<std::size_t>(*look) < blocks.size())
        blocks.resize(static_cast<std::size_t>(*look));
    return blocks;
}

Levels times_by_level(const Evidence& evidence, const Sides& sides, const std::optional<int>& look) {
    Levels levels;
    for (const std::int64_t level : evidence.levels) {
        if (one_barred_at(evidence, sides, level) || waits(evidence, sides.entrant, level) ||
            waits(evidence, sides.baseline, level))
            continue;
        std::vector<TimesOfPair>& pairs = levels.emplace_back();
        const std::vector<int> seen = blocks_seen(evidence, sides, level, look);
        const auto counts_for = [&](const JudgedTrial& judged, const std::string& entrant) {
            return judged.trial->plan.entrant == entrant && judged.trial->plan.level == level &&
                   judged.counts() && std::binary_search(seen.begin(), seen.end(), judged.trial->plan.block);
        };
        for (const JudgedTrial& one : evidence.trials)
            for (const JudgedTrial& other : evidence.trials) {
                if (!counts_for(one, sides.entrant) || !counts_for(other, sides.baseline) ||
                    !same_pair(one.trial->plan, other.trial->plan))
                    continue;
                const auto mine = times_of(*one.trial);
                const auto theirs = times_of(*other.trial);
                if (mine && theirs) pairs.push_back({*mine, *theirs});
            }
        if (pairs.empty()) levels.pop_back();
    }
    return levels;
}

// Over the levels, of one number of each pair.
template <typename Number>
auto mean_of(const Levels& levels, const Number& number) {
    stats::NumbersByLevel numbers;
    for (const auto& level : levels) {
        numbers.emplace_back();
        for (const TimesOfPair& pair : level)
            numbers.back().push_back(number(pair));
    }
    return stats::pooled_mean(numbers);
}

// `of` gives one number of a trial's times.
template <typename Of>
model::TimeDifference difference(const Levels& levels, const Of& of) {
    const auto paired =
        mean_of(levels, [&](const TimesOfPair& pair) { return of(pair.entrant) - of(pair.baseline); });
    model::TimeDifference result{
        .entrant_us = mean_of(levels, [&](const TimesOfPair& pair) { return of(pair.entrant); })->mean,
        .baseline_us = mean_of(levels, [&](const TimesOfPair& pair) { return of(pair.baseline); })->mean,
        .difference_us = {.value = paired->mean}};
    if (const auto interval = paired->interval(stats::k_confidence)) {
        result.difference_us.low = interval->low;
        result.difference_us.high = interval->high;
    }
    return result;
}

// Every trial has it in that map of its times.
template <typename Key>
bool known(const Levels& levels, std::map<Key, double> Times::* of, Key key) {
    return std::all_of(levels.begin(), levels.end(), [&](const auto& level) {
        return std::all_of(level.begin(), level.end(), [&](const TimesOfPair& pair) {
            return (pair.entrant.*of).contains(key) && (pair.baseline.*of).contains(key);
        });
    });
}

std::map<model::Quantity, model::WorkOfBoth> work_of_both(const Levels& levels) {
    std::map<model::Quantity, model::WorkOfBoth> all;
    for (const model::Quantity quantity : model::k_why_quantities) {
        if (!known(levels, &Times::work, quantity)) continue;
        const auto mean = [&](Times TimesOfPair::* side) {
            return mean_of(levels, [&](const TimesOfPair& pair) { return (pair.*side).work.at(quantity); })
                ->mean;
        };
        all[quantity] = {.entrant = mean(&TimesOfPair::entrant), .baseline = mean(&TimesOfPair::baseline)};
    }
    return all;
}

// Where goodput has no interval, because nothing may be judged yet or of too few pairs, one of what its
// difference consists of would be read as a verdict.
void forget_intervals(model::Why& why) {
    const auto forget = [](model::TimeDifference& time) {
        time.difference_us.low = time.difference_us.high = std::nullopt;
    };
    forget(why.total);
    for (auto& [part, time] : why.parts)
        forget(time);
}

}  // namespace

std::optional<model::Why> why(const Evidence& evidence, const Sides& sides) {
    if (evidence.load_model != model::LoadModel::closed) return std::nullopt;
    const model::PairedRatio goodput = pooled_ratio(evidence, model::Quantity::goodput, sides);
    const Levels levels = times_by_level(evidence, sides, goodput.look);
    if (levels.empty()) return std::nullopt;
    model::Why result{.entrant = sides.entrant,
                      .baseline = sides.baseline,
                      .pairs = 0,
                      .total = difference(levels, [](const Times& times) { return times.total; }),
                      .parts = {},
                      .work = work_of_both(levels)};
    for (const auto& level : levels)
        result.pairs += static_cast<int>(level.size());
    std::vector<TimePart> told;
    for (const TimePart part : model::k_time_parts) {
        if (part == TimePart::rest || !known(levels, &Times::parts, part)) continue;
        told.push_back(part);
        result.parts[part] = difference(levels, [part](const Times& times) { return times.parts.at(part); });
    }
    result.parts[TimePart::rest] = difference(levels, [&](const Times& times) {
        double rest = times.total;
        for (const TimePart part : told)
            rest -= times.parts.at(part);
        return rest;
    });
    if (!goodput.low) forget_intervals(result);
    return result;
}

}  // namespace joust::analysis
