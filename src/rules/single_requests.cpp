#include "rules/single_requests.hpp"

namespace joust::rules {
namespace {

constexpr std::uint64_t k_unsynced_by_chance = 1;  // no reason for one is known

// A program that waits for its file calls for it once in each transaction.
bool too_few(const model::CommitSyncs& counted) {
    return counted.syncs < counted.transactions;
}

}  // namespace

std::vector<model::Misdeed> misdeeds(const model::SingleRequests& single) {
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
    return single.rows && single.rows->requests > 0 && single.syncs && single.syncs->requests > 0 &&
           misdeeds(single).empty();
}

}  // namespace joust::rules
