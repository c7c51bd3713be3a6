#include "report/words/time_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/quantities.hpp"

namespace joust::report::words {
namespace {

using model::Quantity;
using model::TimeDifference;
using model::TimePart;

constexpr std::array<std::pair<TimePart, std::string_view>, 8> k_parts{{
    {TimePart::user_cpu, "user CPU of the contender"},
    {TimePart::system_cpu, "system CPU of the contender"},
    {TimePart::database_cpu, "CPU of the database"},
    {TimePart::run_delay, "waiting of the contender's threads for a CPU"},
    {TimePart::lock_wait, "waiting of the contender's sessions with the database for a lock"},
    {TimePart::log_wait, "waiting of its sessions for the write-ahead log"},
    {TimePart::storage_wait, "waiting of its sessions for other files of the database"},
    {TimePart::rest, "time outside of these"},
}};

// Parts that make out less of the whole difference are no reason for it, however sure they are.
constexpr double k_least_share = 0.05;

std::string time_text(double microseconds) {
    return microseconds < 0 ? "−" + model::duration_text(-microseconds * 1e3)
                            : model::duration_text(microseconds * 1e3);
}

// "0.90 ms less (95 % interval 0.80 ms to 1.00 ms)"
std::string by_how_much(const TimeDifference& time) {
    const bool less = time.difference_us.value < 0;
    const double low = less ? -*time.difference_us.high : *time.difference_us.low;
    const double high = less ? -*time.difference_us.low : *time.difference_us.high;
    return fmt::format("{} {} (95 % interval {} to {})", time_text(std::abs(time.difference_us.value)),
                       less ? "less" : "more", time_text(low), time_text(high));
}

// A part of the difference: how large, as a share of the whole, and in words.
struct Told {
    double share;
    std::string text;
};

// Those whose share is wanted, the largest first.
std::string list(std::vector<Told> all, bool (*wanted)(double)) {
    std::erase_if(all, [wanted](const Told& one) { return !wanted(one.share); });
    std::stable_sort(all.begin(), all.end(),
                     [](const Told& a, const Told& b) { return std::abs(a.share) > std::abs(b.share); });
    std::vector<std::string> parts;
    for (Told& one : all)
        parts.push_back(std::move(one.text));
    return joust::joined(parts, "; ");
}

// Work of which the one that causes more has less than `least` is no reason for a difference.
struct WorkWords {
    Quantity quantity;
    std::string_view subject;
    double least;
};
constexpr double k_least_count = 0.01;    // one in a hundred operations
constexpr double k_least_log_bytes = 32;  // a record of the log has 24 bytes at least
constexpr double k_least_bytes = 1024;    // copied in less than a microsecond
constexpr double k_least_syncs = 0.1;     // of a commit: the server's own may be that many
constexpr std::array<WorkWords, model::k_why_quantities.size()> k_work{{
    {Quantity::database_round_trips_per_operation, "round trips with the database", k_least_count},
    {Quantity::database_connections_opened_per_operation, "connections opened with the database",
     k_least_count},
    {Quantity::database_commits_per_operation, "commits", k_least_count},
    {Quantity::database_rows_changed_per_operation, "rows changed", k_least_count},
    {Quantity::database_log_bytes_per_operation, "write-ahead log", k_least_log_bytes},
    {Quantity::database_log_syncs_per_commit, "syncs of the write-ahead log per commit", k_least_syncs},
    {Quantity::files_created_per_operation, "files created", k_least_count},
    {Quantity::bytes_read_per_operation, "bytes read by the service", k_least_bytes},
    {Quantity::bytes_written_per_operation, "bytes written by the service", k_least_bytes},
}};

bool is_reason(const WorkWords& words, const model::WorkOfBoth& work) {
    return work.differs() && std::max(work.entrant, work.baseline) >= words.least;
}

// " The work of an operation differs too, of fastapi against django: round trips with the database, 12.0 in
// place of 4.00."
std::string work_text(const model::Why& why) {
    std::vector<std::string> parts;
    for (const WorkWords& words : k_work) {
        const auto found = why.work.find(words.quantity);
        if (found == why.work.end() || !is_reason(words, found->second)) continue;
        parts.push_back(fmt::format("{}, {} in place of {}", words.subject,
                                    amount_text(words.quantity, found->second.entrant),
                                    amount_text(words.quantity, found->second.baseline)));
    }
    if (parts.empty()) return "";
    return fmt::format(" The work of an operation differs too, of {} against {}: {}.", why.entrant,
                       why.baseline, joust::joined(parts, "; "));
}

bool differs(const model::Comparison& comparison, const std::string& entrant) {
    const auto* ratio = comparison.ratio(Quantity::goodput, entrant, std::nullopt);
    return ratio != nullptr &&
           (ratio->verdict == model::Verdict::faster || ratio->verdict == model::Verdict::slower);
}

}  // namespace

std::string_view time_part(TimePart part) {
    return std::find_if(k_parts.begin(), k_parts.end(), [part](const auto& row) { return row.first == part; })
        ->second;
}

std::string why_different(const model::Comparison& comparison, const model::Why& why) {
    if (!why.total.certain() || !differs(comparison, why.entrant)) return "";
    const double whole = why.total.difference_us.value;
    std::vector<Told> told;
    for (const auto& [part, time] : why.parts) {
        // Of parts that overlap the rest is less than nothing, which explains nothing.
        const bool overlap = part == TimePart::rest && (time.entrant_us < 0 || time.baseline_us < 0);
        const double share = time.difference_us.value / whole;
        if (!time.certain() || overlap || std::abs(share) < k_least_share) continue;
        told.push_back({share, fmt::format("{}, {}, from {} to {}", time_part(part), by_how_much(time),
                                           time_text(time.baseline_us), time_text(time.entrant_us))});
    }
    const std::string with_it = list(told, [](double share) { return share > 0; });
    const std::string against_it = list(told, [](double share) { return share < 0; });
    if (with_it.empty()) return "";
    return fmt::format(
        "An operation takes {}, from {} to {}, over {}. There go with it: {}.{}{}{} Parts that pass at "
        "the same time overlap, so they need not add up.{}",
        by_how_much(why.total), time_text(why.total.baseline_us), time_text(why.total.entrant_us),
        model::counted(why.pairs, "pair"), with_it,
        against_it.empty() ? "" : " Against it goes: ", against_it, against_it.empty() ? "" : ".",
        work_text(why));
}

}  // namespace joust::report::words
