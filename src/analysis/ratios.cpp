#include "analysis/ratios.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>

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

// The most that the steal of a pair's trials may differ, root mean square over the pairs, for their ratio not
// to be doubted for it; a share of CPU time.
constexpr double k_even_steal = 0.01;
constexpr double k_tail = 0.99;  // quantiles from here on are doubted for any steal
constexpr int k_least_without_doubt = 3;

// One side of a pair: what makes its figure doubtful.
struct Doubts {
    bool by_rule = false;   // any but steal
    bool by_steal = false;  // which counts only where it is uneven
};

// Two trials of one block, neither of them invalid.
struct Pair {
    double log_ratio;
    Doubts mine;
    Doubts theirs;
    double steal_difference;
};

struct Pairs {
    std::vector<std::vector<Pair>> levels;
    LeftOut left_out;

    void add(Pairs other) {
        std::move(other.levels.begin(), other.levels.end(), std::back_inserter(levels));
        for (const Lacks why : {&LeftOut::unknown, &LeftOut::without_answers, &LeftOut::against_littles_law})
            left_out.*why += other.left_out.*why;
    }
    // Log ratios by level, of the pairs that `wanted` is true of.
    template <typename Wanted>
    [[nodiscard]] std::vector<std::vector<double>> log_ratios(const Wanted& wanted) const {
        std::vector<std::vector<double>> all;
        for (const std::vector<Pair>& level : levels) {
            std::vector<double>& of_level = all.emplace_back();
            for (const Pair& pair : level)
                if (wanted(pair)) of_level.push_back(pair.log_ratio);
        }
        return all;
    }
    template <typename Wanted>
    [[nodiscard]] int count(const Wanted& wanted) const {
        std::ptrdiff_t found = 0;
        for (const std::vector<Pair>& level : levels)
            found += std::count_if(level.begin(), level.end(), wanted);
        return static_cast<int>(found);
    }
    [[nodiscard]] bool steal_is_even() const {
        double squares = 0;
        double pairs = 0;
        for (const std::vector<Pair>& level : levels)
            for (const Pair& pair : level) {
                squares += pair.steal_difference * pair.steal_difference;
                ++pairs;
            }
        return squares < k_even_steal * k_even_steal * pairs;
    }
};

// The one finding that a cell has and its trials have not.
bool saturated(const model::Cell* cell) {
    return cell != nullptr && cell->judgement.has(model::Rule::saturated);
}

Doubts doubts(const Evidence& evidence, const JudgedTrial& judged, Quantity quantity) {
    const model::Aspect aspect = model::row(quantity).aspect;
    const model::PlannedTrial& plan = judged.trial->plan;
    Doubts found{.by_rule = saturated(evidence.cell(plan.entrant, plan.level))};
    for (const model::Finding& finding : judged.judgement->findings) {
        if (finding.effects().on(aspect) != model::Effect::doubts) continue;
        (finding.rule == model::Rule::steal ? found.by_steal : found.by_rule) = true;
    }
    return found;
}

void add_pair(Pairs& pairs, const Evidence& evidence, const JudgedTrial& one, const JudgedTrial& other,
              Quantity quantity) {
    const auto mine = figure(one, quantity);
    const auto theirs = figure(other, quantity);
    const auto steal = [](const JudgedTrial& judged) {
        return judged.trial->samples.conduct.steal_share.value_or(0);
    };
    if (!mine || !theirs) {
        ++(pairs.left_out.*(mine ? theirs.error() : mine.error()));
    } else if (const auto logarithm = stats::log_ratio(*mine, *theirs)) {
        pairs.levels.back().push_back({*logarithm, doubts(evidence, one, quantity),
                                       doubts(evidence, other, quantity), steal(one) - steal(other)});
    } else {
        ++pairs.left_out.unknown;
    }
}

Pairs pairs_at(const Evidence& evidence, Quantity quantity, const Sides& sides, std::int64_t level) {
    Pairs pairs;
    pairs.levels.emplace_back();
    const auto counts_for = [&](const JudgedTrial& judged, const std::string& entrant) {
        const model::PlannedTrial& plan = judged.trial->plan;
        return plan.entrant == entrant && plan.level == level && judged.counts();
    };
    for (const JudgedTrial& one : evidence.trials)
        if (counts_for(one, sides.entrant))
            for (const JudgedTrial& other : evidence.trials)
                if (counts_for(other, sides.baseline) && same_pair(other.trial->plan, one.trial->plan))
                    add_pair(pairs, evidence, one, other, quantity);
    return pairs;
}

bool invalid_at(const Evidence& evidence, const std::string& entrant, std::int64_t level) {
    const model::Cell* cell = evidence.cell(entrant, level);
    return cell != nullptr && invalid(*cell);
}

bool one_invalid_at(const Evidence& evidence, const Sides& sides, std::int64_t level) {
    return invalid_at(evidence, sides.entrant, level) || invalid_at(evidence, sides.baseline, level);
}

struct Margin {
    double low;
    double high;
    [[nodiscard]] bool holds(double ratio) const { return ratio >= low && ratio <= high; }
};
Margin margin_of(const Evidence& evidence) {
    return {1 / (1 + evidence.margin), 1 + evidence.margin};
}

// Equivalence comes first: an interval within the margin is too small an effect to matter, even if it
// excludes 1.
void decide(PairedRatio& result, const Evidence& evidence) {
    result.verdict = Verdict::inconclusive;
    if (!result.low || !result.high) {
        result.basis = Basis::too_few_pairs;
        return;
    }
    const Margin margin = margin_of(evidence);
    if (margin.holds(*result.low) && margin.holds(*result.high)) {
        result.verdict = Verdict::equivalent;
        result.basis = Basis::within_margin;
    } else if (*result.low > 1 || *result.high < 1) {
        const bool more_is_better = model::row(result.quantity).better == model::Better::more;
        result.verdict = (*result.low > 1) == more_is_better ? Verdict::faster : Verdict::slower;
        result.basis = Basis::excludes_one;
    } else {
        result.basis = Basis::neither;
    }
}

// Which sides of a pair are in doubt.
class Doubtful {
public:
    Doubtful(const Pairs& pairs, Quantity quantity)
        : steal_counts_(!pairs.steal_is_even() || model::row(quantity).quantile.value_or(0) >= k_tail) {}
    [[nodiscard]] bool mine(const Pair& pair) const { return in_doubt(pair.mine); }
    [[nodiscard]] bool theirs(const Pair& pair) const { return in_doubt(pair.theirs); }
    [[nodiscard]] bool either(const Pair& pair) const { return mine(pair) || theirs(pair); }

private:
    [[nodiscard]] bool in_doubt(const Doubts& doubts) const {
        return doubts.by_rule || (doubts.by_steal && steal_counts_);
    }
    bool steal_counts_;
};

// Whether the pairs without doubt tell another story: their mean lies on the other side of 1, or less than
// half as far from it; of an equivalence, outside of the margin.
bool contradicted(const PairedRatio& result, const Evidence& evidence) {
    if (result.without_doubt.pairs < k_least_without_doubt) return false;
    if (result.verdict == Verdict::equivalent) return !margin_of(evidence).holds(*result.without_doubt.ratio);
    return std::log(*result.without_doubt.ratio) / std::log(*result.ratio) < 0.5;
}

// Whether fewer than three pairs are without doubt, and it is one of the two that the doubt is on: on it
// alone, or on it so much more often that this makes over half of the pairs.
bool one_sided(const PairedRatio& result, const Pairs& pairs, const Doubtful& doubtful) {
    if (result.without_doubt.pairs >= k_least_without_doubt) return false;
    const int mine =
        pairs.count([&](const Pair& pair) { return doubtful.mine(pair) && !doubtful.theirs(pair); });
    const int theirs =
        pairs.count([&](const Pair& pair) { return doubtful.theirs(pair) && !doubtful.mine(pair); });
    const bool on_one_alone = std::min(mine, theirs) == 0 && std::max(mine, theirs) > 0;
    return on_one_alone || std::abs(mine - theirs) * 2 > result.pairs;
}

// Doubt takes a verdict back, marks it, or is none.
void weigh_doubt(PairedRatio& result, const Pairs& pairs, const Evidence& evidence) {
    const Doubtful doubtful(pairs, result.quantity);
    if (result.without_doubt.pairs == result.pairs) return;
    result.doubt = model::Doubt::marks;
    if (result.verdict == Verdict::inconclusive) return;
    if (contradicted(result, evidence))
        result.doubt = model::Doubt::contradicts;
    else if (one_sided(result, pairs, doubtful))
        result.doubt = model::Doubt::one_sided;
    if (result.undecided()) result.verdict = Verdict::inconclusive;
}

model::RatioEstimate estimate_of(const std::vector<std::vector<double>>& levels) {
    model::RatioEstimate estimate;
    if (const auto pooled = stats::pooled_ratio(levels)) {
        estimate.pairs = static_cast<int>(pooled->pairs);
        estimate.ratio = pooled->ratio;
        if (pooled->interval) {
            estimate.low = pooled->interval->low;
            estimate.high = pooled->interval->high;
        }
    }
    return estimate;
}

void fill(PairedRatio& result, const Pairs& pairs) {
    result.left_out = pairs.left_out;
    const model::RatioEstimate all = estimate_of(pairs.log_ratios([](const Pair&) { return true; }));
    result.pairs = all.pairs;
    result.ratio = all.ratio;
    result.low = all.low;
    result.high = all.high;
    const Doubtful doubtful(pairs, result.quantity);
    result.without_doubt =
        estimate_of(pairs.log_ratios([&](const Pair& pair) { return !doubtful.either(pair); }));
}

// The verdict of what `pairs` gave.
void conclude(PairedRatio& result, const Pairs& pairs, const Evidence& evidence) {
    fill(result, pairs);
    if (!result.ratio) {
        result.basis = result.left_out.total() > 0 ? Basis::no_figure : Basis::no_pair;
        return;
    }
    decide(result, evidence);
    weigh_doubt(result, pairs, evidence);
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
