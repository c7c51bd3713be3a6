#include "analysis/lint_declared.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "base/text.hpp"

namespace joust::analysis {
namespace {

using model::ContenderFacts;
using model::Lint;
using model::LintKind;
using model::LintSide;
using model::Stack;

/// An entrant and what is known of it.
struct Known {
    std::string entrant;
    const ContenderFacts* facts;
};

std::vector<Known> known(const LintCase& about) {
    std::vector<Known> found;
    for (const std::string& entrant : compared_entrants(about))
        if (const ContenderFacts* facts = known_facts(about, entrant)) found.push_back({entrant, facts});
    return found;
}

bool all_alike(const std::vector<LintSide>& sides) {
    return std::all_of(sides.begin(), sides.end(), [&](const LintSide& side) {
        return side.value == sides.front().value && side.text == sides.front().text;
    });
}

// Nothing where all have the same number.
std::vector<Lint> numbers(const LintCase& about, LintKind kind, int Stack::* number) {
    Lint lint{.kind = kind, .subject = {}, .sides = {}};
    for (const Known& one : known(about))
        lint.sides.push_back(
            {.entrant = one.entrant, .value = static_cast<double>(one.facts->stack.*number), .text = {}});
    if (lint.sides.size() < 2 || all_alike(lint.sides)) return {};
    return {lint};
}

using Texts = std::map<std::string, std::string>;

// One for each key that differs; where `both`, only of those entrants that have it.
std::vector<Lint> texts(const LintCase& about, LintKind kind, bool both,
                        const Texts& (*of)(const ContenderFacts&)) {
    const std::vector<Known> all = known(about);
    std::set<std::string> keys;
    for (const Known& one : all)
        for (const auto& [key, text] : of(*one.facts))
            keys.insert(key);
    std::vector<Lint> found;
    for (const std::string& key : keys) {
        Lint lint{.kind = kind, .subject = key, .sides = {}};
        for (const Known& one : all) {
            const Texts& notes = of(*one.facts);
            const auto note = notes.find(key);
            if (note == notes.end() && both) continue;
            lint.sides.push_back(
                {.entrant = one.entrant, .text = note == notes.end() ? std::string() : note->second});
        }
        if (lint.sides.size() > 1 && !all_alike(lint.sides)) found.push_back(std::move(lint));
    }
    return found;
}

// Switches of servers and runtimes of which each one does more for a request than production does.
constexpr std::array<std::string_view, 9> k_switches{
    "--reload",    "--debug",           "--dev",     "--access-log",     "--access-logfile",
    "--accesslog", "--log-level=debug", "--inspect", "--log-level=trace"};
constexpr std::array<std::string_view, 4> k_modes{"NODE_ENV", "APP_ENV", "FLASK_ENV", "RAILS_ENV"};
constexpr std::array<std::string_view, 5> k_off{"", "0", "false", "no", "off"};

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& all, std::string_view text) {
    return std::find(all.begin(), all.end(), text) != all.end();
}

std::string switch_of(const std::vector<std::string>& command) {
    for (std::size_t i = 0; i < command.size(); ++i) {
        const std::string& word = command[i];
        if (is_one_of(k_switches, word)) return word;
        std::string name = word.substr(0, word.find('='));
        if (name == "--access-logfile") return name;
        if (word == "--log-level" && i + 1 < command.size() &&
            (command[i + 1] == "debug" || command[i + 1] == "trace"))
            return word + " " + command[i + 1];
    }
    return "";
}

std::string switch_of(const Texts& settings) {
    for (const auto& [name, value] : settings) {
        const std::string set = lower(value);
        const bool debug = lower(name).find("debug") != std::string::npos && !is_one_of(k_off, set);
        if (debug || (is_one_of(k_modes, name) && set == "development")) return name;
    }
    return "";
}

std::string switch_of(const std::optional<model::SourceLine>& debug) {
    return debug ? fmt::format("DEBUG = True ({} line {})", debug->file, debug->line) : "";
}

// That of the manifest, and over it that of the benchmark.
Texts environment_of(const LintCase& about, const Known& one) {
    Texts environment = one.facts->environment;
    for (const model::Entrant& entrant : about.benchmark.entrants)
        if (entrant.label == one.entrant)
            for (const auto& [name, value] : entrant.variant.settings)
                environment[name] = value;
    return environment;
}

// Requests until a worker is replaced; 0 is never.
constexpr std::array<std::string_view, 4> k_recycling{"--max-requests", "--limit-max-requests",
                                                      "--max-worker-lifetime", "--worker-lifetime"};
constexpr std::array<std::string_view, 5> k_keep_alive{"--keep-alive", "--keepalive", "--timeout-keep-alive",
                                                       "--keep-alive-timeout", "--keepalive-timeout"};

// What a command says after one of these switches, as "--name value" or "--name=value"; "" where it has none.
template <std::size_t size>
std::string value_of(const std::array<std::string_view, size>& switches,
                     const std::vector<std::string>& command) {
    for (std::size_t i = 0; i < command.size(); ++i) {
        const std::string& word = command[i];
        const std::size_t equals = word.find('=');
        if (!is_one_of(switches, word.substr(0, equals))) continue;
        if (equals != std::string::npos) return word.substr(equals + 1);
        return i + 1 < command.size() ? command[i + 1] : "";
    }
    return "";
}

template <std::size_t size>
Lint switched(const LintCase& about, LintKind kind, const std::array<std::string_view, size>& switches) {
    Lint lint{.kind = kind, .subject = {}, .sides = {}};
    for (const Known& one : known(about))
        lint.sides.push_back({.entrant = one.entrant, .text = value_of(switches, one.facts->command)});
    return lint;
}

std::vector<Lint> where_they_differ(Lint lint) {
    if (lint.sides.size() < 2 || all_alike(lint.sides)) return {};
    return {std::move(lint)};
}

}  // namespace

const ContenderFacts* known_facts(const LintCase& about, const std::string& entrant) {
    if (about.environment == nullptr) return nullptr;
    const auto& all = about.environment->contenders;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const ContenderFacts& facts) { return facts.name == entrant; });
    return found == all.end() ? nullptr : &*found;
}

std::vector<Lint> differing_connections(const LintCase& about) {
    return numbers(about, LintKind::db_connections, &Stack::db_connections);
}

std::vector<Lint> differing_workers(const LintCase& about) {
    return numbers(about, LintKind::workers, &Stack::workers);
}

std::vector<Lint> differing_threads(const LintCase& about) {
    auto found = numbers(about, LintKind::threads, &Stack::threads);
    for (Lint& lint : found)
        for (LintSide& side : lint.sides)
            for (const Known& one : known(about))
                if (one.entrant == side.entrant) side.text = one.facts->stack.concurrency;
    return found;
}

std::vector<Lint> differing_notes(const LintCase& about) {
    return texts(about, LintKind::notes, false,
                 [](const ContenderFacts& facts) -> const Texts& { return facts.stack.notes; });
}

std::vector<Lint> differing_versions(const LintCase& about) {
    return texts(about, LintKind::versions, true,
                 [](const ContenderFacts& facts) -> const Texts& { return facts.versions; });
}

std::vector<Lint> differing_recycling(const LintCase& about) {
    Lint lint = switched(about, LintKind::recycling, k_recycling);
    for (LintSide& side : lint.sides)
        if (side.text == "0") side.text.clear();
    return where_they_differ(std::move(lint));
}

std::vector<Lint> differing_keep_alive(const LintCase& about) {
    return where_they_differ(switched(about, LintKind::keep_alive, k_keep_alive));
}

std::vector<Lint> differing_constraints(const LintCase& about) {
    std::map<std::string, std::size_t> who_have;
    std::vector<Known> all = known(about);
    std::erase_if(all, [](const Known& one) { return one.facts->constraints.empty(); });
    for (const Known& one : all)
        for (const std::string& constraint : one.facts->constraints)
            ++who_have[constraint];
    Lint lint{.kind = LintKind::constraints, .subject = {}, .sides = {}};
    for (const Known& one : all) {
        const auto& own = one.facts->constraints;
        std::vector<std::string> apart;
        for (const auto& [constraint, entrants] : who_have) {
            const bool has = std::find(own.begin(), own.end(), constraint) != own.end();
            const bool most_have = 2 * entrants > all.size();
            if (entrants < all.size() && has != most_have) apart.push_back((has ? "" : "no ") + constraint);
        }
        lint.sides.push_back({.entrant = one.entrant, .text = joined(apart, "; ")});
    }
    return where_they_differ(std::move(lint));
}

std::vector<Lint> differing_statements(const LintCase& about) {
    Lint lint{.kind = LintKind::statements, .subject = {}, .sides = {}};
    for (const Known& one : known(about)) {
        if (!one.facts->statements || one.facts->statements->requests == 0) return {};
        lint.sides.push_back(
            {.entrant = one.entrant, .value = one.facts->statements->per_request(), .text = {}});
    }
    if (lint.sides.size() < 2) return {};
    const auto [least, most] =
        std::minmax_element(lint.sides.begin(), lint.sides.end(),
                            [](const LintSide& a, const LintSide& b) { return *a.value < *b.value; });
    if (*most->value <= k_statements_ratio * *least->value) return {};
    return {std::move(lint)};
}

std::vector<Lint> development(const LintCase& about) {
    std::vector<Lint> found;
    for (const Known& one : known(about)) {
        std::string which = switch_of(one.facts->command);
        if (which.empty()) which = switch_of(environment_of(about, one));
        if (which.empty()) which = switch_of(one.facts->debug);
        if (which.empty()) continue;
        found.push_back({.kind = LintKind::development,
                         .subject = {},
                         .sides = {{.entrant = one.entrant, .text = std::move(which)}}});
    }
    return found;
}

}  // namespace joust::analysis
