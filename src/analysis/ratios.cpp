#include "analysis/ratios.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "analysis/looks.hpp"
#include "analysis/pairs.hpp"
#include "stats/holm.hpp"
#include "stats/steal.hpp"
#include "stats/verdict.hpp"

namespace joust::analysis {
namespace {

using model::Basis;
using model::PairedRatio;
using model::Quantity;
using model::Standing;
using model::Verdict;

constexpr double k_tail = 0.99;  // quantiles from here on are doubted for any steal
constexpr int k_least_without_doubt = 3;

// A ratio while it is judged.
struct Case {
    PairedRatio result;
    Pairs pairs;
    std::optional<stats::Look> look;
    std::optional<stats::StealDecision> decision;

    [[nodiscard]] double confidence() const { return look ? look->confidence() : stats::k_confidence; }
    // The p-value on the scale on which 0.05 is significant.
    [[nodiscard]] double overall_p() const {
        const auto p = decision && look ? decision->p_value() : std::nullopt;
        return p ? std::min(1.0, *p / look->p * stats::k_overall_level) : 1.0;
    }
};

model::RatioEstimate estimate_of(const stats::LogMean& mean, double confidence) {
    model::RatioEstimate estimate{static_cast<int>(mean.pairs), std::exp(mean.mean), {}, {}};
    if (const auto interval = mean.interval(confidence)) {
        estimate.low = std::exp(interval->low);
        estimate.high = std::exp(interval->high);
    }
    return estimate;
}

model::RatioEstimate estimate_of(const std::optional<stats::StealDecision>& decision, double confidence) {
    if (!decision) return {};
    model::RatioEstimate estimate{static_cast<int>(decision->raw.pairs), std::exp(decision->mean()), {}, {}};
    if (const auto interval = decision->interval(confidence)) {
        estimate.low = std::exp(interval->low);
        estimate.high = std::exp(interval->high);
    }
    return estimate;
}

model::DecidedBy decided_by(stats::StealDecides decides) {
    switch (decides) {
        case stats::StealDecides::adjusted:
            return model::DecidedBy::adjusted;
        case stats::StealDecides::both:
            return model::DecidedBy::both;
        case stats::StealDecides::raw:
            break;
    }
    return model::DecidedBy::raw;
}

// Which sides of a pair are in doubt.
class Doubtful {
public:
    explicit Doubtful(const Case& judged)
        : steal_counts_(not_adjusted(judged) ||
                        model::row(judged.result.quantity).quantile.value_or(0) >= k_tail) {}
    [[nodiscard]] bool mine(const Pair& pair) const { return in_doubt(pair.mine); }
    [[nodiscard]] bool theirs(const Pair& pair) const { return in_doubt(pair.theirs); }
    [[nodiscard]] bool either(const Pair& pair) const { return mine(pair) || theirs(pair); }

private:
    [[nodiscard]] static bool not_adjusted(const Case& judged) {
        return judged.decision && judged.decision->decides == stats::StealDecides::raw &&
               judged.decision->difference >= stats::k_least_steal_difference;
    }
    [[nodiscard]] bool in_doubt(const Doubts& doubts) const {
        return doubts.by_rule || (doubts.by_steal && steal_counts_);
    }
    bool steal_counts_;
};

// What the pairs say, before any verdict.
void fill(Case& judged) {
    PairedRatio& result = judged.result;
    result.left_out = judged.pairs.left_out;
    judged.decision = stats::decide_steal(judged.pairs.points());
    if (!judged.decision) return;
    const stats::StealDecision& decision = *judged.decision;
    const model::RatioEstimate all = estimate_of(judged.decision, judged.confidence());
    result.pairs = all.pairs;
    result.ratio = all.ratio;
    result.decided_by = decided_by(decision.decides);
    result.raw = estimate_of(decision.raw, judged.confidence());
    if (decision.adjusted) result.adjusted = estimate_of(*decision.adjusted, judged.confidence());
    const Doubtful doubtful(judged);
    result.without_doubt = estimate_of(
        stats::decide_steal(judged.pairs.points([&](const Pair& pair) { return !doubtful.either(pair); })),
        judged.confidence());
    if (judged.look) {
        result.low = all.low;
        result.high = all.high;
        result.p_value = decision.p_value();
    } else {  // an interval would be read as a verdict
        for (model::RatioEstimate* estimate : {&result.raw, &result.without_doubt})
            estimate->low = estimate->high = std::nullopt;
        if (result.adjusted) result.adjusted->low = result.adjusted->high = std::nullopt;
    }
}

bool within(double ratio, double margin) {
    return ratio >= 1 / (1 + margin) && ratio <= 1 + margin;
}

// Equivalence comes first: an interval within the margin is too small an effect to matter, even if it
// excludes 1.
void decide(PairedRatio& result, const std::optional<double>& low, const std::optional<double>& high) {
    result.verdict = Verdict::inconclusive;
    if (!low || !high) {
        result.basis = Basis::too_few_pairs;
    } else if (within(*low, result.margin) && within(*high, result.margin)) {
        result.verdict = Verdict::equivalent;
        result.basis = Basis::within_margin;
    } else if (*low > 1 || *high < 1) {
        const bool more_is_better = model::row(result.quantity).better == model::Better::more;
        result.verdict = (*low > 1) == more_is_better ? Verdict::faster : Verdict::slower;
        result.basis = Basis::excludes_one;
    } else {
        result.basis = Basis::neither;
    }
}

// Whether the pairs without doubt tell another story: their mean lies on the other side of 1, or less than
// half as far from it; of an equivalence, outside of the margin.
bool contradicted(const PairedRatio& result) {
    if (result.without_doubt.pairs < k_least_without_doubt) return false;
    if (result.verdict == Verdict::equivalent) return !within(*result.without_doubt.ratio, result.margin);
    return std::log(*result.without_doubt.ratio) / std::log(*result.ratio) < 0.5;
}

// Whether fewer than three pairs are without doubt, and it is one of the two that the doubt is on: on it
// alone, or on it so much more often that this makes over half of the pairs.
bool one_sided(const Case& judged, const Doubtful& doubtful) {
    if (judged.result.without_doubt.pairs >= k_least_without_doubt) return false;
    const int mine =
        judged.pairs.count([&](const Pair& pair) { return doubtful.mine(pair) && !doubtful.theirs(pair); });
    const int theirs =
        judged.pairs.count([&](const Pair& pair) { return doubtful.theirs(pair) && !doubtful.mine(pair); });
    const bool on_one_alone = std::min(mine, theirs) == 0 && std::max(mine, theirs) > 0;
    return on_one_alone || std::abs(mine - theirs) * 2 > judged.result.pairs;
}

bool load_bound(const Case& judged) {
    return judged.pairs.count([](const Pair& pair) { return pair.mine.by_load || pair.theirs.by_load; }) ==
           judged.result.pairs;
}

// Doubt takes a verdict back, marks it, or is none.
void weigh_doubt(Case& judged) {
    PairedRatio& result = judged.result;
    const Doubtful doubtful(judged);
    result.doubt = model::Doubt::none;
    if (result.without_doubt.pairs == result.pairs) return;
    result.doubt = model::Doubt::marks;
    if (result.verdict == Verdict::inconclusive) return;
    if (contradicted(result))
        result.doubt = model::Doubt::contradicts;
    else if (one_sided(judged, doubtful))
        result.doubt = model::Doubt::one_sided;
    else if (load_bound(judged))
        result.doubt = model::Doubt::load_bound;
    if (result.undecided()) result.verdict = Verdict::inconclusive;
}

Standing standing_of(const PairedRatio& result, const std::optional<double>& low,
                     const std::optional<double>& high) {
    if (result.verdict == Verdict::equivalent) return Standing::equivalent;
    if (result.verdict != Verdict::inconclusive) return Standing::certain;
    const bool narrow = low && high && std::log(*high / *low) / 2 < std::log1p(result.margin);
    return narrow ? Standing::narrow : Standing::open;
}

// The verdict of an interval of the case's ratio.
void conclude(Case& judged, const std::optional<double>& low, const std::optional<double>& high) {
    PairedRatio& result = judged.result;
    if (!result.ratio) {
        result.basis = result.left_out.total() > 0 ? Basis::no_figure : Basis::no_pair;
        return;
    }
    decide(result, low, high);
    if (!judged.look) result.basis = Basis::before_look;
    weigh_doubt(judged);
    result.standing = standing_of(result, low, high);
}

void call_invalid(PairedRatio& result) {
    result.verdict = Verdict::invalid;
    result.basis = Basis::cell_invalid;
    result.standing = Standing::certain;
}

// What the level is among the others: significant only as Holm's procedure has it, with the interval of the
// step at which it was tried.
void judge_among(std::vector<Case>& levels) {
    std::vector<Case*> tried;
    std::vector<double> p_values;
    for (Case& level : levels)
        if (level.result.low) {
            tried.push_back(&level);
            p_values.push_back(level.overall_p());
        }
    const std::vector<double> adjusted = stats::holm(p_values);
    std::vector<std::size_t> order(tried.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
    std::size_t left = order.size();  // hypotheses that the step shares the error among
    for (const std::size_t i : order) {
        Case& level = *tried[i];
        const double confidence = 1 - level.look->p / static_cast<double>(left);
        const model::RatioEstimate estimate = estimate_of(level.decision, confidence);
        level.result.among_levels = model::AmongLevels{adjusted[i], confidence, estimate.low, estimate.high};
        if (adjusted[i] < stats::k_overall_level) --left;
    }
}

class Judge {
public:
    Judge(const Evidence& evidence, Quantity quantity, const Sides& sides)
        : evidence_(evidence), quantity_(quantity), sides_(sides) {}

    [[nodiscard]] std::vector<PairedRatio> all() const {
        std::vector<PairedRatio> found;
        std::vector<Case> levels;
        for (const std::int64_t level : evidence_.levels)
            levels.push_back(level_alone(level));
        judge_among(levels);
        for (Case& level : levels) {
            if (level.result.among_levels)
                conclude(level, level.result.among_levels->low, level.result.among_levels->high);
            found.push_back(level.result);
        }
        found.push_back(pooled());
        return found;
    }

    [[nodiscard]] PairedRatio pooled() const {
        Case judged = begun(std::nullopt);
        std::vector<int> finished;
        bool some_invalid = false;
        for (const std::int64_t level : evidence_.levels)
            finished.push_back(static_cast<int>(finished_blocks(evidence_, sides_, level).size()));
        set_look(judged, blocks_of_all(finished));
        for (const std::int64_t level : evidence_.levels) {
            if (one_invalid_at(evidence_, sides_, level)) {
                some_invalid = true;
            } else {
                judged.pairs.add(pairs_of(level, judged.look));
            }
        }
        fill(judged);
        conclude(judged, judged.result.low, judged.result.high);
        if (judged.result.basis == Basis::no_pair && some_invalid) call_invalid(judged.result);
        return judged.result;
    }

private:
    [[nodiscard]] Case begun(std::optional<std::int64_t> level) const {
        Case judged;
        judged.result.quantity = quantity_;
        judged.result.entrant = sides_.entrant;
        judged.result.baseline = sides_.baseline;
        judged.result.level = level;
        judged.result.margin = evidence_.margin(quantity_);
        return judged;
    }

    void set_look(Case& judged, int finished) const {
        judged.look = look_at(evidence_.experiment, finished, evidence_.state);
        judged.result.confidence = judged.confidence();
        if (judged.look && !one_look(evidence_.experiment)) judged.result.look = judged.look->blocks;
    }

    // Only what the look saw; before the first one, whatever is there.
    [[nodiscard]] Pairs pairs_of(std::int64_t level, const std::optional<stats::Look>& look) const {
        std::vector<int> blocks = finished_blocks(evidence_, sides_, level);
        if (look && !one_look(evidence_.experiment))
            blocks.resize(std::min(blocks.size(), static_cast<std::size_t>(look->blocks)));
        return pairs_at(evidence_, quantity_, sides_, level, {blocks.begin(), blocks.end()});
    }

    [[nodiscard]] Case level_alone(std::int64_t level) const {
        Case judged = begun(level);
        judged.result.descriptive = one_look(evidence_.experiment);
        if (one_invalid_at(evidence_, sides_, level)) {
            call_invalid(judged.result);
            judged.result.alone = Verdict::invalid;
            return judged;
        }
        set_look(judged, static_cast<int>(finished_blocks(evidence_, sides_, level).size()));
        judged.pairs = pairs_of(level, judged.look);
        fill(judged);
        conclude(judged, judged.result.low, judged.result.high);
        judged.result.alone = judged.result.verdict;
        return judged;
    }

    const Evidence& evidence_;
    Quantity quantity_;
    const Sides& sides_;
};

}  // namespace

std::vector<PairedRatio> ratios(const Evidence& evidence, Quantity quantity, const Sides& sides) {
    return Judge(evidence, quantity, sides).all();
}

PairedRatio pooled_ratio(const Evidence& evidence, Quantity quantity, const Sides& sides) {
    return Judge(evidence, quantity, sides).pooled();
}

}  // namespace joust::analysis
