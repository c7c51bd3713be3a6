#include "analysis/headline.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "model/wording.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Comparison;
using model::PairedRatio;
using model::Verdict;

bool invalid(const Cell& cell) {
    return cell.judgement.validity == model::Validity::invalid;
}

// "4, 50 and 200 users"; from five levels on "50 to 1000 users".
std::string levels_text(const std::vector<std::int64_t>& levels, model::LoadModel model) {
    if (levels.size() == 1) return level_text(model, levels.front());
    const std::string last = level_text(model, levels.back());
    if (levels.size() >= 5) return fmt::format("{} to {}", levels.front(), last);
    std::vector<std::string> firsts;
    for (std::size_t i = 0; i + 1 < levels.size(); ++i)
        firsts.push_back(std::to_string(levels[i]));
    return joined(firsts, ", ") + " and " + last;
}

constexpr std::size_t k_most_listed = 3;  // different reasons of one kind; of more, one is the example

// Invalid cells of one contender with the same kind of reason, by rising level.
struct Failure {
    std::string code;
    std::vector<const Cell*> cells;
};

std::vector<Failure> failures(const Comparison& comparison, const std::string& contender) {
    std::vector<Failure> all;
    for (const Cell& cell : comparison.cells) {
        if (cell.contender != contender || !invalid(cell)) continue;
        const std::string& code = cell.judgement.reasons.front().code;
        auto known = std::find_if(all.begin(), all.end(), [&](const Failure& f) { return f.code == code; });
        if (known == all.end()) known = all.insert(all.end(), {code, {}});
        known->cells.push_back(&cell);
    }
    return all;
}

const std::string& reason_of(const Cell& cell) {
    return cell.judgement.reasons.front().text;
}

// "django at 50 and 200 users: 34 % errors (limit 1 %), all timeouts"; of several rates, the worst with its
// level. Any other number is said of the level that it belongs to.
std::string invalid_sentence(const Failure& failure, const std::string& contender, model::LoadModel model) {
    const std::vector<const Cell*>& cells = failure.cells;
    std::vector<std::int64_t> levels;
    for (const Cell* cell : cells)
        levels.push_back(cell->level);
    const auto differ = [&](auto&& text) {
        return std::any_of(cells.begin(), cells.end(),
                           [&](const Cell* cell) { return text(*cell) != text(*cells.front()); });
    };
    const std::string where = fmt::format("{} at {}: ", contender, levels_text(levels, model));
    if (failure.code == "error_rate") {
        const Cell& worst = **std::max_element(cells.begin(), cells.end(), [](const Cell* a, const Cell* b) {
            return a->error_rate < b->error_rate;
        });
        if (!differ([](const Cell& cell) { return model::percent(cell.error_rate); }))
            return where + reason_of(worst);
        return fmt::format("{}up to {}, at {}", where, reason_of(worst), level_text(model, worst.level));
    }
    if (!differ(reason_of)) return where + reason_of(*cells.front());
    if (cells.size() > k_most_listed) {
        std::string words = failure.code;
        std::replace(words.begin(), words.end(), '_', ' ');
        return fmt::format("{}{}, for example at {} {}", where, words,
                           level_text(model, cells.front()->level), reason_of(*cells.front()));
    }
    std::vector<std::string> parts;
    for (const Cell* cell : cells)
        parts.push_back(
            fmt::format("{} at {}: {}", contender, level_text(model, cell->level), reason_of(*cell)));
    return joined(parts, "; ");
}

std::vector<std::string> invalid_sentences(const Comparison& comparison) {
    std::vector<std::string> sentences;
    for (const std::string& contender : comparison.contenders)
        for (const Failure& failure : failures(comparison, contender))
            sentences.push_back(invalid_sentence(failure, contender, comparison.load_model));
    return sentences;
}

std::string interval_text(const std::optional<double>& low, const std::optional<double>& high) {
    return low && high ? fmt::format("95 % interval {:.2f} to {:.2f}", *low, *high) : "";
}

// "over the 6 pairs of valid results 1.35, 95 % interval 1.33 to 1.37"
std::string valid_pairs_text(const model::RatioEstimate& of_valid) {
    if (!of_valid.ratio) return "no pair has valid results on both sides";
    const std::string interval = interval_text(of_valid.low, of_valid.high);
    return fmt::format("over the {} of valid results {:.2f}{}{}", model::counted(of_valid.pairs, "pair"),
                       *of_valid.ratio, interval.empty() ? "" : ", ", interval);
}

// What stands in brackets after a ratio.
std::string basis(const PairedRatio& ratio) {
    const std::string pairs = model::counted(ratio.pairs, "pair");
    if (!ratio.low || !ratio.high) return pairs + ", too few for an interval";
    return interval_text(ratio.low, ratio.high) + ", " + pairs +
           (ratio.of_valid.pairs < ratio.pairs ? "; " + valid_pairs_text(ratio.of_valid) : "");
}

std::string undecided(const PairedRatio& pooled, const std::string& where) {
    const std::string pairs = model::counted(pooled.pairs, "pair");
    const std::string interval = interval_text(pooled.low, pooled.high);
    return fmt::format(
        "whether {} is faster than {}{} is not decided: {} of {} rest on suspect results (ratio of goodput "
        "over all {} {:.2f}{}{}; {})",
        pooled.contender, pooled.baseline, where, pooled.pairs - pooled.of_valid.pairs, pairs, pairs,
        *pooled.ratio, interval.empty() ? "" : ", ", interval, valid_pairs_text(pooled.of_valid));
}

std::string sentence(const PairedRatio& pooled, bool everywhere) {
    const std::string where = everywhere ? "" : " at the levels where neither is invalid";
    if (pooled.ratio && pooled.mostly_suspect()) return undecided(pooled, where);
    switch (pooled.verdict) {
        case Verdict::faster:
        case Verdict::slower:
            return fmt::format("{} is {} than {}{}: {:.2f} times its goodput ({})", pooled.contender,
                               name(pooled.verdict), pooled.baseline, where, *pooled.ratio, basis(pooled));
        case Verdict::equivalent:
            return fmt::format("{} and {} are equivalent{}: the ratio of their goodput is {:.2f} ({})",
                               pooled.contender, pooled.baseline, where, *pooled.ratio, basis(pooled));
        case Verdict::inconclusive:
            if (pooled.ratio)
                return fmt::format(
                    "whether {} is faster than {}{} cannot be told: {:.2f} times its goodput ({})",
                    pooled.contender, pooled.baseline, where, *pooled.ratio, basis(pooled));
            break;
        case Verdict::invalid:
            return fmt::format("{} and {} cannot be ranked: at every level one of them is invalid",
                               pooled.contender, pooled.baseline);
    }
    return fmt::format("{} and {} cannot be compared: {}", pooled.contender, pooled.baseline, pooled.why);
}

// "19 of 40 results are suspect (no steady state: 19, littles law: 14). …"; empty where none is.
std::string suspects(const Comparison& comparison) {
    std::map<std::string, int> counts;
    int cells = 0;
    for (const Cell& cell : comparison.cells) {
        if (cell.judgement.validity != model::Validity::suspect) continue;
        ++cells;
        for (const model::Reason& reason : cell.judgement.reasons)
            ++counts[reason.code];
    }
    if (cells == 0) return "";
    std::vector<std::string> parts;
    for (const auto& [code, count] : counts) {
        std::string words = code;
        std::replace(words.begin(), words.end(), '_', ' ');
        parts.push_back(fmt::format("{}: {}", words, count));
    }
    return fmt::format("{} of {} {} suspect ({}). {}heir numbers deserve doubt.", cells,
                       model::counted(static_cast<std::int64_t>(comparison.cells.size()), "result"),
                       cells == 1 ? "is" : "are", joined(parts, ", "),
                       comparison.contenders.size() > 1 ? "They are compared all the same, and t" : "T");
}

std::string alone(const Comparison& comparison) {
    const Cell* best = nullptr;
    for (const Cell& cell : comparison.cells)
        if (!invalid(cell) && (best == nullptr || cell.goodput_rps.value > best->goodput_rps.value))
            best = &cell;
    if (best == nullptr) return "no level is valid";
    return fmt::format("{} alone, nothing to compare with: at most {} verified operations, at {}",
                       best->contender, model::rate_text(best->goodput_rps.value),
                       level_text(comparison.load_model, best->level));
}

}  // namespace

std::optional<std::string> winner(const Evidence& evidence, const std::vector<std::string>& contenders) {
    if (contenders.size() < 2 || std::any_of(evidence.cells.begin(), evidence.cells.end(), invalid))
        return std::nullopt;
    for (const std::string& candidate : contenders) {
        const bool beats_all =
            std::all_of(contenders.begin(), contenders.end(), [&](const std::string& other) {
                return other == candidate ||
                       pooled_ratio(evidence, Quantity::goodput, candidate, other).verdict == Verdict::faster;
            });
        if (beats_all) return candidate;
    }
    return std::nullopt;
}

std::string headline(const Comparison& comparison) {
    if (comparison.cells.empty()) return "Nothing was measured: there is no finished trial";
    const std::vector<std::string> invalids = invalid_sentences(comparison);
    std::vector<std::string> sentences;
    for (const PairedRatio& ratio : comparison.goodput)
        if (!ratio.level) sentences.push_back(sentence(ratio, invalids.empty()));
    if (comparison.contenders.size() == 1) sentences.push_back(alone(comparison));
    std::string text = joined(sentences, "; ");
    if (text.starts_with("whether")) text.front() = 'W';  // a contender's name keeps its spelling
    if (!invalids.empty()) {
        text += ". Invalid: " + joined(invalids, "; ");
        if (comparison.contenders.size() > 1) text += ". No winner";
    }
    return text + ".";
}

std::vector<std::string> warnings(const Comparison& comparison, const model::Benchmark& benchmark,
                                  const std::vector<model::TrialResult>& trials) {
    std::vector<std::string> sentences;
    const std::size_t planned = static_cast<std::size_t>(benchmark.experiment.blocks_min) *
                                benchmark.load.levels.size() * benchmark.contenders.size();
    if (trials.size() < planned)
        sentences.push_back(
            fmt::format("The run ended early: {} of {} trials were finished.", trials.size(), planned));
    if (comparison.blocks == 1)
        sentences.push_back(
            "One block only: every contender ran once at each level, so the noise from repeat to repeat is "
            "not known. An "
            "interval over the levels shows how much the ratio differs from level to level, not how well it "
            "repeats.");
    if (std::string doubts = suspects(comparison); !doubts.empty()) sentences.push_back(std::move(doubts));
    const auto unlimited = std::count_if(trials.begin(), trials.end(), [](const model::TrialResult& trial) {
        return !trial.contender_limits.has_value();
    });
    if (unlimited > 0)
        sentences.push_back(fmt::format(
            "Limits were off in {} of {} trials: contenders did not have equal resources, and nothing kept "
            "them apart from the database and the load generator.",
            unlimited, trials.size()));
    return sentences;
}

}  // namespace joust::analysis
