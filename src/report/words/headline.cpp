#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/host_floor.hpp"
#include "report/words/rules.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report::words {
namespace {

using model::Cell;
using model::Comparison;
using model::PairedRatio;
using model::Quantity;
using model::Verdict;

// "4, 50 and 200 users"; from five levels on "50 to 1000 users".
std::string levels_text(const std::vector<std::int64_t>& levels, model::LoadModel model) {
    if (levels.size() == 1) return level_text(model, levels.front());
    const std::string last = level_text(model, levels.back());
    if (levels.size() >= 5) return fmt::format("{} to {}", levels.front(), last);
    std::vector<std::string> firsts;
    for (std::size_t i = 0; i + 1 < levels.size(); ++i)
        firsts.push_back(std::to_string(levels[i]));
    return joust::joined(firsts, ", ") + " and " + last;
}

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
std::string failure_sentence(const Failure& failure, const std::string& contender, model::LoadModel model) {
    const std::vector<const Cell*>& cells = failure.cells;
    std::vector<std::int64_t> levels;
    for (const Cell* cell : cells)
        levels.push_back(cell->level);
    const auto differ = [&](auto&& text) {
        return std::any_of(cells.begin(), cells.end(),
                           [&](const Cell* cell) { return text(*cell) != text(*cells.front()); });
    };
    const std::string where = fmt::format("{} at {}: ", contender, levels_text(levels, model));
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
            sentences.push_back(failure_sentence(failure, contender, comparison.load_model));
    return sentences;
}

// "over the 6 pairs without doubt 1.35, 95 % interval 1.33 to 1.37"
std::string sure_text(const PairedRatio& ratio) {
    const model::RatioEstimate& sure = ratio.without_doubt;
    if (!sure.ratio) return "no pair is without doubt";
    const std::string interval = interval_text(ratio.confidence, sure.low, sure.high, 2);
    return fmt::format("over the {} without doubt {:.2f}{}{}", model::counted(sure.pairs, "pair"),
                       *sure.ratio, interval.empty() ? "" : ", ", interval);
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

std::string verdict_clause(const Comparison& comparison, const PairedRatio& pooled, bool everywhere) {
    const std::string where = everywhere ? "" : " at the levels where neither is invalid";
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

template <typename Facts>
const Facts* facts_of(const Cell& cell, model::Rule rule) {
    for (const model::Finding& finding : cell.judgement.findings)
        if (finding.rule == rule) return std::get_if<Facts>(&finding.facts);
    return nullptr;
}

// Cells of one entrant that broke the rule, by rising level.
std::vector<const Cell*> cells_with(const Comparison& comparison, const std::string& entrant,
                                    model::Rule rule) {
    std::vector<const Cell*> cells;
    for (const Cell& cell : comparison.cells)
        if (cell.entrant == entrant && cell.judgement.has(rule)) cells.push_back(&cell);
    return cells;
}

std::string places_text(const std::vector<const Cell*>& cells, model::LoadModel model) {
    std::vector<std::int64_t> levels;
    for (const Cell* cell : cells)
        levels.push_back(cell->level);
    return fmt::format("{} at {}", cells.front()->entrant, levels_text(levels, model));
}

// "x at 8 users (of what they may use, the contender used 2 %, …); its wait is …", told of the busiest cell.
std::string wait_of(const std::vector<const Cell*>& cells, model::LoadModel model) {
    const model::InUse* most = nullptr;
    std::optional<model::Wait> wait;
    for (const Cell* cell : cells) {
        const auto* used = facts_of<model::InUse>(*cell, model::Rule::nobody_busy);
        if (most == nullptr || used->total() > most->total()) most = used;
        if (used->wait) wait = used->wait;
    }
    return fmt::format("{} ({}of what they may use, {}){}", places_text(cells, model),
                       cells.size() > 1 ? "at most, " : "", in_use_text(*most),
                       wait ? ", a wait for " + wait_text(*wait) : "");
}

// Of every entrant that broke the rule, in one list; empty where none did.
template <typename Text>
std::string told_of_all(const Comparison& comparison, model::Rule rule, Text&& text) {
    std::vector<std::string> parts;
    for (const std::string& entrant : comparison.entrants)
        if (const auto cells = cells_with(comparison, entrant, rule); !cells.empty())
            parts.push_back(text(cells));
    return joust::joined(parts, "; ");
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

// "19 of 40 results are suspect (littles law: 14, no steady state: 19). …"
std::string suspects(const Comparison& comparison, const model::Caveat& caveat) {
    std::map<std::string, int> counts;
    for (const Cell& cell : comparison.cells)
        if (cell.judgement.validity == model::Validity::suspect)
            for (const model::Finding& finding : cell.judgement.findings)
                if (finding.effects().worst() >= model::Effect::doubts) ++counts[short_name(finding.rule)];
    std::vector<std::string> parts;
    for (const auto& [name, count] : counts)
        parts.push_back(fmt::format("{}: {}", name, count));
    return fmt::format("{} of {} {} suspect ({}). {}heir numbers deserve doubt.", caveat.some,
                       model::counted(static_cast<std::int64_t>(caveat.of), "result"),
                       caveat.some == 1 ? "is" : "are", joust::joined(parts, ", "),
                       comparison.entrants.size() > 1 ? "They are compared all the same, and t" : "T");
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

std::string warning(const Comparison& comparison, const model::Caveat& caveat) {
    switch (caveat.kind) {
        case model::Caveat::Kind::ended_early:
            return fmt::format("The run ended early: {} of {} trials were finished.", caveat.some, caveat.of);
        case model::Caveat::Kind::one_block:
            return "One block only: every contender ran once at each level, so the noise from repeat to "
                   "repeat is not known. An interval over the levels shows how much the ratio differs from "
                   "level to level, not how well it repeats.";
        case model::Caveat::Kind::suspects:
            return suspects(comparison, caveat);
        case model::Caveat::Kind::steal:
            return fmt::format(
                "Other guests of the hypervisor took CPU time from {} of {} trials: ratios are those at the "
                "steal of "
                "this run (median {}); without steal they may differ.",
                caveat.some, caveat.of, model::percent(caveat.share));
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

std::string waits(const Comparison& comparison) {
    std::vector<std::string> sentences;
    const std::string idle = told_of_all(
        comparison, model::Rule::nobody_busy,
        [&](const std::vector<const Cell*>& cells) { return wait_of(cells, comparison.load_model); });
    if (!idle.empty())
        sentences.push_back("Nobody was busy, so what was measured is a wait, not work: " + idle + ".");
    const std::string thinking =
        told_of_all(comparison, model::Rule::think_time, [&](const std::vector<const Cell*>& cells) {
            const auto* bound = facts_of<model::ThinkBound>(*cells.front(), model::Rule::think_time);
            return fmt::format("{} (think time {})", places_text(cells, comparison.load_model),
                               model::limit_text(bound->think_time));
        });
    if (!thinking.empty())
        sentences.push_back(
            "Limited by think time, so what was measured is the load, not the service: " + thinking + ".");
    return joust::joined(sentences, " ");
}

std::string verdict(const Comparison& comparison) {
    if (comparison.cells.empty()) return "Nothing was measured: there is no finished trial";
    const std::vector<std::string> failures = failure_sentences(comparison);
    std::vector<std::string> clauses;
    for (const PairedRatio& ratio : comparison.pooled(Quantity::goodput))
        clauses.push_back(verdict_clause(comparison, ratio, failures.empty()));
    if (comparison.entrants.size() == 1) clauses.push_back(alone(comparison));
    if (comparison.entrants.size() == 2 && comparison.again) clauses.push_back(host_floor(comparison));
    std::string text = joust::joined(clauses, "; ");
    if (text.starts_with("whether") || text.starts_with("what this host"))
        text.front() = 'W';  // a contender's name keeps its spelling
    if (!failures.empty()) {
        text += ". Invalid: " + joust::joined(failures, "; ");
        if (comparison.entrants.size() > 1) text += ". No winner";
    }
    return text + ".";
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

std::string headline(const Comparison& comparison) {
    std::vector<std::string> sentences{waits(comparison), not_proven(comparison), verdict(comparison)};
    std::erase(sentences, "");
    return joust::joined(sentences, " ");
}

std::vector<std::string> warnings(const Comparison& comparison) {
    std::vector<std::string> sentences;
    for (const model::Caveat& caveat : comparison.caveats)
        if (!about_proof(caveat)) sentences.push_back(warning(comparison, caveat));
    // A run of nothing else has it for its headline.
    if (comparison.again && comparison.entrants.size() > 2) {
        std::string floor = host_floor(comparison);
        floor.front() = 'W';
        sentences.push_back(floor + ".");
    }
    return sentences;
}

}  // namespace joust::report::words
