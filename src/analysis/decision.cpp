#include "analysis/decision.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "analysis/looks.hpp"
#include "stats/holm.hpp"
#include "stats/steal.hpp"
#include "stats/verdict.hpp"

namespace joust::analysis {
namespace {

using model::Basis;
using model::PairedRatio;
using model::Standing;
using model::Verdict;
using model::VoidPairs;

constexpr double k_tail = 0.99;  // quantiles from here on are doubted for any steal
constexpr int k_least_without_doubt = 3;

// A ratio while it is judged.
struct Case {
    PairedRatio result;
    Pairs pairs;
    std::optional<stats::Look> look;
    Basis without_look = Basis::before_look;  // why there is none
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
        return doubts.by_rule || doubts.of_load() || (doubts.by_steal && steal_counts_);
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
    const auto sure = judged.pairs.points([&](const Pair& pair) { return !doubtful.either(pair); });
    result.without_doubt =
        estimate_of(stats::decide_steal_of_some(sure, judged.pairs.points()), judged.confidence());
    if (judged.look) {
        result.without_doubt.between_levels = result.without_doubt.low && stats::one_pair_a_level(sure);
        result.low = all.low;
        result.high = all.high;
        result.between_levels = all.low && stats::one_pair_a_level(judged.pairs.levels);
        result.p_value = decision.p_value();
    } else {  // an interval would be read as a verdict
        for (model::RatioEstimate* estimate : {&result.raw, &result.without_doubt})
            estimate->low = estimate->high = std::nullopt;
        if (result.adjusted) result.adjusted->low = result.adjusted->high = std::nullopt;
    }
}

stats::Outcome outcome(double low, double high, double margin) {
    return stats::outcome(stats::Interval{std::log(low), std::log(high)}, margin);
}

void decide(PairedRatio& result, const std::optional<double>& low, const std::optional<double>& high) {
    result.verdict = Verdict::inconclusive;
    result.basis = Basis::too_few_pairs;
    if (!low || !high) return;
    const stats::Outcome found = outcome(*low, *high, result.margin);
    if (found == stats::Outcome::equivalent) {
        result.verdict = Verdict::equivalent;
        result.basis = Basis::within_margin;
    } else if (found == stats::Outcome::inconclusive) {
        result.basis = Basis::neither;
    } else {
        const bool more_is_better = model::row(result.quantity).better == model::Better::more;
        const bool more = found == stats::Outcome::higher;
        result.verdict = more == more_is_better ? Verdict::faster : Verdict::slower;
        result.basis = Basis::excludes_one;
    }
}

// Whether the whole interval lies further from 1 than the floor.
bool clears(double floor, double low, double high) {
    return std::log(low) > std::log1p(floor) || std::log(high) < -std::log1p(floor);
}

// A host that told the baseline from itself tells no other two apart by less, nor calls them alike by a
// margin that only this made so wide.
void weigh_floor(PairedRatio& result, double asked_margin, const std::optional<double>& low,
                 const std::optional<double>& high) {
    if (!result.floor || result.verdict == Verdict::inconclusive || clears(*result.floor, *low, *high))
        return;
    if (result.verdict == Verdict::equivalent && *result.floor <= asked_margin) return;
    result.verdict = Verdict::inconclusive;
    result.basis = Basis::within_floor;
}

// Pairs without a lower bound are those in which the service kept nobody waiting: a verdict by them alone
// would leave out just what the others had to tell.
void weigh_bounds(PairedRatio& result) {
    if (result.left_out.only_bounds() == 0) return;
    result.verdict = Verdict::inconclusive;
    result.basis = Basis::lower_bounds;
}

// Who was once found at other work than declared did the same work in the other trials, where nobody happened
// to look. Only a verdict against it stands.
void weigh_faults(PairedRatio& result) {
    const bool alike = result.verdict == Verdict::equivalent;
    const VoidPairs& found = result.void_pairs;
    const bool favoured = ((alike || result.verdict == Verdict::faster) && found.undeclared_by_entrant > 0) ||
                          ((alike || result.verdict == Verdict::slower) && found.undeclared_by_baseline > 0);
    if (!favoured) return;
    result.verdict = Verdict::inconclusive;
    result.basis = Basis::undeclared;
}

// Whether the pairs without doubt tell another story: their mean lies on the other side of 1, or less than
// half as far from it; of an equivalence, outside of the margin.
bool contradicted(const PairedRatio& result) {
    if (result.without_doubt.pairs < k_least_without_doubt) return false;
    const double left = *result.without_doubt.ratio;
    if (result.verdict == Verdict::equivalent)
        return outcome(left, left, result.margin) != stats::Outcome::equivalent;
    return std::log(left) / std::log(*result.ratio) < 0.5;
}

// Whether nothing but the load is doubted of a side that is ahead: with more to do it could only be further
// ahead.
bool ahead_by_the_load(const Doubts& doubts, double log_ratio) {
    return doubts.of_load_alone() && log_ratio > 0;
}

// Whether fewer than three pairs are without doubt, and it is one of the two that the doubt is on: on it
// alone, or on it so much more often that this makes over half of the pairs.
bool one_sided(const Case& judged, const Doubtful& doubtful) {
    if (judged.result.without_doubt.pairs >= k_least_without_doubt) return false;
    const int mine = judged.pairs.count([&](const Pair& pair) {
        return doubtful.mine(pair) && !doubtful.theirs(pair) &&
               !ahead_by_the_load(pair.mine, pair.point.log_ratio);
    });
    const int theirs = judged.pairs.count([&](const Pair& pair) {
        return doubtful.theirs(pair) && !doubtful.mine(pair) &&
               !ahead_by_the_load(pair.theirs, -pair.point.log_ratio);
    });
    const bool on_one_alone = std::min(mine, theirs) == 0 && std::max(mine, theirs) > 0;
    return on_one_alone || std::abs(mine - theirs) * 2 > judged.result.pairs;
}

// Two that did as much as each other are only alike if neither was given too little to do.
bool load_bound(const Case& judged) {
    if (judged.result.verdict != Verdict::equivalent)
        return judged.pairs.count([](const Pair& pair) {
            return pair.mine.by_load && pair.theirs.by_load;
        }) == judged.result.pairs;
    const int bound =
        judged.pairs.count([](const Pair& pair) { return pair.mine.of_load() || pair.theirs.of_load(); });
    return bound > 0 && judged.result.pairs - bound < k_least_without_doubt;
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

// The verdict of an interval of the case's ratio; `asked_margin` is the benchmark's own.
void conclude(Case& judged, double asked_margin, const std::optional<double>& low,
              const std::optional<double>& high) {
    PairedRatio& result = judged.result;
    if (!result.ratio) {
        result.basis = result.left_out.total() > 0 ? Basis::no_figure : Basis::no_pair;
        return;
    }
    decide(result, low, high);
    weigh_floor(result, asked_margin, low, high);
    weigh_bounds(result);
    weigh_faults(result);
    if (!judged.look) result.basis = judged.without_look;
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
    Judge(const std::vector<LevelPairs>& levels, const Terms& terms) : levels_(levels), terms_(terms) {}

    [[nodiscard]] std::vector<PairedRatio> all() const {
        std::vector<PairedRatio> found;
        std::vector<Case> levels;
        for (const LevelPairs& level : levels_)
            levels.push_back(level_alone(level));
        judge_among(levels);
        for (Case& level : levels) {
            if (level.result.among_levels)
                conclude_by(level, level.result.among_levels->low, level.result.among_levels->high);
            found.push_back(level.result);
        }
        found.push_back(pooled());
        return found;
    }

    [[nodiscard]] PairedRatio pooled() const {
        Case judged = begun(std::nullopt);
        std::vector<int> finished;
        for (const LevelPairs& level : levels_)
            finished.push_back(static_cast<int>(level.blocks.size()));
        set_look(judged, blocks_together(finished));
        for (const LevelPairs& level : levels_) {
            add_seen(judged, level);
        }
        fill(judged);
        conclude_by(judged, judged.result.low, judged.result.high);
        if (judged.result.basis == Basis::no_pair && judged.result.invalid_levels > 0)
            call_invalid(judged.result);
        return judged.result;
    }

private:
    [[nodiscard]] Case begun(std::optional<std::int64_t> level) const {
        Case judged;
        judged.result.quantity = terms_.quantity;
        judged.result.level = level;
        judged.result.margin = terms_.margin;
        judged.result.floor = terms_.floor;
        return judged;
    }

    void conclude_by(Case& judged, const std::optional<double>& low,
                     const std::optional<double>& high) const {
        conclude(judged, terms_.experiment.margin, low, high);
    }

    // Of a run that was broken off within its last block, those before it. One with a single look that ends
    // within a block is judged by all of its pairs.
    [[nodiscard]] int blocks_together(const std::vector<int>& finished) const {
        if (one_look(terms_.experiment) && !finished.empty())
            return *std::max_element(finished.begin(), finished.end());
        const int blocks = blocks_of_all(finished);
        const bool broken_off = terms_.within_last_block && terms_.state == stats::RunState::going_on;
        return broken_off ? std::min(blocks, model::last_block(terms_.experiment) - 1) : blocks;
    }

    void set_look(Case& judged, int finished) const {
        judged.look = look_at(terms_.experiment, finished, terms_.state);
        if (without_looks(terms_.experiment))
            judged.without_look =
                terms_.state == stats::RunState::over ? Basis::ended_early : Basis::unfinished;
        judged.result.confidence = judged.confidence();
        if (judged.look && !without_looks(terms_.experiment)) judged.result.look = judged.look->blocks;
    }

    // Only what the look saw; before the first one, whatever is there. Whether the level counts.
    static bool add_seen(Case& judged, const LevelPairs& level) {
        std::size_t seen = level.blocks.size();
        if (judged.result.look) seen = std::min(seen, static_cast<std::size_t>(*judged.result.look));
        Pairs found{.levels = {{}}, .left_out = {}, .void_pairs = {}};
        for (std::size_t block = 0; block < seen; ++block)
            found.add_to_last(level.blocks[block]);
        for (std::size_t block = seen; block < level.blocks.size(); ++block) {
            const VoidPairs& later = level.blocks[block].void_pairs;
            found.void_pairs.undeclared_by_entrant += later.undeclared_by_entrant;
            found.void_pairs.undeclared_by_baseline += later.undeclared_by_baseline;
        }
        const std::vector<Pair>& pairs = found.levels.back();
        PairedRatio& result = judged.result;
        const bool counts =
            !level.one_barred && !(level.one_invalid && pairs.empty() && found.left_out.total() == 0);
        if (level.one_barred) found.void_pairs.barred = static_cast<int>(pairs.size());
        if (!counts && !result.level)  // told of as a level
            found.void_pairs = {.undeclared_by_entrant = found.void_pairs.undeclared_by_entrant,
                                .undeclared_by_baseline = found.void_pairs.undeclared_by_baseline};
        add(result.void_pairs, found.void_pairs);
        if (!counts) {
            ++result.invalid_levels;
            return false;
        }
        judged.pairs.levels.push_back(pairs);
        add(judged.pairs.left_out, found.left_out);
        ++result.levels;
        if (found.left_out.only_bounds() > 0) ++result.bounded_levels;
        result.some_invalid = result.some_invalid || level.one_invalid;
        return true;
    }

    [[nodiscard]] Case level_alone(const LevelPairs& level) const {
        Case judged = begun(level.level);
        judged.result.descriptive = one_look(terms_.experiment);
        set_look(judged, static_cast<int>(level.blocks.size()));
        if (!add_seen(judged, level)) {
            call_invalid(judged.result);
            judged.result.alone = Verdict::invalid;
            return judged;
        }
        fill(judged);
        conclude_by(judged, judged.result.low, judged.result.high);
        judged.result.alone = judged.result.verdict;
        return judged;
    }

    const std::vector<LevelPairs>& levels_;
    const Terms& terms_;
};

}  // namespace

std::vector<PairedRatio> decisions(const std::vector<LevelPairs>& levels, const Terms& terms) {
    return Judge(levels, terms).all();
}

PairedRatio pooled_decision(const std::vector<LevelPairs>& levels, const Terms& terms) {
    return Judge(levels, terms).pooled();
}

}  // namespace joust::analysis
