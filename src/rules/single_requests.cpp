#include "rules/single_requests.hpp"

namespace joust::rules {
namespace {

// The server itself may make a commit durable before its session does: its writer of the log comes by every
// ten seconds, a snapshot of its writer of pages every fifteen, and whoever answers slowly is looked at that
// long.
constexpr std::uint64_t k_durable_by_chance = 3;
constexpr std::uint64_t k_early_by_chance = 1;     // no reason for one is known
constexpr std::uint64_t k_unsynced_by_chance = 1;  // no reason for one is known

// A program that waits for its file calls for it once in each transaction.
bool too_few(const model::CommitSyncs& counted) {
    return counted.syncs < counted.transactions;
}

}  // namespace

std::vector<model::Misdeed> misdeeds(const model::SlowCommits& slow) {
    std::vector<model::Misdeed> found;
    if (slow.without_commit > k_early_by_chance) found.push_back(model::Misdeed::no_commit);
    if (slow.before_commit > k_early_by_chance) found.push_back(model::Misdeed::answers_first);
    if (slow.before_durable > k_durable_by_chance) found.push_back(model::Misdeed::not_durable);
    return found;
}

std::vector<model::Misdeed> misdeeds(const model::SingleRequests& single) {
    if (single.slow_commits) return misdeeds(*single.slow_commits);
    const auto& rows = single.rows;
    const auto& syncs = single.syncs;
    const bool late = rows && rows->late > 0;
    // Whoever commits after its answer makes its file durable after it, too.
    const bool unsynced = syncs && (too_few(*syncs) || (!late && syncs->early > k_unsynced_by_chance));
    std::vector<model::Misdeed> found;
    if (late) found.push_back(model::Misdeed::answers_first);
    if (rows && rows->as_contract + rows->late < rows->requests) found.push_back(model::Misdeed::other_rows);
    if (unsynced) found.push_back(model::Misdeed::not_durable);
    return found;
}

bool as_contract(const model::SingleRequests& single) {
    if (single.slow_commits) return single.slow_commits->requests > 0 && misdeeds(single).empty();
    return single.rows && single.rows->requests > 0 && single.syncs && single.syncs->requests > 0 &&
           misdeeds(single).empty();
}

}  // namespace joust::rules
