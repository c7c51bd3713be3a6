#pragma once

#include <string>

#include "files/json_fields.hpp"
#include "files/limits_json.hpp"
#include "model/trial_result.hpp"

// The parties of a trial in its line of trials.jsonl: the keys of each begin with its role.
namespace joust::files {

// A trial has a party of each role, whatever it used.
template <typename F, Is<model::TrialResult> T>
void party_fields(F& f, T& trial, model::Role role) {
    auto keys = f.prefixed(std::string(name(role)) + "_");
    if constexpr (F::reading) {
        model::Party& party = trial.parties.emplace_back();
        party.role = role;
        party.name = role == model::Role::contender ? trial.plan.entrant : std::string(name(role));
        fields(keys, party.usage);
    } else {
        const model::Party* party = trial.party(role);
        fields(keys, party != nullptr ? party->usage : model::Usage{});
    }
}

template <typename F, Is<model::TrialResult> T>
void limits_field(F& f, T& trial, model::Role role) {
    const std::string key = std::string(name(role)) + "_limits";
    if constexpr (F::reading) {
        f(key, trial.party(role)->limits_in_force);
    } else {
        const model::Party* party = trial.party(role);
        f(key, party != nullptr ? party->limits_in_force : std::optional<model::LimitsInForce>{});
    }
}

}  // namespace joust::files
