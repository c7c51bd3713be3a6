#pragma once

#include <string>

#include "model/json_fields.hpp"
#include "model/limits_json.hpp"
#include "model/trial_result.hpp"

// The parties of a trial in its line of trials.jsonl: the keys of each begin with its role.
namespace joust::model {

// A trial has a party of each role, whatever it used.
template <typename F, Is<TrialResult> T>
void party_fields(F& f, T& trial, Role role) {
    auto keys = f.prefixed(std::string(name(role)) + "_");
    if constexpr (F::reading) {
        Party& party = trial.parties.emplace_back();
        party.role = role;
        party.name = role == Role::contender ? trial.plan.entrant : std::string(name(role));
        fields(keys, party.usage);
    } else {
        const Party* party = trial.party(role);
        fields(keys, party != nullptr ? party->usage : Usage{});
    }
}

template <typename F, Is<TrialResult> T>
void limits_field(F& f, T& trial, Role role) {
    const std::string key = std::string(name(role)) + "_limits";
    if constexpr (F::reading) {
        f(key, trial.party(role)->limits_in_force);
    } else {
        const Party* party = trial.party(role);
        f(key, party != nullptr ? party->limits_in_force : std::optional<LimitsInForce>{});
    }
}

}  // namespace joust::model
