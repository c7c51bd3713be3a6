#include "analysis/lint_settings.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace joust::analysis {
namespace {

using SettingValues = std::map<std::string, std::string>;

// Which of several a session begins with: the role's in the database goes before the role's, and that before
// the database's.
int precedence(const model::OwnSetting& setting) {
    return (setting.role.empty() ? 0 : 2) + (setting.database.empty() ? 0 : 1);
}

SettingValues in_force(std::vector<model::OwnSetting> settings) {
    std::stable_sort(settings.begin(), settings.end(),
                     [](const auto& a, const auto& b) { return precedence(a) < precedence(b); });
    SettingValues values;
    for (const model::OwnSetting& one : settings)
        values[one.name] = one.value;
    return values;
}

// As the last of its trials has them; empty where no trial knows of them.
std::optional<SettingValues> settings_of(const LintCase& about, const std::string& entrant) {
    std::optional<SettingValues> values;
    for (const JudgedTrial& judged : about.trials) {
        const model::TrialResult& trial = *judged.trial;
        if (trial.plan.entrant != entrant || judged.judgement->validity == model::Validity::invalid) continue;
        if (trial.own_settings) values = in_force(trial.own_settings->settings);
    }
    return values;
}

}  // namespace

std::vector<model::Lint> database_settings(const LintCase& about) {
    std::map<std::string, SettingValues> known;
    std::set<std::string> names;
    for (const std::string& entrant : compared_entrants(about))
        if (auto values = settings_of(about, entrant)) {
            for (const auto& [name, value] : *values)
                names.insert(name);
            known.emplace(entrant, std::move(*values));
        }
    std::vector<model::Lint> found;
    for (const std::string& name : names) {
        model::Lint lint{.kind = model::LintKind::database_settings, .subject = name, .sides = {}};
        for (const std::string& entrant : compared_entrants(about)) {
            const auto values = known.find(entrant);
            if (values == known.end()) continue;
            const auto value = values->second.find(name);
            lint.sides.push_back(
                {.entrant = entrant, .text = value == values->second.end() ? std::string() : value->second});
        }
        const bool differ =
            std::any_of(lint.sides.begin(), lint.sides.end(),
                        [&](const model::LintSide& side) { return side.text != lint.sides.front().text; });
        if (differ) found.push_back(std::move(lint));
    }
    return found;
}

}  // namespace joust::analysis
