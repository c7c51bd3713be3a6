#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/host_floor.hpp"
#include "report/words/rules.hpp"
#include "report/words/verdicts.hpp"
#include "report/words/waits.hpp"

namespace joust::report::words {
namespace {

using model::Cell;
using model::Comparison;
using model::PairedRatio;
using model::Quantity;
using model::Verdict;

constexpr std::size_t k_most_listed = 3;  // different findings of one rule; of more, one is the example

// Invalid cells of one contender that the same rule made so, by rising level.
struct Failure {
    model::Rule rule;
    std::vector<const Cell*> cells;
};

std::vector<Failure> failures(const Comparison& comparison, const std::string& contender) {
    std::vector<Failure> all;
    for (const Cell& cell : comparison.cells) {
        if (cell.entrant != contender || !invalid(cell)) continue;
        const model::Rule rule = cell.judgement.findings.front().rule;
        auto known = std::find_if(all.begin(), all.end(), [&](const Failure& f) { return f.rule == rule; });
        if (known == all.end()) known = all.insert(all.end(), {rule, {}});
        known->cells.push_back(&cell);
    }
    return all;
}

std::string reason_of(const Cell& cell) {
    return sentence(cell.judgement.findings.front());
}

// "django at 50 and 200 users: 34 % errors (limit 1 %), all timeouts"; of several rates, the worst with its
// level. Any other number is said of the level that it belongs to.
std::string failure_sentence(const Failure& failure, const std::string& contender,
                             const Comparison& comparison) {
    const model::LoadModel model = comparison.load_model;
    const std::vector<const Cell*>& cells = failure.cells;
    std::vector<std::int64_t> levels;
    for (const Cell* cell : cells)
        levels.push_back(cell->level);
    const auto differ = [&](auto&& text) {
        return std::any_of(cells.begin(), cells.end(),
                           [&](const Cell* cell) { return text(*cell) != text(*cells.front()); });
    };
    const std::string where = fmt::format("{} at {}: ", contender, levels_text(levels, comparison));
    if (failure.rule == model::Rule::error_rate) {
        const Cell& worst = **std::max_element(cells.begin(), cells.end(), [](const Cell* a, const Cell* b) {
            return a->error_rate() < b->error_rate();
        });
        if (!differ([](const Cell& cell) { return model::percent(cell.error_rate()); }))
            return where + reason_of(worst);
        return fmt::format("{}up to {}, at {}", where, reason_of(worst), level_text(model, worst.level));
    }
    if (!differ(reason_of)) return where + reason_of(*cells.front());
    if (cells.size() > k_most_listed)
        return fmt::format("{}{}, for example at {} {}", where, short_name(failure.rule),
                           level_text(model, cells.front()->level), reason_of(*cells.front()));
    std::vector<std::string> parts;
    for (const Cell* cell : cells)
        parts.push_back(
            fmt::format("{} at {}: {}", contender, level_text(model, cell->level), reason_of(*cell)));
    return joust::joined(parts, "; ");
}

std::vector<std::string> failure_sentences(const Comparison& comparison) {
    std::vector<std::string> sentences;
    for (const std::string& contender : comparison.entrants)
        for (const Failure& failure : failures(comparison, contender))
            sentences.push_back(failure_sentence(failure, contender, comparison));
    return sentences;
}

// Nobody has won, and one of those that are ranked has a trial that speaks against it, or is invalid.
bool winner_withheld(const Comparison& comparison) {
    const bool others = comparison.entrants.size() > (comparison.again ? 2U : 1U);
    return others && !comparison.winner &&
           std::any_of(comparison.cells.begin(), comparison.cells.end(), [&](const Cell& cell) {
               return (invalid(cell) || cell.trials_at_fault > 0) && cell.entrant != comparison.again;
           });
}

// "at 50 users a worker was replaced (1 of 4 trials)": what speaks against an entrant where it is not barred.
std::string faults_of(const Comparison& comparison, const PairedRatio& pooled, const std::string& entrant) {
    const auto barred = [&](const std::string& side, std::int64_t level) {
        const Cell* cell = comparison.cell(side, level);
        return cell != nullptr && cell->barred;
    };
    std::vector<std::string> parts;
    for (const Cell& cell : comparison.cells) {
        if (cell.entrant != entrant || barred(pooled.entrant, cell.level) ||
            barred(pooled.baseline, cell.level))
            continue;
        for (const model::Finding& finding : cell.judgement.findings)
            if (model::fault_of({finding}) != model::Fault::none)
                parts.push_back(fmt::format("at {} {}", level_text(comparison.load_model, cell.level),
                                            sentence(finding)));
    }
    return joust::joined(parts, "; ");
}

std::string against(const Comparison& comparison, const PairedRatio& pooled, const std::string& entrant,
                    int pairs) {
    if (pairs == 0) return "";
    return fmt::format("{} of {} of {} and {} {} in no ratio, for what speaks against {}: {}.", pairs,
                       model::counted(pooled.pairs + pooled.left_out.total() + pooled.void_pairs.all, "pair"),
                       pooled.entrant, pooled.baseline, pairs == 1 ? "is" : "are", entrant,
                       faults_of(comparison, pooled, entrant));
}

// What stands in brackets after a ratio.
std::string basis(const PairedRatio& ratio) {
    const std::string pairs = model::counted(ratio.pairs, "pair");
    if (ratio.basis == model::Basis::before_look) return pairs + " so far, before the first look";
    if (!ratio.low || !ratio.high) return pairs + ", too few for an interval";
    const std::string steal = steal_text(ratio, 2);
    return interval_text(ratio.confidence, ratio.low, ratio.high, 2) + ", " + pairs +
           (steal.empty() ? "" : "; " + steal) +
           (ratio.doubt == model::Doubt::none ? "" : "; " + sure_text(ratio));
}

std::string undecided(const PairedRatio& pooled, const std::string& where) {
    const std::string pairs = model::counted(pooled.pairs, "pair");
    return fmt::format(
        "whether {} is faster than {}{} is not decided: {} of {} are in doubt, and {} (ratio of goodput over "
        "all {} {:.2f}, {}; {})",
        pooled.entrant, pooled.baseline, where, pooled.pairs - pooled.without_doubt.pairs, pairs,
        doubt_text(pooled.doubt), pairs, *pooled.ratio,
        interval_text(pooled.confidence, pooled.low, pooled.high, 2), sure_text(pooled));
}

std::string verdict_clause(const Comparison& comparison, const PairedRatio& pooled) {
    const std::string where(where_ranked(pooled));
    if (const std::string ended = ended_text(comparison, pooled); !ended.empty())
        return fmt::format(
            "whether {} is faster than {}{} is not decided: {} ({:.2f} times its goodput over {})",
            pooled.entrant, pooled.baseline, where, ended, *pooled.ratio,
            model::counted(pooled.pairs, "pair"));
    if (pooled.undecided()) return undecided(pooled, where);
    switch (pooled.verdict) {
        case Verdict::faster:
        case Verdict::slower:
            return fmt::format("{} is {} than {}{}: {:.2f} times its goodput ({})", pooled.entrant,
                               name(pooled.verdict), pooled.baseline, where, *pooled.ratio, basis(pooled));
        case Verdict::equivalent:
            return fmt::format("{} and {} are equivalent{}: the ratio of their goodput is {:.2f} ({})",
                               pooled.entrant, pooled.baseline, where, *pooled.ratio, basis(pooled));
        case Verdict::inconclusive:
            if (pooled.basis == model::Basis::within_floor)
                return fmt::format(
                    "whether {} is faster than {}{} is not decided: {:.2f} times its goodput ({}), and {}",
                    pooled.entrant, pooled.baseline, where, *pooled.ratio, basis(pooled), floor_text(pooled));
            if (pooled.basis == model::Basis::undeclared)
                return fmt::format(
                    "whether {} is faster than {}{} is not decided: {:.2f} times its goodput ({}), but {}",
                    pooled.entrant, pooled.baseline, where, *pooled.ratio, basis(pooled),
                    undeclared_text(pooled));
            if (pooled.ratio)
                return fmt::format(
                    "whether {} is faster than {}{} cannot be told: {:.2f} times its goodput ({})",
                    pooled.entrant, pooled.baseline, where, *pooled.ratio, basis(pooled));
            break;
        case Verdict::invalid:
            return fmt::format("{} and {} cannot be ranked: at every level one of them is invalid",
                               pooled.entrant, pooled.baseline);
    }
    return fmt::format("{} and {} cannot be compared: {}", pooled.entrant, pooled.baseline,
                       why(comparison, pooled));
}

std::string alone(const Comparison& comparison) {
    const auto goodput = [](const Cell& cell) { return cell.at(Quantity::goodput).value; };
    const Cell* best = nullptr;
    for (const Cell& cell : comparison.cells)
        if (!invalid(cell) && (best == nullptr || goodput(cell) > goodput(*best))) best = &cell;
    if (best == nullptr) return "no level is valid";
    return fmt::format("{} alone, nothing to compare with: at most {} verified operations, at {}",
                       best->entrant, model::rate_text(goodput(*best)),
                       level_text(comparison.load_model, best->level));
}

// Of which figures the suspect cells deserve doubt.
std::string what_suspects_are_worth(const Comparison& comparison) {
    int all = 0;
    int latency_alone = 0;
    int bounds_alone = 0;  // of these
    for (const Cell& cell : comparison.cells) {
        if (cell.judgement.validity != model::Validity::suspect) continue;
        ++all;
        if (doubtful(cell, model::Aspect::goodput) || doubtful(cell, model::Aspect::cost)) continue;
        ++latency_alone;
        bounds_alone += doubtful(cell, model::Aspect::latency) ? 0 : 1;
    }
    if (bounds_alone == all)
        return "It is their latencies alone, which are lower bounds (≥): their goodput stands.";
    if (latency_alone == all) return "It is their latencies alone that deserve doubt: their goodput stands.";
    const std::string_view compared =
        comparison.entrants.size() > 1 ? "They are compared all the same, and their" : "Their";
    if (latency_alone == 0) return fmt::format("{} numbers deserve doubt.", compared);
    return fmt::format("{} numbers deserve doubt, of {} of them the latencies alone.", compared,
                       latency_alone);
}

// "19 of 40 results are suspect (littles law: 14, no steady state: 19). …"
std::string suspects(const Comparison& comparison, const model::Caveat& caveat) {
    std::map<std::string, int> counts;
    for (const Cell& cell : comparison.cells)
        if (cell.judgement.validity == model::Validity::suspect)
            for (const model::Finding& finding : cell.judgement.findings)
                if (finding.effects().worst() >= model::Effect::doubts) ++counts[short_name(finding)];
    std::vector<std::string> parts;
    for (const auto& [name, count] : counts)
        parts.push_back(fmt::format("{}: {}", name, count));
    return fmt::format("{} of {} {} suspect ({}). {}", caveat.some,
                       model::counted(static_cast<std::int64_t>(caveat.of), "result"),
                       caveat.some == 1 ? "is" : "are", joust::joined(parts, ", "),
                       what_suspects_are_worth(comparison));
}

std::string containers(const model::Caveat& caveat) {
    const std::string isolation =
        "Limits hold there as for processes, but neighbours on the host have been measured to disturb "
        "containers more than they disturb virtual machines: leave the host alone while it measures.";
    if (caveat.some == caveat.of) return "The contenders ran in Docker containers. " + isolation;
    return fmt::format(
        "{} of {} contenders ran in Docker containers, the others as processes: ratios between "
        "them include what the runtime costs. {}",
        caveat.some, caveat.of, isolation);
}

bool about_proof(const model::Caveat& caveat) {
    return caveat.kind == model::Caveat::Kind::unproven || caveat.kind == model::Caveat::Kind::not_counted;
}

std::string nothing_proven(const model::Caveat& caveat) {
    return fmt::format(
        "In {} of {} trials nothing proves that requests did what the workload declares: answers were "
        "checked, "
        "and their effects were not. A contender that answers without doing the work is not told from one "
        "that "
        "does it.",
        caveat.some, caveat.of);
}

// Of all whose same part was not counted for the same reason: "Files of a (in 4 of 4 trials) and b (…) …".
std::string not_counted(const std::vector<const model::Caveat*>& alike) {
    std::vector<std::string> whose;
    for (const model::Caveat* caveat : alike)
        whose.push_back(fmt::format("{} (in {} of {})", caveat->entrant, caveat->some,
                                    model::counted(static_cast<std::int64_t>(caveat->of), "trial")));
    const model::Caveat& first = *alike.front();
    return fmt::format("{} of {} were not counted, so whether {} that work is open: {}.",
                       first.part == model::Caveat::Part::files ? "Files" : "Rows and transactions",
                       joust::joined(whose, ", "), alike.size() == 1 ? "it does" : "they do", first.why);
}

std::string no_repeats(const std::string& why) {
    return why +
           ", so the noise from repeat to repeat is not known. An interval over the levels shows how much "
           "the ratio differs from level to level, not how well it repeats.";
}

// Of all that it is so of.
std::string one_pair_a_level(const Comparison& comparison) {
    std::vector<std::string> whose;
    for (const model::Caveat& caveat : comparison.caveats)
        if (caveat.kind == model::Caveat::Kind::one_pair_a_level)
            whose.push_back(fmt::format("of {} and {}", caveat.entrant, comparison.baseline));
    return no_repeats(fmt::format("No two pairs {}{} left at one level", joust::joined(whose, ", or "),
                                  whose.size() == 1 ? " are" : ", are"));
}

std::string warning(const Comparison& comparison, const model::Caveat& caveat) {
    switch (caveat.kind) {
        case model::Caveat::Kind::ended_early:
            return fmt::format("The run ended early: {} of {} trials were finished.", caveat.some, caveat.of);
        case model::Caveat::Kind::one_block:
            return no_repeats("One block only: every contender ran once at each level");
        case model::Caveat::Kind::one_pair_a_level:
            return one_pair_a_level(comparison);
        case model::Caveat::Kind::suspects:
            return suspects(comparison, caveat);
        case model::Caveat::Kind::steal:
            return fmt::format(
                "Other guests of the hypervisor took CPU time from {} of {} trials{}: ratios are those at "
                "the "
                "steal of {} (median {}); without steal they may differ.",
                caveat.some, caveat.of, caveat.lens == model::Lens::equal_rate ? " at the equal rate" : "",
                caveat.lens == model::Lens::equal_rate ? "these" : "this run", model::percent(caveat.share));
        case model::Caveat::Kind::added_steal:
            return fmt::format(
                "In {} of {} trials CPU time that a program of this experiment took from the contender "
                "counts as "
                "steal (JOUST_STEAL_FILE): this run tells of verdicts under steal, not of a host.",
                caveat.some, caveat.of);
        case model::Caveat::Kind::containers:
            return containers(caveat);
        case model::Caveat::Kind::unproven:     // not_proven() tells it,
        case model::Caveat::Kind::not_counted:  // and this
        case model::Caveat::Kind::limits_off:
            break;
    }
    return fmt::format(
        "Limits were off in {} of {} trials: contenders did not have equal resources, and nothing kept them "
        "apart from the database and the load generator.",
        caveat.some, caveat.of);
}

}  // namespace

std::string sure_text(const model::PairedRatio& ratio) {
    const model::RatioEstimate& sure = ratio.without_doubt;
    if (!sure.ratio) return "no pair is without doubt";
    const std::string interval = interval_text(ratio.confidence, sure.low, sure.high, 2);
    return fmt::format("over the {} without doubt {:.2f}{}{}{}", model::counted(sure.pairs, "pair"),
                       *sure.ratio, interval.empty() ? "" : ", ", interval, sure_between_levels_text(ratio));
}

std::string verdict(const Comparison& comparison) {
    if (comparison.cells.empty()) return "Nothing was measured: there is no finished trial";
    const std::vector<std::string> failures = failure_sentences(comparison);
    std::vector<std::string> clauses;
    for (const PairedRatio& ratio : comparison.pooled(Quantity::goodput))
        clauses.push_back(verdict_clause(comparison, ratio));
    if (comparison.entrants.size() == 1) clauses.push_back(alone(comparison));
    if (comparison.entrants.size() == 2 && comparison.again) clauses.push_back(host_floor(comparison));
    std::string text = joust::joined(clauses, "; ");
    if (text.starts_with("whether") || text.starts_with("what this host"))
        text.front() = 'W';  // a contender's name keeps its spelling
    if (!failures.empty()) {
        text += ". Invalid: " + joust::joined(failures, "; ");
        const auto pooled = comparison.pooled(Quantity::goodput);
        if (std::any_of(pooled.begin(), pooled.end(), std::mem_fn(&PairedRatio::some_invalid)))
            text += ". Pairs in which neither trial is invalid count all the same";
    }
    if (winner_withheld(comparison)) text += ". No winner";
    return text + ".";
}

std::string_view where_ranked(const PairedRatio& ratio) {
    if (ratio.invalid_levels == 0) return "";
    return ratio.some_invalid ? " over the pairs in which neither is invalid"
                              : " at the levels where neither is invalid";
}

std::string undeclared_text(const PairedRatio& ratio) {
    std::vector<std::string> parts;
    for (const auto& [entrant, trials] : {std::pair(ratio.entrant, ratio.void_pairs.undeclared_by_entrant),
                                          std::pair(ratio.baseline, ratio.void_pairs.undeclared_by_baseline)})
        if (trials > 0)
            parts.push_back(
                fmt::format("{} did other than declared in {}", entrant, model::counted(trials, "trial")));
    return joust::joined(parts, " and ") + ", and the code was the same in the others";
}

std::string against_contenders(const Comparison& comparison) {
    std::vector<std::string> sentences;
    for (const PairedRatio& pooled : comparison.pooled(Quantity::goodput)) {
        const model::VoidPairs& found = pooled.void_pairs;
        sentences.push_back(against(comparison, pooled, pooled.entrant, found.by_entrant));
        sentences.push_back(against(comparison, pooled, pooled.baseline, found.by_baseline));
    }
    std::erase(sentences, "");
    return joust::joined(sentences, " ");
}

std::string not_proven(const Comparison& comparison) {
    std::vector<std::string> sentences;
    std::map<std::pair<model::Caveat::Part, std::string>, std::vector<const model::Caveat*>> alike;
    for (const model::Caveat& caveat : comparison.caveats) {
        if (caveat.kind == model::Caveat::Kind::unproven) sentences.push_back(nothing_proven(caveat));
        if (caveat.kind == model::Caveat::Kind::not_counted)
            alike[{caveat.part, caveat.why}].push_back(&caveat);
    }
    for (const auto& [reason, caveats] : alike)
        sentences.push_back(not_counted(caveats));
    return joust::joined(sentences, " ");
}

std::string before_ratios(const Comparison& comparison) {
    std::vector<std::string> sentences{waits(comparison), not_proven(comparison),
                                       against_contenders(comparison)};
    // A run of nothing else has it for its headline.
    if (comparison.entrants.size() > 2) sentences.push_back(host_differs(comparison));
    std::erase(sentences, "");
    return joust::joined(sentences, " ");
}

std::string headline(const Comparison& comparison) {
    const std::string before = before_ratios(comparison);
    return before + (before.empty() ? "" : " ") + verdict(comparison);
}

std::vector<std::string> warnings(const Comparison& comparison) {
    std::vector<std::string> sentences;
    for (const model::Caveat& caveat : comparison.caveats) {
        if (about_proof(caveat)) continue;
        std::string sentence = warning(comparison, caveat);  // may be of several alike
        if (std::find(sentences.begin(), sentences.end(), sentence) == sentences.end())
            sentences.push_back(std::move(sentence));
    }
    // A run of nothing else has it for its headline.
    if (comparison.again && comparison.entrants.size() > 2) {
        std::string floor = host_floor(comparison);
        floor.front() = 'W';
        sentences.push_back(floor + ".");
    }
    return sentences;
}

}  // namespace joust::report::words
