#include "report/words/recommendations.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/words/cpu_speed.hpp"
#include "report/words/quantities.hpp"
#include "report/words/rules.hpp"
#include "report/words/verdicts.hpp"
#include "report/words/waits.hpp"

namespace joust::report::words {
namespace {

using model::Cell;
using model::PairedRatio;
using model::Quantity;
using model::Remedy;
using model::Verdict;

std::string interval(const PairedRatio& ratio) {
    const std::string text = interval_text(ratio.confidence, ratio.low, ratio.high, 2);
    return fmt::format("ratio {:.2f}{}{}", *ratio.ratio, text.empty() ? "" : ", ", text);
}

// Pairs until the interval is as narrow as the margin on each side, if the spread stays as it is: the width
// falls with the square root of the number.
int pairs_for_margin(const PairedRatio& ratio, double margin) {
    const double half = std::log(*ratio.high / *ratio.low) / 2;
    return static_cast<int>(std::ceil(ratio.pairs * std::pow(half / std::log(1 + margin), 2)));
}

// "django up to 34 % errors", "fastapi few operations": what made its cells invalid.
std::string failure(const RunReport& run, const std::string& contender) {
    std::vector<model::Rule> rules;
    double highest = 0;
    for (const Cell& cell : run.comparison.cells) {
        if (cell.entrant != contender || !invalid(cell)) continue;
        const model::Rule rule = cell.judgement.findings.front().rule;
        if (rule == model::Rule::error_rate) highest = std::max(highest, cell.error_rate());
        if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
    }
    std::vector<std::string> kinds;
    for (const model::Rule rule : rules)
        kinds.push_back(rule == model::Rule::error_rate
                            ? fmt::format("up to {} errors", model::percent(highest))
                            : short_name(rule));
    return contender + " " + (kinds.empty() ? "valid" : joust::joined(kinds, ", "));
}

bool of_either(const Cell& cell, const PairedRatio& ratio) {
    return cell.entrant == ratio.entrant || cell.entrant == ratio.baseline;
}

// What to do about the rules that made a cell of the two invalid.
Prose remedy(const RunReport& run, const PairedRatio& goodput) {
    std::set<Remedy> remedies;
    for (const Cell& cell : run.comparison.cells)
        if (invalid(cell) && of_either(cell, goodput))
            remedies.insert(row(cell.judgement.findings.front().rule).remedy);
    std::vector<Prose> advice;
    if (remedies.erase(Remedy::find_errors) > 0)
        advice.emplace_back(
            "Find the cause of the errors first: the error table, the samples of wrong answers and logs/ "
            "show it.");
    if (remedies.erase(Remedy::lengthen_window) > 0)
        advice.push_back(fmt::format("Too few verified operations fit into a window of {}: lengthen it (",
                                     spoken_exactly(run.benchmark.load.duration)) +
                         code("--set 'load.duration=\"60s\"'") + ") or give more CPU.");
    if (!remedies.empty()) advice.emplace_back("Section Validity and logs/ say what happened.");
    return joined(advice, " ");
}

// What makes most results of the two suspect, turned round.
Prose way_to_valid_results(const RunReport& run, const PairedRatio& goodput) {
    std::set<Remedy> remedies;
    for (const Cell& cell : run.comparison.cells)
        if (cell.judgement.validity == model::Validity::suspect && of_either(cell, goodput))
            for (const model::Finding& finding : cell.judgement.findings)
                if (finding.effects().worst() >= model::Effect::doubts)
                    remedies.insert(row(finding.rule).remedy);
    const bool unlimited = remedies.erase(Remedy::set_limits) > 0;
    const bool unsteady = remedies.erase(Remedy::warm_up_longer) > 0;
    const bool starved = remedies.erase(Remedy::load_less) > 0;
    const bool paused = remedies.erase(Remedy::load_more) > 0;
    std::vector<Prose> ways;
    if (!remedies.empty()) ways.emplace_back("on a quiet host");
    if (unlimited) ways.emplace_back("on a host where limits can be set");
    if (unsteady) ways.push_back("with a longer warm-up (" + code("--set 'load.warmup={max=\"60s\"}'") + ")");
    if (starved)
        ways.push_back("with longer windows (" + code("--set 'load.duration=\"60s\"'") + ") or fewer users");
    if (paused) ways.emplace_back("with more users or without think time");
    if (goodput.doubt != model::Doubt::load_bound)  // of which more would be the load again
        ways.emplace_back(fmt::format("with more blocks (now {})", run.comparison.blocks));
    return "Measure again " + joined(ways, ", ");
}

Prose no_choice(const RunReport& run, const PairedRatio& goodput) {
    const model::RatioEstimate& sure = goodput.without_doubt;
    return fmt::format(
               "Do not choose between {} and {} by this run: {} of {} are in doubt, and {} ({}; {}). ",
               goodput.entrant, goodput.baseline, goodput.pairs - sure.pairs,
               model::counted(goodput.pairs, "pair"), doubt_text(goodput.doubt), interval(goodput),
               sure.ratio ? fmt::format("{:.2f} over the {} without doubt", *sure.ratio,
                                        model::counted(sure.pairs, "pair"))
                          : "none is without doubt") +
           way_to_valid_results(run, goodput) + ".";
}

// A wait, or users' pauses, come before any choice.
Prose end_of_wait(const RunReport& run, const PairedRatio& goodput) {
    const bool idle = goodput.measured == model::Measured::wait;
    const std::string found = interval(goodput);
    return fmt::format(
        "{} before choosing between {} and {} by goodput: {}, so what was measured there is {} "
        "({}).",
        idle ? "Find and end the wait" : "Measure with more users or without think time", goodput.entrant,
        goodput.baseline, wait_in(run.comparison, goodput),
        idle ? "a wait, not work" : "the load, not the service", found);
}

Prose choice(const RunReport& run, const PairedRatio& goodput) {
    if (goodput.ratio && goodput.measured != model::Measured::work) return end_of_wait(run, goodput);
    if (goodput.undecided()) return no_choice(run, goodput);
    if (goodput.basis == model::Basis::within_floor)
        return fmt::format(
            "Find out what sets {} apart from itself on this host before choosing between {} and "
            "{} ({}): {}.",
            goodput.baseline, goodput.entrant, goodput.baseline, interval(goodput), floor_text(goodput));
    if (goodput.basis == model::Basis::undeclared)
        return fmt::format(
            "Find out what was done other than declared before choosing between {} and {} ({}): {}.",
            goodput.entrant, goodput.baseline, interval(goodput), undeclared_text(goodput));
    const double margin = goodput.margin;
    switch (goodput.verdict) {
        case Verdict::faster:
        case Verdict::slower: {
            const std::string& better =
                goodput.verdict == Verdict::faster ? goodput.entrant : goodput.baseline;
            const std::string& other =
                goodput.verdict == Verdict::faster ? goodput.baseline : goodput.entrant;
            return fmt::format(
                "Where goodput under this workload and these limits decides, {} serves more than {} ({}{}). "
                "Another workload, more CPUs or other settings may turn this round: measure yours.",
                better, other, interval(goodput),
                goodput.some_invalid         ? "; only pairs in which neither is invalid count"
                : goodput.invalid_levels > 0 ? "; only levels at which neither is invalid count"
                                             : "");
        }
        case Verdict::equivalent:
            return fmt::format("Do not choose between {} and {} by goodput: {} lies within ±{}.",
                               goodput.entrant, goodput.baseline, interval(goodput), model::percent(margin));
        case Verdict::inconclusive:
            if (const std::string ended = ended_text(run.comparison, goodput); !ended.empty())
                return fmt::format(
                    "{} before choosing between {} and {}: {}.",
                    goodput.basis == model::Basis::ended_early ? "Give the run more time" : "Finish the run",
                    goodput.entrant, goodput.baseline, ended);
            if (goodput.basis == model::Basis::before_look)
                return fmt::format(
                    "Let the run come to its first look before choosing between {} and {}: {} so far "
                    "decide nothing.",
                    goodput.entrant, goodput.baseline, model::counted(goodput.pairs, "pair"));
            if (goodput.low && goodput.high) {
                const std::string quieter = quieter_host(run.comparison, goodput);
                return fmt::format(
                    "Measure more blocks before choosing between {} and {}: {} is too wide. At this spread "
                    "about {} "
                    "would make it as narrow as the margin of ±{} (now {}).{}{}",
                    goodput.entrant, goodput.baseline, interval(goodput),
                    model::counted(pairs_for_margin(goodput, margin), "pair"), model::percent(margin),
                    goodput.pairs, quieter.empty() ? "" : " ", quieter);
            }
            return fmt::format("Measure at least three pairs before choosing between {} and {}: there {} {}.",
                               goodput.entrant, goodput.baseline, goodput.pairs == 1 ? "is" : "are",
                               goodput.pairs);
        case Verdict::invalid:
            break;
    }
    const auto levels = static_cast<std::int64_t>(run.comparison.levels.size());
    return fmt::format(
               "Do not choose between {} and {} by this run: at each of its {} one is invalid ({}; {}). ",
               goodput.entrant, goodput.baseline, model::counted(levels, "level"),
               failure(run, goodput.entrant), failure(run, goodput.baseline)) +
           remedy(run, goodput);
}

void add_conflicts(const RunReport& run, const PairedRatio& goodput, std::vector<Prose>& sentences) {
    const PairedRatio* p99 = run.comparison.ratio(Quantity::response_time_p99, goodput.entrant, std::nullopt);
    if (p99 == nullptr || goodput.measured != model::Measured::work) return;  // the wait goes first
    const bool opposite = (goodput.verdict == Verdict::faster && p99->verdict == Verdict::slower) ||
                          (goodput.verdict == Verdict::slower && p99->verdict == Verdict::faster);
    if (opposite)
        sentences.push_back(fmt::format(
            "Decide whether goodput or tail latency matters: goodput says {} for {} ({}), p99 of "
            "the response time says {} ({}).",
            name(goodput.verdict), goodput.entrant, interval(goodput), name(p99->verdict), interval(*p99)));
}

void add_limits_of_use(const RunReport& run, std::vector<Prose>& sentences) {
    for (const model::BreakingPoint& point : run.comparison.breaking_points) {
        const std::string level = model::level_text(run.benchmark.load.model, point.level);
        const std::string failed = model::percent(point.error_rate) + " of the requests failed there";
        if (point.level == run.comparison.levels.front()) {
            sentences.push_back(fmt::format(
                "Change {} or its configuration before loading it: already at the lowest level, {}, "
                "{}.",
                point.entrant, level, failed));
        } else {
            sentences.push_back(fmt::format("Keep {} below {} in this configuration, or change it: {}.",
                                            point.entrant, level, failed));
        }
    }
    for (const std::string& contender : run.comparison.entrants) {
        for (const Cell& cell : run.comparison.cells) {
            if (cell.entrant != contender || !cell.judgement.has(model::Rule::saturated)) continue;
            const bool idle = cell.judgement.has(model::Rule::nobody_busy);
            sentences.push_back(fmt::format(
                "Do not read latencies of {} {} or above: its median response time there is {}, "
                "with a timeout of {}. {}",
                contender, at_level(run.benchmark, cell.level),
                figure_text(cell, Quantity::response_time_p50), model::limit_text(run.benchmark.load.timeout),
                idle ? "Find what it waits for: nobody was busy."
                     : "Use fewer users, more CPU or less work per request."));
            break;
        }
    }
}

void add_experiment_advice(const RunReport& run, std::vector<Prose>& sentences) {
    for (const model::Plateau& flat : run.comparison.plateaus) {
        if (waited(run.comparison, flat)) continue;  // no level is one of load
        sentences.push_back(fmt::format(
            "To learn how {} grows with load, choose levels below {}: the {} levels from there to "
            "{} gave {} to {}, one number within the margin.",
            flat.entrant, model::level_text(run.benchmark.load.model, flat.first_level), flat.levels,
            flat.last_level, model::rate_text(flat.lowest_rps), model::rate_text(flat.highest_rps)));
    }
    const bool refused =
        std::any_of(run.comparison.incidents.begin(), run.comparison.incidents.end(),
                    [](const model::PlacedIncident& placed) {
                        return placed.incident.kind == model::IncidentKind::database_connections;
                    });
    const auto setting = run.environment.database.settings_in_force.find("max_connections");
    if (refused && setting != run.environment.database.settings_in_force.end())
        sentences.push_back(
            fmt::format("Raise max_connections of the database ({} in this run) or let the contenders open "
                        "fewer connections: it refused some.",
                        setting->second));
    if (run.comparison.blocks == 1 && run.comparison.entrants.size() > 1)
        sentences.push_back("Repeat with at least four blocks (now 1) before acting on a difference: " +
                            code("--set 'experiment.blocks={min=4,max=4}'") + ".");
    if (limits_off(run.comparison))
        sentences.emplace_back(
            "Repeat on a host where limits can be set: with limits off the contenders of this run did not "
            "have equal resources.");
}

}  // namespace

std::vector<Prose> recommendations(const RunReport& run) {
    std::vector<Prose> sentences;
    if (run.comparison.cells.empty()) return sentences;
    for (const PairedRatio& goodput : run.comparison.pooled(Quantity::goodput)) {
        sentences.push_back(choice(run, goodput));
        add_conflicts(run, goodput, sentences);
    }
    add_limits_of_use(run, sentences);
    add_experiment_advice(run, sentences);
    return sentences;
}

}  // namespace joust::report::words
