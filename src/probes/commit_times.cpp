#include "probes/commit_times.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "probes/change_count.hpp"

namespace joust::probes {
namespace {

// An answer that has waited for the delay may seem to be a little faster, as the clock may be adjusted.
constexpr Nanoseconds k_waited = database::k_slow_commit * 9 / 10;

bool within(const Answered& request, WallTime commit) {
    return commit >= request.sent && commit <= request.answered;
}

// A commit that comes while another is made durable may be made so together with it, sooner than it seems.
bool shared(WallTime commit, const std::vector<WallTime>& others) {
    return std::any_of(others.begin(), others.end(), [&](WallTime other) {
        return other <= commit && commit - other < 2 * database::k_slow_commit;
    });
}

}  // namespace

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
    bool in_two_steps = false;
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
                in_two_steps = true;
                break;
            case database::WalAct::inserted:
            case database::WalAct::updated:
            case database::WalAct::deleted:
            case database::WalAct::withdrawn:
                if (relations.contains(record.relation)) changing.insert(record.transaction);
                break;
        }
    }));
    if (in_two_steps) return fail(ErrorKind::unsupported, "{}", k_two_steps);
    return times;
}

model::SlowCommits slow_commits(const std::vector<Answered>& requests, const CommitTimes& commits) {
    // The last one that came while nobody was asked: it may be of any request that was answered before.
    std::optional<WallTime> behind;
    for (const WallTime commit : commits.of_tables)
        if (std::none_of(requests.begin(), requests.end(),
                         [&](const Answered& request) { return within(request, commit); }))
            behind = std::max(behind.value_or(commit), commit);
    model::SlowCommits slow{.delay = database::k_slow_commit};
    for (const Answered& request : requests) {
        std::optional<WallTime> last;
        for (const WallTime commit : commits.of_tables)
            if (within(request, commit)) last = commit;
        if (last && shared(*last, commits.others)) continue;
        ++slow.requests;
        if (!last) {
            ++(behind && *behind > request.answered ? slow.before_commit : slow.without_commit);
            continue;
        }
        const Nanoseconds waited = request.answered - *last;
        if (waited < k_waited) ++slow.before_durable;
        slow.shortest = std::min(slow.shortest.value_or(waited), waited);
    }
    return slow;
}

}  // namespace joust::probes
