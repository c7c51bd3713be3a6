#include "analysis/ratios.hpp"

#include <algorithm>

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

// Empty where the trial has no such figure: no operation, or a p99 that is only known to be at least so long.
std::optional<double> figure(const TrialResult& trial, Quantity quantity) {
    const model::Samples& samples = trial.samples;
    switch (quantity) {
        case Quantity::goodput:
            return samples.goodput_rps();
        case Quantity::cpu_per_operation:
            if (samples.completed_in_window == 0) return std::nullopt;
            return seconds(trial.contender.cpu.total()) / static_cast<double>(samples.completed_in_window);
        case Quantity::response_time_p99:
            break;
    }
    const stats::Histogram& times = samples.response_time;
    if (times.empty() || times.count() < 100 * samples.censored) return std::nullopt;
    return static_cast<double>(times.value_at_quantile(0.99));
}

struct Pairs {
    std::vector<double> log_ratios;
    int without_figure = 0;  // pairs of valid trials in which one side lacks the figure
};

Pairs pairs_at(const Evidence& evidence, Quantity quantity, const std::string& contender,
               const std::string& baseline, std::int64_t level) {
    Pairs pairs;
    for (const JudgedTrial& one : evidence.trials) {
        if (one.trial->plan.contender != contender || one.trial->plan.level != level || !one.counts())
            continue;
        for (const JudgedTrial& other : evidence.trials) {
            if (other.trial->plan.contender != baseline || other.trial->plan.level != level ||
                other.trial->plan.block != one.trial->plan.block || !other.counts())
                continue;
            const auto mine = figure(*one.trial, quantity);
            const auto theirs = figure(*other.trial, quantity);
            const auto logarithm = mine && theirs ? stats::log_ratio(*mine, *theirs) : std::nullopt;
            if (logarithm) {
                pairs.log_ratios.push_back(*logarithm);
            } else {
                ++pairs.without_figure;
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

// Equivalence comes first: an interval within the margin is too small an effect to matter, even if it
// excludes 1.
void decide(PairedRatio& result, const Evidence& evidence, Quantity quantity) {
    const double low_margin = 1 / (1 + evidence.margin);
    const double high_margin = 1 + evidence.margin;
    const std::string place = result.level ? "" : " over all levels where both are valid";
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
}

void fill(PairedRatio& result, const std::optional<stats::PairedRatio>& paired) {
    if (!paired) return;
    result.pairs = static_cast<int>(paired->pairs);
    result.ratio = paired->ratio;
    if (paired->interval) {
        result.low = paired->interval->low;
        result.high = paired->interval->high;
    }
}

std::string no_pair(Quantity quantity, int without_figure) {
    if (without_figure == 0) return "no block has a valid trial of both";
    if (quantity == Quantity::response_time_p99)
        return "the p99 touches requests that never ended, so its ratio is not known";
    return fmt::format("{} is not known in any pair", words(quantity));
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
    const Pairs pairs = pairs_at(evidence, quantity, contender, baseline, level);
    fill(result, stats::paired_ratio(pairs.log_ratios));
    if (result.ratio) {
        decide(result, evidence, quantity);
    } else {
        result.why = no_pair(quantity, pairs.without_figure);
    }
    return result;
}

PairedRatio pooled_ratio(const Evidence& evidence, Quantity quantity, const std::string& contender,
                         const std::string& baseline) {
    PairedRatio result{.contender = contender, .baseline = baseline, .level = std::nullopt};
    std::vector<std::vector<double>> by_level;
    int without_figure = 0;
    for (const std::int64_t level : evidence.levels) {
        const model::Cell* mine = evidence.cell(contender, level);
        const model::Cell* theirs = evidence.cell(baseline, level);
        if (invalid(mine) || invalid(theirs)) continue;
        Pairs pairs = pairs_at(evidence, quantity, contender, baseline, level);
        without_figure += pairs.without_figure;
        if (!pairs.log_ratios.empty()) by_level.push_back(std::move(pairs.log_ratios));
    }
    fill(result, stats::pooled_paired_ratio(by_level));
    std::vector<std::string> reasons;
    for (const std::string& side : {contender, baseline})
        if (std::string text = invalid_levels(evidence, side); !text.empty())
            reasons.push_back(std::move(text));
    if (result.ratio) {
        decide(result, evidence, quantity);
    } else if (!reasons.empty() && without_figure == 0) {
        result.verdict = Verdict::invalid;
        result.why = "no level is valid for both: " + joined(reasons, "; ");
    } else {
        result.why = no_pair(quantity, without_figure);
    }
    return result;
}

}  // namespace joust::analysis
