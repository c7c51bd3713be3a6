#include "probes/commit_times.hpp"

#include <algorithm>
#include <cstdint>

namespace joust::probes {

Result<CommitTimes> commit_times(database::Database& database, const std::string& contender,
                                 const std::set<std::string>& tables) {
    JOUST_TRY(const auto log, database.changes_in_turn(contender));
    if (!log) return fail(ErrorKind::unsupported, "this database has no log that can be read");
    std::set<std::string, std::less<>> relations;
    for (const database::TableStates* states : {&log->before, &log->after})
        for (const auto& [table, state] : *states)
            if (tables.contains(table)) relations.insert(state.relation);
    std::set<std::uint32_t> changing;  // transactions that have changed rows and not ended
    CommitTimes times;
    const auto ended = [&](const database::WalRecord& record) {
        bool changed = changing.erase(record.transaction) > 0;
        for (const std::uint32_t subtransaction : record.subtransactions)
            changed = changing.erase(subtransaction) > 0 || changed;
        return changed;
    };
    JOUST_CHECK(database.read_changes(*log, [&](const database::WalRecord& record) {
        switch (record.act) {
            case database::WalAct::committed:
                (ended(record) ? times.of_tables : times.others).push_back(record.time);
                break;
            case database::WalAct::aborted:
                ended(record);
                break;
            case database::WalAct::prepared:
                break;
            case database::WalAct::inserted:
            case database::WalAct::updated:
            case database::WalAct::deleted:
            case database::WalAct::withdrawn:
                if (relations.contains(record.relation)) changing.insert(record.transaction);
                break;
        }
    }));
    return times;
}

}  // namespace joust::probes
