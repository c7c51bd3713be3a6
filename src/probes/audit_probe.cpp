#include "probes/audit_probe.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

namespace joust::probes {
namespace {

struct Left {
    std::int64_t rows = 0;
    std::int64_t as_stated = 0;
};

// Counts an id by the rows that it has.
void count(model::Audit& audit, bool acknowledged, const Left& left) {
    const bool all = left.rows == audit.rows_left;
    const bool right = all && left.as_stated == left.rows;
    const bool several = left.rows > audit.rows_left && left.rows % audit.rows_left == 0;
    if (acknowledged)
        ++(right            ? audit.right
           : all            ? audit.wrong_values
           : left.rows == 0 ? audit.lost
           : several        ? audit.duplicate
                            : audit.partial);
    else
        ++(right ? audit.unknown_applied : left.rows == 0 ? audit.unknown_absent : audit.unknown_partial);
}

}  // namespace

model::Audit audit(std::span<const model::IssuedIds> ids, std::span<const database::RowsOfRequest> rows,
                   std::int64_t rows_left) {
    model::Audit audit{.table = {}, .rows_left = rows_left};
    std::unordered_map<std::string_view, Left> by_id;
    std::int64_t all = 0;
    for (const database::RowsOfRequest& one : rows) {
        Left& left = by_id[one.request_id];
        left.rows += one.rows;
        left.as_stated += one.as_stated;
        all += one.rows;
    }
    std::int64_t known = 0;
    for (const model::IssuedIds& thread : ids) {
        std::vector<std::uint64_t> unknown;
        for (const model::UnacknowledgedId& id : thread.unacknowledged)
            unknown.push_back(id.sequence);
        std::sort(unknown.begin(), unknown.end());
        for (std::uint64_t sequence = 0; sequence < thread.issued; ++sequence) {
            const auto found = by_id.find(thread.id(sequence));
            const Left left = found == by_id.end() ? Left{} : found->second;
            known += left.rows;
            count(audit, !std::binary_search(unknown.begin(), unknown.end(), sequence), left);
        }
    }
    audit.foreign_rows = static_cast<std::uint64_t>(all - known);
    return audit;
}

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
    const auto contents = database_.rows_by_request(contender_, {expected_.table, expected_.values});
    // Whether the server is still sound is asked at the end of the trial, which says why it is not.
    if (!contents) {
        trial.incidents.push_back({model::IncidentKind::not_audited, contents.error().message});
        return {};
    }
    trial.audit = audit(ids, contents->rows, expected_.rows);
    trial.audit->table = expected_.table;
    trial.audit->values = expected_.values;
    trial.audit->problem = contents->problem;
    return {};
}

}  // namespace joust::probes
