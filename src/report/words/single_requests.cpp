#include "report/words/single_requests.hpp"

#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/effects.hpp"

namespace joust::report::words {
namespace {

using model::counted;
using model::Misdeed;

std::string single_requests_text(std::uint64_t count) {
    return counted(static_cast<std::int64_t>(count), "request");
}

std::string unsynced_text(const model::CommitSyncs& syncs) {
    return fmt::format(
        "for {} with {} the service made files durable {} times, and {} of the answers came "
        "before a sync of each of their transactions had ended",
        single_requests_text(syncs.requests),
        counted(static_cast<std::int64_t>(syncs.transactions), "transaction"), syncs.syncs, syncs.early);
}

// "inserted 10.0, updated 0.0, deleted 5.0 rows of users and made 1.0 transactions".
std::string changed_text(const model::OneByOne& rows) {
    std::string text;
    for (const auto& [table, changed] : rows.rows)
        text += fmt::format("inserted {}, updated {}, deleted {} rows of {}, and ",
                            per_request(changed.inserted, rows.requests),
                            per_request(changed.updated, rows.requests),
                            per_request(changed.deleted, rows.requests), table);
    return fmt::format("{}made {} transactions", text,
                       per_request(static_cast<std::int64_t>(rows.transactions), rows.requests));
}

// " (commits that take long: not tried, …)"; "" without any.
std::string reasons_text(const std::vector<model::NotTried>& left_out) {
    std::vector<std::string> reasons;
    for (const model::NotTried& left : left_out)
        reasons.push_back(not_tried_text(left));
    return reasons.empty() ? "" : fmt::format(" ({})", joust::joined(reasons, "; "));
}

}  // namespace

std::string too_soon_text(const model::SlowCommits& slow) {
    return fmt::format(
        "{} of {} were answered sooner than {} after their commit, while the server took that "
        "long to make one durable (the soonest after {})",
        slow.before_durable, single_requests_text(slow.requests), model::span_text(slow.delay),
        model::duration_text(slow.shortest.value_or(slow.delay)));
}

std::string misdeed_text(Misdeed misdeed, const model::SlowCommits& slow) {
    const std::string requests = single_requests_text(slow.requests);
    if (misdeed == Misdeed::answers_first)
        return fmt::format(
            "it commits after it answers: {} of {} were answered before anything was committed",
            slow.before_commit, requests);
    if (misdeed == Misdeed::no_commit)
        return fmt::format(
            "no commit of these tables was seen: for {} of {} none came before the answer, nor behind it",
            slow.without_commit, requests);
    return "it answers before its commits are durable: " + too_soon_text(slow);
}

std::string slow_commits_text(const model::SlowCommits& slow) {
    const std::uint64_t early = slow.before_commit + slow.without_commit + slow.before_durable;
    const std::string counts =
        fmt::format("{} of {}", slow.requests - early, single_requests_text(slow.requests));
    if (!slow.shortest) return counts + " (no commit before an answer)";
    return fmt::format("{}, the soonest {}", counts, model::duration_text(*slow.shortest));
}

std::string misdeed_text(Misdeed misdeed, const model::SingleRequests& single) {
    if (single.slow_commits) return misdeed_text(misdeed, *single.slow_commits);
    if (misdeed == Misdeed::other_rows)
        return fmt::format(
            "{} of {} did something else than the contract when sent one by one; on average of all, each {}",
            single.rows->requests - single.rows->as_contract - single.rows->late,
            single_requests_text(single.rows->requests), changed_text(*single.rows));
    if (misdeed == Misdeed::answers_first)
        return fmt::format("it commits after it answers: {} of {} were answered before others saw their rows",
                           single.rows->late, single_requests_text(single.rows->requests));
    return "it answers before its commits are durable: " + unsynced_text(*single.syncs);
}

std::string one_by_one_text(const model::OneByOne& rows) {
    return fmt::format("{} of {}", rows.as_contract, single_requests_text(rows.requests));
}

std::string synced_text(const model::CommitSyncs& syncs) {
    return fmt::format("{} of {}", syncs.requests - syncs.early, single_requests_text(syncs.requests));
}

std::string not_tried_text(const model::NotTried& left) {
    return fmt::format("{}: not tried, {}", left.part, left.why);
}

std::string untold_text(const model::SingleRequests& single) {
    std::vector<std::string> untold;
    if (!single.rows) untold.emplace_back("which rows a transaction changed");
    if (!single.syncs) untold.emplace_back("whether it waited for the disk");
    return fmt::format("{} is in no log, and single requests did not tell it{}",
                       joust::joined(untold, ", and "), reasons_text(single.left_out));
}

std::string untold_of_server_text(const model::SingleRequests& single) {
    return "whether a commit that takes long is waited for, single requests did not tell" +
           reasons_text(single.left_out);
}

}  // namespace joust::report::words
