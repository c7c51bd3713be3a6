#include "report/words/verification.hpp"

#include <array>
#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"

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

std::string not_durable_text(const model::Verification& one) {
    std::vector<std::string> parts;
    if (one.slow_commits && one.slow_commits->before_durable > 0)
        parts.push_back(soon_text(*one.slow_commits));
    if (one.crash && one.crash->problem.empty() && one.crash->lost + one.crash->partial > 0)
        parts.push_back(lost_text(*one.crash));
    return "it answers before its commits are durable: " + joust::joined(parts, "; ");
}

}  // namespace

std::string proof_text(model::Proof proof) {
    constexpr std::array<const char*, 3> texts{"proven", "open", "not as the contract"};
    return texts[static_cast<std::size_t>(proof)];
}

std::string not_counted_text(const std::string& why) {
    return "rows and transactions: not counted, " + why;
}

std::string misdeed_text(Misdeed misdeed, const model::Verification& one) {
    if (misdeed == Misdeed::answers_first && one.slow_commits)
        return fmt::format(
            "it commits after it answers: {} of {} were answered before anything was committed",
            one.slow_commits->before_commit, requests_text(one.slow_commits->requests));
    if (misdeed == Misdeed::no_commit && one.slow_commits)
        return fmt::format(
            "no commit of these tables was seen: for {} of {} none came before the answer, nor behind it",
            one.slow_commits->without_commit, requests_text(one.slow_commits->requests));
    if (misdeed == Misdeed::files_late && one.files)
        return fmt::format(
            "it does its file work after it answers: {} of {} were answered before it was done",
            one.files->late, requests_text(one.files->requests));
    return not_durable_text(one);
}

std::string slow_commits_text(const model::SlowCommits& slow) {
    const std::uint64_t early = slow.before_commit + slow.without_commit + slow.before_durable;
    const std::string counts = fmt::format("{} of {}", slow.requests - early, requests_text(slow.requests));
    if (!slow.shortest) return counts + " (no commit before an answer)";
    return fmt::format("{}, the soonest {}", counts, model::duration_text(*slow.shortest));
}

std::string files_by_answer_text(const model::FilesByAnswer& files) {
    return fmt::format("{} of {}", files.in_time, requests_text(files.requests));
}

std::string audited_text(const model::Audit& audit) {
    if (!audit.problem.empty()) return audit.problem;
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

}  // namespace joust::report::words
