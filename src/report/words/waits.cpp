#include "report/words/waits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/rules.hpp"

namespace joust::report::words {
namespace {

using model::Cell;
using model::Comparison;

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

// Whether a ratio has pairs of that level.
bool counts(const Comparison& comparison, const model::PairedRatio& ratio, std::int64_t level) {
    if (ratio.level && level != *ratio.level) return false;
    const Cell* mine = comparison.cell(ratio.entrant, level);
    const Cell* theirs = comparison.cell(ratio.baseline, level);
    return mine != nullptr && theirs != nullptr && !in_no_ratio(*mine) && !in_no_ratio(*theirs);
}

// Those of an entrant that make of a ratio what it is said to be of (see model::Measured).
std::vector<const Cell*> cells_of(const Comparison& comparison, const model::PairedRatio& ratio,
                                  const std::string& entrant) {
    const model::Rule rule =
        ratio.measured == model::Measured::wait ? model::Rule::nobody_busy : model::Rule::think_time;
    std::vector<const Cell*> cells = cells_with(comparison, entrant, rule);
    std::erase_if(cells, [&](const Cell* cell) { return !counts(comparison, ratio, cell->level); });
    return cells;
}

struct Stretch {
    std::int64_t first;
    std::int64_t last;
};

// Of five levels or more those that follow one another in `all`, three or more, are one stretch.
std::vector<Stretch> stretches(const std::vector<std::int64_t>& levels,
                               const std::vector<std::int64_t>& all) {
    constexpr std::ptrdiff_t k_least = 3;
    std::vector<Stretch> found;
    for (auto here = levels.begin(); here != levels.end();) {
        const auto end =
            std::mismatch(here, levels.end(), std::find(all.begin(), all.end(), *here), all.end()).first;
        if (levels.size() >= 5 && end - here >= k_least) {
            found.push_back({*here, *std::prev(end)});
            here = end;
        } else {
            found.push_back({*here, *here});
            ++here;
        }
    }
    return found;
}

std::string places_text(const std::vector<const Cell*>& cells, const Comparison& comparison) {
    std::vector<std::int64_t> levels;
    for (const Cell* cell : cells)
        levels.push_back(cell->level);
    return fmt::format("{} at {}", cells.front()->entrant, levels_text(levels, comparison));
}

const model::InUse& use_in(const Cell& cell) {
    return *facts_of<model::InUse>(cell, model::Rule::nobody_busy);
}

// What is waited for, whatever its numbers are.
bool same_wait(const Cell& one, const Cell& other) {
    const auto& mine = use_in(one).wait;
    const auto& theirs = use_in(other).wait;
    if (!mine || !theirs) return mine.has_value() == theirs.has_value();
    if (mine->index() != theirs->index()) return false;
    const auto* session = std::get_if<model::SessionWait>(&*mine);
    return session == nullptr || session->what == std::get<model::SessionWait>(*theirs).what;
}

// "x at 8 users (of what they may use, the contender used 2 %, …), a wait for …", of cells with the same
// wait; numbers are those of the busiest.
std::string wait_of_alike(const std::vector<const Cell*>& cells, const Comparison& comparison) {
    const bool several = cells.size() > 1;
    const Cell& most = **std::max_element(cells.begin(), cells.end(), [](const Cell* a, const Cell* b) {
        return use_in(*a).total() < use_in(*b).total();
    });
    const model::InUse& use = use_in(most);
    std::string text = fmt::format("{} ({}of what they may use, {})", places_text(cells, comparison),
                                   several ? "at most, " : "", in_use_text(use));
    if (!use.wait) return text;
    text += ", a wait for " + wait_text(*use.wait);
    if (several) text += fmt::format(" (told of {})", level_text(comparison.load_model, most.level));
    return text;
}

// Levels that wait for different things are told apart.
std::string wait_of(std::vector<const Cell*> cells, const Comparison& comparison) {
    std::vector<std::string> parts;
    while (!cells.empty()) {
        const Cell& first = *cells.front();
        const auto others = std::stable_partition(cells.begin(), cells.end(),
                                                  [&](const Cell* cell) { return same_wait(*cell, first); });
        parts.push_back(wait_of_alike({cells.begin(), others}, comparison));
        cells.erase(cells.begin(), others);
    }
    return joust::joined(parts, "; ");
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

}  // namespace

std::string levels_text(const std::vector<std::int64_t>& levels, const Comparison& comparison) {
    std::vector<std::string> parts;
    for (const auto& [first, last] : stretches(levels, comparison.levels)) {
        const std::string end =
            last == levels.back() ? level_text(comparison.load_model, last) : std::to_string(last);
        parts.push_back(first == last ? end : fmt::format("{} to {}", first, end));
    }
    const std::string end = parts.back();
    parts.pop_back();
    return parts.empty() ? end : joust::joined(parts, ", ") + " and " + end;
}

std::string waits(const Comparison& comparison) {
    std::vector<std::string> sentences;
    const std::string idle =
        told_of_all(comparison, model::Rule::nobody_busy,
                    [&](const std::vector<const Cell*>& cells) { return wait_of(cells, comparison); });
    if (!idle.empty())
        sentences.push_back("Nobody was busy, so what was measured is a wait, not work: " + idle + ".");
    const std::string thinking =
        told_of_all(comparison, model::Rule::think_time, [&](const std::vector<const Cell*>& cells) {
            const auto* bound = facts_of<model::ThinkBound>(*cells.front(), model::Rule::think_time);
            return fmt::format("{} (think time {})", places_text(cells, comparison),
                               model::limit_text(bound->think_time));
        });
    if (!thinking.empty())
        sentences.push_back(
            "Limited by think time, so what was measured is the load, not the service: " + thinking + ".");
    return joust::joined(sentences, " ");
}

std::string wait_in(const Comparison& comparison, const model::PairedRatio& ratio) {
    if (ratio.measured == model::Measured::work) return "";
    std::vector<std::string> places;
    for (const std::string& entrant : {ratio.entrant, ratio.baseline})
        if (const auto cells = cells_of(comparison, ratio, entrant); !cells.empty())
            places.push_back(places_text(cells, comparison));
    return (ratio.measured == model::Measured::wait ? "nobody was busy with "
                                                    : "users' think time was the limit of ") +
           joust::joined(places, " and ");
}

bool in_part(const Comparison& comparison, const model::PairedRatio& ratio) {
    if (ratio.level || ratio.measured == model::Measured::work) return false;
    std::set<std::int64_t> waiting;
    for (const std::string& entrant : {ratio.entrant, ratio.baseline})
        for (const Cell* cell : cells_of(comparison, ratio, entrant))
            waiting.insert(cell->level);
    return std::any_of(comparison.levels.begin(), comparison.levels.end(), [&](std::int64_t level) {
        return counts(comparison, ratio, level) && !waiting.contains(level);
    });
}

bool waited(const Comparison& comparison, const model::Plateau& plateau) {
    return std::any_of(comparison.cells.begin(), comparison.cells.end(), [&](const Cell& cell) {
        const bool in_it = cell.entrant == plateau.entrant && cell.level >= plateau.first_level &&
                           cell.level <= plateau.last_level;
        return in_it &&
               (cell.judgement.has(model::Rule::nobody_busy) || cell.judgement.has(model::Rule::think_time));
    });
}

}  // namespace joust::report::words
