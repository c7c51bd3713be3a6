#include "analysis/ratios.hpp"

#include <algorithm>

#include "analysis/judge.hpp"
#include "base/text.hpp"
#include "model/wording.hpp"
#include "stats/paired_ratio.hpp"

namespace joust::analysis {
namespace {

using model::PairedRatio;
using model::TrialResult;
using model::Verdict;

std::string_view words(Quantity quantity) {
    switch (quantity) {
        case Quantity::goodput:
            return "goodput";
        case Quantity::cpu_per_operation:
            return "CPU per operation";
        case Quantity::response_time_p99:
            break;
    }
    return "the p99 response time";
}

// Why a trial has no figure of a kind.
enum class Lacks { operations, answers, littles_law };

tl::expected<double, Lacks> figure(const JudgedTrial& judged, Quantity quantity) {
    const TrialResult& trial = *judged.trial;
    const model::Samples& samples = trial.samples;
    switch (quantity) {
        case Quantity::goodput:
            return samples.goodput_rps();
        case Quantity::cpu_per_operation:
            if (samples.completed_in_window == 0) return tl::unexpected(Lacks::operations);
            return seconds(trial.contender.cpu.total()) / static_cast<double>(samples.completed_in_window);
        case Quantity::response_time_p99:
            break;
    }
    const stats::Histogram& times = samples.response_time;
    if (times.empty()) return tl::unexpected(Lacks::operations);
    // Requests that never ended reach down to the p99: it is only known to be at least so long.
    if (times.count() < 100 * samples.censored) return tl::unexpected(Lacks::answers);
    if (fails_littles_law(*judged.judgement)) return tl::unexpected(Lacks::littles_law);
    return static_cast<double>(times.value_at_quantile(0.99));
}

// Pairs of trials of which neither is invalid.
struct Pairs {
    std::vector<double> log_ratios;
    std::vector<double> of_valid;  // those of them in which neither trial is suspect
    // Without a ratio, because one side lacks the figure:
    int without_operations = 0;
    int without_answers = 0;
    int against_littles_law = 0;

    [[nodiscard]] int left_out() const { return without_operations + without_answers + against_littles_law; }
    void leave_out(Lacks why) {
        switch (why) {
            case Lacks::operations:
                ++without_operations;
                break;
            case Lacks::answers:
                ++without_answers;
                break;
            case Lacks::littles_law:
                ++against_littles_law;
                break;
        }
    }
    void add(const Pairs& other) {
        log_ratios.insert(log_ratios.end(), other.log_ratios.begin(), other.log_ratios.end());
        of_valid.insert(of_valid.end(), other.of_valid.begin(), other.of_valid.end());
        without_operations += other.without_operations;
        without_answers += other.without_answers;
        against_littles_law += other.against_littles_law;
    }
};

bool saturated(const model::Cell* cell) {
    if (cell == nullptr) return false;
    const auto& reasons = cell->judgement.reasons;
    return std::any_of(reasons.begin(), reasons.end(),
                       [](const model::Reason& reason) { return reason.code == "saturated"; });
}

Pairs pairs_at(const Evidence& evidence, Quantity quantity, const std::string& contender,
               const std::string& baseline, std::int64_t level) {
    Pairs pairs;
    // The one reason that a cell has and its trials have not.
    const bool doubtful =
        saturated(evidence.cell(contender, level)) || saturated(evidence.cell(baseline, level));
    for (const JudgedTrial& one : evidence.trials) {
        if (one.trial->plan.contender != contender || one.trial->plan.level != level || !one.counts())
            continue;
        for (const JudgedTrial& other : evidence.trials) {
            if (other.trial->plan.contender != baseline || other.trial->plan.level != level ||
                other.trial->plan.block != one.trial->plan.block || !other.counts())
                continue;
            const auto mine = figure(one, quantity);
            const auto theirs = figure(other, quantity);
            if (!mine || !theirs) {
                pairs.leave_out(mine ? theirs.error() : mine.error());
            } else if (const auto logarithm = stats::log_ratio(*mine, *theirs)) {
                pairs.log_ratios.push_back(*logarithm);
                if (!doubtful && one.beyond_doubt() && other.beyond_doubt())
                    pairs.of_valid.push_back(*logarithm);
            } else {
                pairs.leave_out(Lacks::operations);
            }
        }
    }
    return pairs;
}

bool invalid(const model::Cell* cell) {
    return cell != nullptr && cell->judgement.validity == model::Validity::invalid;
}

std::string reasons_of(const model::Cell& cell) {
    std::vector<std::string> reasons;
    for (const model::Reason& reason : cell.judgement.reasons)
        reasons.push_back(reason.text);
    return joined(reasons, "; ");
}

// "django is invalid at 3 of 3 levels (4 users: 34 % errors (limit 1 %), all timeouts)"; empty where it is at
// none.
std::string invalid_levels(const Evidence& evidence, const std::string& contender) {
    const model::Cell* first = nullptr;
    int count = 0;
    for (const std::int64_t level : evidence.levels)
        if (const model::Cell* cell = evidence.cell(contender, level); invalid(cell)) {
            if (first == nullptr) first = cell;
            ++count;
        }
    if (first == nullptr) return "";
    return fmt::format("{} is invalid at {} of {} (at {}: {})", contender, count,
                       model::counted(static_cast<std::int64_t>(evidence.levels.size()), "level"),
                       level_text(evidence.load_model, first->level), reasons_of(*first));
}

// "over the 6 pairs of valid results it is 1.351, 95 % interval 1.33 to 1.37"
std::string of_valid_text(const model::RatioEstimate& of_valid) {
    if (!of_valid.ratio) return "no pair has valid results on both sides";
    std::string text = fmt::format("over the {} of valid results it is {:.3f}",
                                   model::counted(of_valid.pairs, "pair"), *of_valid.ratio);
    if (of_valid.low && of_valid.high)
        text += fmt::format(", 95 % interval {:.3f} to {:.3f}", *of_valid.low, *of_valid.high);
    return text;
}

// Equivalence comes first: an interval within the margin is too small an effect to matter, even if it
// excludes 1. A verdict that rests on suspect results for the most part is none.
void decide(PairedRatio& result, const Evidence& evidence, Quantity quantity) {
    const double low_margin = 1 / (1 + evidence.margin);
    const double high_margin = 1 + evidence.margin;
    const std::string place = result.level ? "" : " over all levels where neither is invalid";
    if (!result.low || !result.high) {
        result.verdict = Verdict::inconclusive;
        result.why = fmt::format("{}{}: {}, and an interval needs three", words(quantity), place,
                                 model::counted(result.pairs, "pair"));
        return;
    }
    std::string shown;
    if (*result.low >= low_margin && *result.high <= high_margin) {
        result.verdict = Verdict::equivalent;
        shown = fmt::format("which lies within the margin of ±{}", model::percent(evidence.margin));
    } else if (*result.low > 1 || *result.high < 1) {
        const bool more = *result.low > 1;
        result.verdict = more == (quantity == Quantity::goodput) ? Verdict::faster : Verdict::slower;
        shown = "which excludes 1";
    } else {
        result.verdict = Verdict::inconclusive;
        shown = "which includes 1 and is wider than the margin";
    }
    result.why =
        fmt::format("{} of {} is {:.3f} times that of {}{}, 95 % interval {:.3f} to {:.3f} over {}, {}",
                    words(quantity), result.contender, *result.ratio, result.baseline, place, *result.low,
                    *result.high, model::counted(result.pairs, "pair"), shown);
    if (result.mostly_suspect()) {
        result.why += fmt::format("{} {} of {} rest on suspect results",
                                  result.verdict == Verdict::inconclusive ? ", and" : ", but",
                                  result.pairs - result.of_valid.pairs, model::counted(result.pairs, "pair"));
        result.verdict = Verdict::inconclusive;
    }
    if (result.of_valid.pairs < result.pairs) result.why += "; " + of_valid_text(result.of_valid);
}

void fill(PairedRatio& result, const Pairs& pairs) {
    result.left_out = pairs.left_out();
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

// "Little's law fails in 14 (…), a p99 touches requests that never ended in 1"
std::string left_out_text(const Pairs& pairs, Quantity quantity) {
    std::vector<std::string> parts;
    if (pairs.against_littles_law > 0)
        parts.push_back(
            fmt::format("Little's law fails in {} (requests sent before the window and waiting on are in no "
                        "percentile, so a p99 is not known)",
                        pairs.against_littles_law));
    if (pairs.without_answers > 0)
        parts.push_back(fmt::format("a p99 touches requests that never ended in {}", pairs.without_answers));
    if (pairs.without_operations > 0)
        parts.push_back(fmt::format("{} is not known in {}", words(quantity), pairs.without_operations));
    return joined(parts, ", ");
}

// Verdict and sentence of what `pairs` gave.
void conclude(PairedRatio& result, const Pairs& pairs, const Evidence& evidence, Quantity quantity) {
    fill(result, pairs);
    const std::string missing =
        pairs.left_out() == 0
            ? ""
            : fmt::format("{} of {} {} left out: {}", pairs.left_out(),
                          model::counted(result.pairs + pairs.left_out(), "pair"),
                          pairs.left_out() == 1 ? "is" : "are", left_out_text(pairs, quantity));
    if (!result.ratio) {
        result.why = missing.empty() ? "no block has a trial of both that is not invalid"
                                     : fmt::format("no ratio of {} is known: {}", words(quantity), missing);
        return;
    }
    decide(result, evidence, quantity);
    if (!missing.empty()) result.why += "; " + missing;
}

}  // namespace

const model::Cell* Evidence::cell(const std::string& contender, std::int64_t level) const {
    const auto found = std::find_if(cells.begin(), cells.end(), [&](const model::Cell& cell) {
        return cell.contender == contender && cell.level == level;
    });
    return found == cells.end() ? nullptr : &*found;
}

PairedRatio ratio_at(const Evidence& evidence, Quantity quantity, const std::string& contender,
                     const std::string& baseline, std::int64_t level) {
    PairedRatio result{.contender = contender, .baseline = baseline, .level = level};
    std::vector<std::string> reasons;
    for (const std::string& side : {contender, baseline})
        if (const model::Cell* cell = evidence.cell(side, level); invalid(cell))
            reasons.push_back(fmt::format("{} is invalid at {}: {}", side,
                                          level_text(evidence.load_model, level), reasons_of(*cell)));
    if (!reasons.empty()) {
        result.verdict = Verdict::invalid;
        result.why = joined(reasons, "; ");
        return result;
    }
    conclude(result, pairs_at(evidence, quantity, contender, baseline, level), evidence, quantity);
    return result;
}

PairedRatio pooled_ratio(const Evidence& evidence, Quantity quantity, const std::string& contender,
                         const std::string& baseline) {
    PairedRatio result{.contender = contender, .baseline = baseline, .level = std::nullopt};
    Pairs pairs;
    for (const std::int64_t level : evidence.levels) {
        const model::Cell* mine = evidence.cell(contender, level);
        const model::Cell* theirs = evidence.cell(baseline, level);
        if (invalid(mine) || invalid(theirs)) continue;
        pairs.add(pairs_at(evidence, quantity, contender, baseline, level));
    }
    std::vector<std::string> reasons;
    for (const std::string& side : {contender, baseline})
        if (std::string text = invalid_levels(evidence, side); !text.empty())
            reasons.push_back(std::move(text));
    conclude(result, pairs, evidence, quantity);
    if (!result.ratio && result.left_out == 0 && !reasons.empty()) {
        result.verdict = Verdict::invalid;
        result.why = "at every level one of them is invalid: " + joined(reasons, "; ");
    }
    return result;
}

}  // namespace joust::analysis
