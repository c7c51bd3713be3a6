#include "report/words/verification.hpp"

#include <array>
#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/single_requests.hpp"

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

std::string not_durable_text(const model::Verification& one) {
    std::vector<std::string> parts;
    if (one.slow_commits && one.slow_commits->before_durable > 0)
        parts.push_back(too_soon_text(*one.slow_commits));
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
    if ((misdeed == Misdeed::answers_first || misdeed == Misdeed::no_commit) && one.slow_commits)
        return misdeed_text(misdeed, *one.slow_commits);
    if (misdeed == Misdeed::files_late && one.files)
        return fmt::format(
            "it does its file work after it answers: {} of {} were answered before it was done",
            one.files->late, requests_text(one.files->requests));
    return not_durable_text(one);
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
