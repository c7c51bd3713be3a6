#include "probes/audit_probe.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace joust::probes {
namespace {

// Counts an id by the rows that it has.
void count(model::Audit& audit, bool acknowledged, std::int64_t rows) {
    const bool right = rows == audit.rows_left;
    const bool several = rows > audit.rows_left && rows % audit.rows_left == 0;
    if (acknowledged)
        ++(right ? audit.right : rows == 0 ? audit.lost : several ? audit.duplicate : audit.partial);
    else
        ++(right ? audit.unknown_applied : rows == 0 ? audit.unknown_absent : audit.unknown_partial);
}

}  // namespace

model::Audit audit(std::span<const model::IssuedIds> ids,
                   std::span<const std::pair<std::string, std::int64_t>> rows, std::int64_t rows_left) {
    model::Audit audit{.table = {}, .rows_left = rows_left};
    std::unordered_map<std::string_view, std::int64_t> by_id;
    std::int64_t all = 0;
    for (const auto& [id, count] : rows) {
        by_id[id] += count;
        all += count;
    }
    std::int64_t known = 0;
    for (const model::IssuedIds& thread : ids) {
        std::vector<std::uint64_t> unknown;
        for (const model::UnacknowledgedId& id : thread.unacknowledged)
            unknown.push_back(id.sequence);
        std::sort(unknown.begin(), unknown.end());
        for (std::uint64_t sequence = 0; sequence < thread.issued; ++sequence) {
            const auto found = by_id.find(thread.id(sequence));
            const std::int64_t left = found == by_id.end() ? 0 : found->second;
            known += left;
            count(audit, !std::binary_search(unknown.begin(), unknown.end(), sequence), left);
        }
    }
    audit.foreign_rows = static_cast<std::uint64_t>(all - known);
    return audit;
}

std::optional<RowsLeft> rows_left(const model::Workload& workload) {
    std::set<std::pair<std::string, std::int64_t>> declared;
    for (const model::Operation& operation : workload.operations) {
        const model::EffectsContract& effects = operation.effects;
        if (effects.rows.size() != 1 || effects.rows_left <= 0 ||
            operation.body.find("{request_id") == std::string::npos)
            return std::nullopt;
        declared.emplace(effects.rows.begin()->first, effects.rows_left);
    }
    if (declared.size() != 1) return std::nullopt;
    return RowsLeft{declared.begin()->first, declared.begin()->second};
}

Status AuditProbe::finish(model::TrialResult& trial) {
    const auto& ids = trial.samples.ids;
    if (std::any_of(ids.begin(), ids.end(), [](const auto& thread) { return thread.truncated; })) return {};
    const auto contents = database_.rows_by_request(contender_, expected_.table);
    // Whether the server is still sound is asked at the end of the trial, which says why it is not.
    if (!contents) {
        trial.incidents.push_back({model::IncidentKind::not_audited, contents.error().message});
        return {};
    }
    trial.audit = audit(ids, contents->rows, expected_.rows);
    trial.audit->table = expected_.table;
    trial.audit->problem = contents->problem;
    return {};
}

}  // namespace joust::probes
