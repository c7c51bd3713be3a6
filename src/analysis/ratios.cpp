#include "analysis/ratios.hpp"

#include <algorithm>

#include "model/lower_bounds.hpp"
#include "stats/paired_ratio.hpp"

namespace joust::analysis {
namespace {

using model::Basis;
using model::LeftOut;
using model::PairedRatio;
using model::Quantity;
using model::Verdict;

using Lacks = int LeftOut::*;  // why a trial has no figure

tl::expected<double, Lacks> figure(const JudgedTrial& judged, Quantity quantity) {
    const model::QuantityRow& row = model::row(quantity);
    const std::optional<double> value = model::value(quantity, *judged.trial);
    if (!value) return tl::unexpected(&LeftOut::unknown);
    if (row.aspect == model::Aspect::latency) {
        const auto bounds =
            model::LowerBounds::of_response_time(judged.trial->samples, judged.trial->timeout);
        // Requests that never ended reach down to it: it is only known to be at least so long.
        if (row.quantile ? bounds.at_quantile(*row.quantile) : bounds.mean_and_max())
            return tl::unexpected(&LeftOut::without_answers);
        if (judged.judgement->has(model::Rule::littles_law))
            return tl::unexpected(&LeftOut::against_littles_law);
    }
    return *value;
}

// Pairs of trials of which neither is invalid.
struct Pairs {
    std::vector<double> log_ratios;
    std::vector<double> of_valid;  // those of them in which neither trial is suspect
    LeftOut left_out;

    void add(const Pairs& other) {
        log_ratios.insert(log_ratios.end(), other.log_ratios.begin(), other.log_ratios.end());
        of_valid.insert(of_valid.end(), other.of_valid.begin(), other.of_valid.end());
        for (const Lacks why : {&LeftOut::unknown, &LeftOut::without_answers, &LeftOut::against_littles_law})
            left_out.*why += other.left_out.*why;
    }
};

bool saturated(const model::Cell* cell) {
    return cell != nullptr && cell->judgement.has(model::Rule::saturated);
}

void add_pair(Pairs& pairs, const JudgedTrial& one, const JudgedTrial& other, Quantity quantity,
              bool doubtful) {
    const auto mine = figure(one, quantity);
    const auto theirs = figure(other, quantity);
    if (!mine || !theirs) {
        ++(pairs.left_out.*(mine ? theirs.error() : mine.error()));
    } else if (const auto logarithm = stats::log_ratio(*mine, *theirs)) {
        pairs.log_ratios.push_back(*logarithm);
        if (!doubtful && one.beyond_doubt() && other.beyond_doubt()) pairs.of_valid.push_back(*logarithm);
    } else {
        ++pairs.left_out.unknown;
    }
}

Pairs pairs_at(const Evidence& evidence, Quantity quantity, const Sides& sides, std::int64_t level) {
    Pairs pairs;
    // The one finding that a cell has and its trials have not.
    const bool doubtful =
        saturated(evidence.cell(sides.entrant, level)) || saturated(evidence.cell(sides.baseline, level));
    const auto counts_for = [&](const JudgedTrial& judged, const std::string& entrant) {
        const model::PlannedTrial& plan = judged.trial->plan;
        return plan.entrant == entrant && plan.level == level && judged.counts();
    };
    for (const JudgedTrial& one : evidence.trials)
        if (counts_for(one, sides.entrant))
            for (const JudgedTrial& other : evidence.trials)
                if (counts_for(other, sides.baseline) && other.trial->plan.block == one.trial->plan.block)
                    add_pair(pairs, one, other, quantity, doubtful);
    return pairs;
}

bool invalid_at(const Evidence& evidence, const std::string& entrant, std::int64_t level) {
    const model::Cell* cell = evidence.cell(entrant, level);
    return cell != nullptr && invalid(*cell);
}

bool one_invalid_at(const Evidence& evidence, const Sides& sides, std::int64_t level) {
    return invalid_at(evidence, sides.entrant, level) || invalid_at(evidence, sides.baseline, level);
}

// Equivalence comes first: an interval within the margin is too small an effect to matter, even if it
// excludes 1. A verdict that rests on suspect results for the most part is none.
void decide(PairedRatio& result, const Evidence& evidence) {
    const double low_margin = 1 / (1 + evidence.margin);
    const double high_margin = 1 + evidence.margin;
    result.verdict = Verdict::inconclusive;
    if (!result.low || !result.high) {
        result.basis = Basis::too_few_pairs;
        return;
    }
    if (*result.low >= low_margin && *result.high <= high_margin) {
        result.verdict = Verdict::equivalent;
        result.basis = Basis::within_margin;
    } else if (*result.low > 1 || *result.high < 1) {
        const bool more_is_better = model::row(result.quantity).better == model::Better::more;
        result.verdict = (*result.low > 1) == more_is_better ? Verdict::faster : Verdict::slower;
        result.basis = Basis::excludes_one;
    } else {
        result.basis = Basis::neither;
    }
    if (result.mostly_suspect()) result.verdict = Verdict::inconclusive;
}

void fill(PairedRatio& result, const Pairs& pairs) {
    result.left_out = pairs.left_out;
    if (const auto all = stats::paired_ratio(pairs.log_ratios)) {
        result.pairs = static_cast<int>(all->pairs);
        result.ratio = all->ratio;
        if (all->interval) {
            result.low = all->interval->low;
            result.high = all->interval->high;
        }
    }
    if (const auto valid = stats::paired_ratio(pairs.of_valid)) {
        result.of_valid.pairs = static_cast<int>(valid->pairs);
        result.of_valid.ratio = valid->ratio;
        if (valid->interval) {
            result.of_valid.low = valid->interval->low;
            result.of_valid.high = valid->interval->high;
        }
    }
}

// The verdict of what `pairs` gave.
void conclude(PairedRatio& result, const Pairs& pairs, const Evidence& evidence) {
    fill(result, pairs);
    if (result.ratio) return decide(result, evidence);
    result.basis = result.left_out.total() > 0 ? Basis::no_figure : Basis::no_pair;
}

void call_invalid(PairedRatio& result) {
    result.verdict = Verdict::invalid;
    result.basis = Basis::cell_invalid;
}

}  // namespace

const model::Cell* Evidence::cell(const std::string& entrant, std::int64_t level) const {
    const auto found = std::find_if(cells.begin(), cells.end(), [&](const model::Cell& cell) {
        return cell.entrant == entrant && cell.level == level;
    });
    return found == cells.end() ? nullptr : &*found;
}

PairedRatio ratio_at(const Evidence& evidence, Quantity quantity, const Sides& sides, std::int64_t level) {
    PairedRatio result{
        .quantity = quantity, .entrant = sides.entrant, .baseline = sides.baseline, .level = level};
    if (one_invalid_at(evidence, sides, level)) {
        call_invalid(result);
    } else {
        conclude(result, pairs_at(evidence, quantity, sides, level), evidence);
    }
    return result;
}

PairedRatio pooled_ratio(const Evidence& evidence, Quantity quantity, const Sides& sides) {
    PairedRatio result{
        .quantity = quantity, .entrant = sides.entrant, .baseline = sides.baseline, .level = std::nullopt};
    Pairs pairs;
    bool some_invalid = false;
    for (const std::int64_t level : evidence.levels) {
        if (one_invalid_at(evidence, sides, level)) {
            some_invalid = true;
        } else {
            pairs.add(pairs_at(evidence, quantity, sides, level));
        }
    }
    conclude(result, pairs, evidence);
    if (result.basis == Basis::no_pair && some_invalid) call_invalid(result);
    return result;
}

}  // namespace joust::analysis
