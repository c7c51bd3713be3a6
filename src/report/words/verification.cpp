#include "report/words/verification.hpp"

#include <array>
#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/effects.hpp"

namespace joust::report::words {
namespace {

using model::counted;
using model::Misdeed;

std::string requests_text(std::uint64_t count) {
    return counted(static_cast<std::int64_t>(count), "request");
}

std::string lost_text(const model::Audit& audit) {
    return fmt::format(
        "of {} answered rightly {} had left no row and {} a part of theirs after the database "
        "had been killed behind the last answer",
        requests_text(audit.acknowledged()), audit.lost, audit.partial);
}

std::string soon_text(const model::SlowCommits& slow) {
    return fmt::format(
        "{} of {} were answered sooner than {} after their commit, while the server took that "
        "long to make one durable (the soonest after {})",
        slow.before_durable, requests_text(slow.requests), model::span_text(slow.delay),
        model::duration_text(slow.shortest.value_or(slow.delay)));
}

std::string unsynced_text(const model::CommitSyncs& syncs) {
    return fmt::format(
        "for {} with {} the service made files durable {} times, and {} of the answers came "
        "before a sync of each of their transactions had ended",
        requests_text(syncs.requests), counted(static_cast<std::int64_t>(syncs.transactions), "transaction"),
        syncs.syncs, syncs.early);
}

std::string not_durable_text(const model::Verification& one) {
    std::vector<std::string> parts;
    if (one.slow_commits && one.slow_commits->before_durable > 0)
        parts.push_back(soon_text(*one.slow_commits));
    if (one.crash && one.crash->lost + one.crash->partial > 0) parts.push_back(lost_text(*one.crash));
    if (one.syncs) parts.push_back(unsynced_text(*one.syncs));
    return "it answers before its commits are durable: " + joust::joined(parts, "; ");
}

// "inserted 10.0, updated 0.0, deleted 5.0 rows of users and made 1.0 transactions".
std::string changed_text(const model::OneByOne& single) {
    std::string text;
    for (const auto& [table, rows] : single.rows)
        text += fmt::format("inserted {}, updated {}, deleted {} rows of {}, and ",
                            per_request(rows.inserted, single.requests),
                            per_request(rows.updated, single.requests),
                            per_request(rows.deleted, single.requests), table);
    return fmt::format("{}made {} transactions", text,
                       per_request(static_cast<std::int64_t>(single.transactions), single.requests));
}

std::string first_text(const model::Verification& one) {
    if (one.one_by_one && one.one_by_one->late > 0)
        return fmt::format("{} of {} were answered before others saw their rows", one.one_by_one->late,
                           requests_text(one.one_by_one->requests));
    return fmt::format("{} of {} were answered before anything was committed",
                       one.slow_commits->before_commit, requests_text(one.slow_commits->requests));
}

std::string other_rows_text(const model::OneByOne& single) {
    return fmt::format(
        "{} of {} did something else than the contract when sent one by one; on average of all, each {}",
        single.requests - single.as_contract - single.late, requests_text(single.requests),
        changed_text(single));
}

}  // namespace

std::string proof_text(model::Proof proof) {
    constexpr std::array<const char*, 3> texts{"proven", "open", "not as the contract"};
    return texts[static_cast<std::size_t>(proof)];
}

std::string misdeed_text(Misdeed misdeed, const model::Verification& one) {
    if (misdeed == Misdeed::files_late && one.files)
        return fmt::format(
            "it does its file work after it answers: {} of {} were answered before it was done",
            one.files->late, requests_text(one.files->requests));
    if (misdeed == Misdeed::other_rows && one.one_by_one) return other_rows_text(*one.one_by_one);
    if (misdeed == Misdeed::answers_first && (one.slow_commits || one.one_by_one))
        return "it commits after it answers: " + first_text(one);
    return not_durable_text(one);
}

std::string slow_commits_text(const model::SlowCommits& slow) {
    const std::uint64_t early = slow.before_commit + slow.before_durable;
    const std::string counts = fmt::format("{} of {}", slow.requests - early, requests_text(slow.requests));
    if (!slow.shortest) return counts + " (no commit before an answer)";
    return fmt::format("{}, the soonest {}", counts, model::duration_text(*slow.shortest));
}

std::string one_by_one_text(const model::OneByOne& single) {
    return fmt::format("{} of {}", single.as_contract, requests_text(single.requests));
}

std::string files_by_answer_text(const model::FilesByAnswer& files) {
    return fmt::format("{} of {}", files.in_time, requests_text(files.requests));
}

std::string audited_text(const model::Audit& audit) {
    std::vector<std::string> parts;
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
    };
    add(audit.lost, "lost");
    add(audit.partial, "partial");
    add(audit.duplicate, "duplicate");
    add(audit.wrong_values, "with other values");
    const std::string rest = parts.empty() ? "" : fmt::format(" ({})", joust::joined(parts, ", "));
    return fmt::format("{} of {}{}", audit.right, requests_text(audit.acknowledged()), rest);
}

std::string not_tried_text(const model::NotTried& left) {
    return fmt::format("{}: not tried, {}", left.part, left.why);
}

}  // namespace joust::report::words
