#include "model/trial_result.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace joust::model {
namespace {

constexpr std::array<std::pair<IncidentKind, std::string_view>, 8> k_incident_names{{
    {IncidentKind::database_connections, "database_connections"},
    {IncidentKind::service_died, "service_died"},
    {IncidentKind::out_of_memory, "out_of_memory"},
    {IncidentKind::clock_jumped, "clock_jumped"},
    {IncidentKind::service_restarted, "service_restarted"},
    {IncidentKind::log_cut, "log_cut"},
    {IncidentKind::not_audited, "not_audited"},
    {IncidentKind::limits_not_in_force, "limits_not_in_force"},
}};

}  // namespace

std::string_view name(IncidentKind kind) {
    return std::find_if(k_incident_names.begin(), k_incident_names.end(),
                        [&](const auto& entry) { return entry.first == kind; })
        ->second;
}

std::optional<IncidentKind> incident_kind(std::string_view name) {
    for (const auto& [kind, text] : k_incident_names)
        if (text == name) return kind;
    return std::nullopt;
}

const Party* TrialResult::party(Role role) const {
    const auto found = std::find_if(parties.begin(), parties.end(),
                                    [role](const Party& party) { return party.role == role; });
    return found == parties.end() ? nullptr : &*found;
}

Party* TrialResult::party(Role role) {
    return const_cast<Party*>(std::as_const(*this).party(role));
}

std::optional<double> steal_share(const TrialResult& trial) {
    return trial.contender_steal_share ? trial.contender_steal_share : trial.samples.conduct.steal_share;
}

}  // namespace joust::model
