#include "probes/audit_probe.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "probes/audit_count.hpp"

namespace joust::probes {

std::optional<RowsLeft> rows_left(const model::Workload& workload) {
    using Declared = std::tuple<std::string, std::int64_t, std::map<std::string, std::string>>;
    std::set<Declared> declared;
    for (const model::Operation& operation : workload.operations) {
        const model::EffectsContract& effects = operation.effects;
        if (effects.rows.size() != 1 || effects.rows_left <= 0 ||
            operation.body.find("{request_id") == std::string::npos)
            return std::nullopt;
        declared.emplace(effects.rows.begin()->first, effects.rows_left, effects.values_left);
    }
    if (declared.size() != 1) return std::nullopt;
    const auto& [table, rows, values] = *declared.begin();
    return RowsLeft{table, rows, values};
}

Status AuditProbe::finish(model::TrialResult& trial) {
    const auto& ids = trial.samples.ids;
    if (std::any_of(ids.begin(), ids.end(), [](const auto& thread) { return thread.truncated; })) return {};
    AuditCount count(ids, expected_.rows);
    const auto problem =
        database_.rows_by_request(contender_, {expected_.table, expected_.values},
                                  [&](const database::RowsOfRequest& rows) { count.add(rows); });
    // Whether the server is still sound is asked at the end of the trial, which says why it is not.
    if (!problem) {
        trial.incidents.push_back({model::IncidentKind::not_audited, problem.error().message});
        return {};
    }
    trial.audit = count.result();
    trial.audit->table = expected_.table;
    trial.audit->values = expected_.values;
    trial.audit->problem = *problem;
    return {};
}

}  // namespace joust::probes
