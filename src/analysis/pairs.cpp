#include "analysis/pairs.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "model/lower_bounds.hpp"
#include "stats/paired_ratio.hpp"

namespace joust::analysis {
namespace {

using model::LeftOut;
using model::Quantity;
using model::VoidPairs;
using Lacks = int LeftOut::*;  // why a trial has no figure

tl::expected<double, Lacks> figure(const JudgedTrial& judged, Quantity quantity) {
    const model::QuantityRow& row = model::row(quantity);
    const std::optional<double> value = model::value(quantity, *judged.trial);
    if (!value || !judged.has(row.aspect)) return tl::unexpected(&LeftOut::unknown);
    if (row.aspect == model::Aspect::latency) {
        if (model::users_starve(judged.judgement->findings))
            return tl::unexpected(&LeftOut::against_littles_law);
        const auto bounds = model::LowerBounds::of_response_time(judged.trial->samples, judged.trial->timeout,
                                                                 judged.judgement->findings);
        // Requests that never ended reach down to it: it is only known to be at least so long.
        if (row.quantile ? bounds.at_quantile(*row.quantile) : bounds.mean_and_max())
            return tl::unexpected(&LeftOut::without_answers);
    }
    return *value;
}

// Think time left the service no more than a twentieth to gain (see rules::think_time), or it paused before a
// service that makes users wait, too.
void add(Doubts& found, const model::ThinkBound& bound) {
    constexpr double k_near = 0.95;
    (bound.rps >= k_near * bound.most_rps ? found.by_load : found.by_pauses) = true;
}

void add(Doubts& found, const model::Finding& finding, model::Aspect aspect) {
    if (finding.effects().on(aspect) != model::Effect::doubts) return;
    if (finding.rule == model::Rule::steal)
        found.by_steal = true;
    else if (const auto* bound = std::get_if<model::ThinkBound>(&finding.facts))
        add(found, *bound);
    else
        found.by_rule = true;
}

Doubts doubts(const Evidence& evidence, const JudgedTrial& judged, Quantity quantity) {
    // Findings that a cell has and its trials have not.
    constexpr std::array of_cells{model::Rule::saturated, model::Rule::think_time, model::Rule::nobody_busy};
    const model::Aspect aspect = model::row(quantity).aspect;
    const model::PlannedTrial& plan = judged.trial->plan;
    Doubts found;
    for (const model::Finding& finding : judged.judgement->findings)
        add(found, finding, aspect);
    if (const model::Cell* cell = evidence.cell(plan.entrant, plan.level))
        for (const model::Finding& finding : cell->judgement.findings)
            if (std::find(of_cells.begin(), of_cells.end(), finding.rule) != of_cells.end())
                add(found, finding, aspect);
    return found;
}

// Where it could not be read of one of the two, nothing is known of the difference.
double steal_difference(const model::TrialResult& one, const model::TrialResult& other) {
    const auto mine = model::steal_share(one);
    const auto theirs = model::steal_share(other);
    return mine && theirs ? *mine - *theirs : 0;
}

void add_void(VoidPairs& found, const JudgedTrial& one, const JudgedTrial& other) {
    using model::Fault;
    ++found.all;
    found.by_entrant += one.fault() != Fault::none ? 1 : 0;
    found.by_baseline += other.fault() != Fault::none ? 1 : 0;
    found.undeclared_by_entrant += one.fault() == Fault::undeclared ? 1 : 0;
    found.undeclared_by_baseline += other.fault() == Fault::undeclared ? 1 : 0;
}

void add_pair(BlockPairs& pairs, const Evidence& evidence, const JudgedTrial& one, const JudgedTrial& other,
              Quantity quantity) {
    if (!one.counts() || !other.counts()) return add_void(pairs.void_pairs, one, other);
    const auto mine = figure(one, quantity);
    const auto theirs = figure(other, quantity);
    if (!mine || !theirs) {
        ++(pairs.left_out.*(mine ? theirs.error() : mine.error()));
        return;
    }
    const auto logarithm = stats::log_ratio(*mine, *theirs);
    if (!logarithm) {
        ++pairs.left_out.unknown;
        return;
    }
    pairs.pairs.push_back({{.log_ratio = *logarithm,
                            .steal_difference = steal_difference(*one.trial, *other.trial),
                            .went_first = one.trial->plan.position < other.trial->plan.position,
                            .block = one.trial->plan.block},
                           doubts(evidence, one, quantity),
                           doubts(evidence, other, quantity)});
}

bool ran(const JudgedTrial& judged, const std::string& entrant, std::int64_t level) {
    return judged.trial->plan.entrant == entrant && judged.trial->plan.level == level;
}

bool either_at(const Evidence& evidence, const Sides& sides, std::int64_t level,
               bool (*is)(const model::Cell&)) {
    const model::Cell* mine = evidence.cell(sides.entrant, level);
    const model::Cell* theirs = evidence.cell(sides.baseline, level);
    return (mine != nullptr && is(*mine)) || (theirs != nullptr && is(*theirs));
}

}  // namespace

void Pairs::add_to_last(const BlockPairs& block) {
    levels.back().insert(levels.back().end(), block.pairs.begin(), block.pairs.end());
    add(left_out, block.left_out);
    add(void_pairs, block.void_pairs);
}

void add(LeftOut& sum, const LeftOut& more) {
    for (const Lacks why : {&LeftOut::unknown, &LeftOut::without_answers, &LeftOut::against_littles_law})
        sum.*why += more.*why;
}

void add(VoidPairs& sum, const VoidPairs& more) {
    for (const auto part :
         {&VoidPairs::all, &VoidPairs::by_entrant, &VoidPairs::by_baseline, &VoidPairs::barred,
          &VoidPairs::undeclared_by_entrant, &VoidPairs::undeclared_by_baseline})
        sum.*part += more.*part;
}

std::vector<int> finished_blocks(const Evidence& evidence, const Sides& sides, std::int64_t level) {
    std::set<int> mine;
    std::set<int> theirs;
    for (const JudgedTrial& judged : evidence.trials) {
        if (ran(judged, sides.entrant, level)) mine.insert(judged.trial->plan.block);
        if (ran(judged, sides.baseline, level)) theirs.insert(judged.trial->plan.block);
    }
    std::vector<int> both;
    std::set_intersection(mine.begin(), mine.end(), theirs.begin(), theirs.end(), std::back_inserter(both));
    return both;
}

BlockPairs pairs_of_block(const Evidence& evidence, Quantity quantity, const Sides& sides, std::int64_t level,
                          int block) {
    BlockPairs pairs;
    const auto ran_then = [&](const JudgedTrial& judged, const std::string& entrant) {
        return judged.trial->plan.block == block && ran(judged, entrant, level);
    };
    for (const JudgedTrial& one : evidence.trials)
        if (ran_then(one, sides.entrant))
            for (const JudgedTrial& other : evidence.trials)
                if (ran_then(other, sides.baseline) && same_pair(other.trial->plan, one.trial->plan))
                    add_pair(pairs, evidence, one, other, quantity);
    return pairs;
}

bool one_invalid_at(const Evidence& evidence, const Sides& sides, std::int64_t level) {
    return either_at(evidence, sides, level, [](const model::Cell& cell) { return invalid(cell); });
}

bool one_barred_at(const Evidence& evidence, const Sides& sides, std::int64_t level) {
    return either_at(evidence, sides, level, [](const model::Cell& cell) { return cell.barred; });
}

Pairs all_pairs(const Evidence& evidence, Quantity quantity, const Sides& sides) {
    Pairs pairs;
    for (const std::int64_t level : evidence.levels) {
        if (one_barred_at(evidence, sides, level)) continue;
        pairs.levels.emplace_back();
        for (const int block : finished_blocks(evidence, sides, level))
            pairs.add_to_last(pairs_of_block(evidence, quantity, sides, level, block));
    }
    return pairs;
}

}  // namespace joust::analysis
