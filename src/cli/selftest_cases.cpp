#include "cli/selftest_cases.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"

namespace joust::cli {
namespace {

using model::Rule;

constexpr std::string_view k_audit = "audit by request id";
constexpr std::string_view k_answers = "every answer compared";
constexpr std::string_view k_log = "the database's write-ahead log";
constexpr std::string_view k_files = "file events";
constexpr std::string_view k_catalogs = "catalogs, compared before and after";
constexpr std::string_view k_durability = "syncs of the log counted";
constexpr std::string_view k_processes = "processes listed within the window";

constexpr std::array k_cases{
    SelftestCase{"honest", "does all of it", {}, "", Gap::none, true},
    SelftestCase{"slow", "does all of it, slowly", {}, ""},
    SelftestCase{"other-sql", "the same effects by other SQL, in a savepoint", {}, ""},
    SelftestCase{"stalls",
                 "stands still for 300 ms every 5 s",
                 {},
                 "stretches without an answer",
                 Gap::none,
                 false,
                 Rule::stood_still},
    SelftestCase{"skips-a-file", "writes four of five files", Rule::effects, k_files},
    SelftestCase{"never-reads", "never reads its files back", Rule::effects, k_files},
    SelftestCase{"files-in-memory", "makes no files at all", Rule::effects, k_files},
    SelftestCase{"inserts-eight", "inserts 8 rows of 10, of which 5 are left", Rule::effects, k_log},
    SelftestCase{"updates-nothing", "updates no row", Rule::effects, k_log},
    SelftestCase{"updates-to-the-same", "updates rows to what they are", Rule::effects,
                 "audit of the values that are left"},
    SelftestCase{"two-transactions", "commits twice", Rule::effects, k_log},
    SelftestCase{"one-for-several", "commits several requests together", Rule::effects, k_log},
    SelftestCase{"commits-after-answer", "commits after it has answered", Rule::effects,
                 "a commit that takes long, by `verify`", Gap::none, true},
    SelftestCase{"rolls-back", "rolls back and answers 200", Rule::effects, k_audit},
    SelftestCase{"unlogged", "makes its tables unlogged", Rule::effects, "the catalog, with the audit"},
    SelftestCase{"another-database", "writes to a database of its own", Rule::effects, k_audit},
    SelftestCase{"trigger", "leaves deleting to a trigger", Rule::effects, k_catalogs},
    SelftestCase{"cached-body", "answers with its first body", Rule::error_rate, k_answers},
    SelftestCase{"wrong-id", "answers with a wrong id", Rule::error_rate, k_answers},
    SelftestCase{"error-inside", "answers 200 with an error inside", Rule::error_rate, k_answers},
    SelftestCase{"three-percent", "answers 500 to 3 % of the requests", Rule::error_rate, k_answers},
    SelftestCase{"async-session", "synchronous_commit = off, by its sessions", Rule::effects, k_durability},
    SelftestCase{"async-role", "synchronous_commit = off, by its role", Rule::effects, k_durability},
    SelftestCase{"async-local", "synchronous_commit = off, by SET LOCAL", Rule::effects, k_durability,
                 Gap::none, true},
    SelftestCase{"loses-one", "loses one write", Rule::effects, k_audit},
    SelftestCase{"duplicates-one", "writes one request twice", Rule::effects, k_audit},
    SelftestCase{"restarts", "dies once and is started anew", Rule::service_restarted,
                 "processes compared before and after"},
    SelftestCase{"leaks", "leaks memory up to its limit", Rule::out_of_memory, "the limit's own counter"},
    SelftestCase{"degrades", "gets slower and slower", Rule::no_steady_state,
                 "steady state before the window"},
    SelftestCase{"id-of-another", "answers one request with another's id", Rule::effects,
                 "a misdelivered answer voids"},
    SelftestCase{"sheds-load", "closes connections instead of answering", Rule::error_rate,
                 "every request has an end"},
    SelftestCase{"two-workers", "runs two workers, declares one", Rule::processes, k_processes},
    SelftestCase{"helper", "keeps a process that tries to leave its limits", Rule::processes, k_processes},
    SelftestCase{"while-watched", "works for its first 1000 requests only", Rule::effects, k_audit},
};

struct EndRow {
    std::string_view words;
    bool fails;
};
constexpr std::array<EndRow, 8> k_ends{{
    {"valid", false},
    {"caught", false},
    {"not caught yet", false},
    {"NOT CAUGHT", true},
    {"MISNAMED", true},
    {"WRONGED", true},
    {"caught: no gap any more", true},
    {"NOT NAMED", true},
}};

bool voids_by_contender(const model::Finding& finding) {
    return finding.effects().worst() == model::Effect::voids &&
           model::row(finding.rule).doing == model::Doing::contender;
}

bool is_voided(const model::Judgement& judgement) {
    return std::any_of(judgement.findings.begin(), judgement.findings.end(), voids_by_contender);
}

}  // namespace

std::span<const SelftestCase> selftest_cases() {
    return k_cases;
}

std::string_view words(SelftestEnd end) {
    return k_ends[static_cast<std::size_t>(end)].words;
}

bool fails(SelftestEnd end) {
    return k_ends[static_cast<std::size_t>(end)].fails;
}

SelftestEnd end_of(const SelftestCase& one, const model::Judgement& judgement,
                   const std::vector<model::Misdeed>& misdeeds) {
    const bool voided = is_voided(judgement) || !misdeeds.empty();
    if (!one.rule && voided) return SelftestEnd::wronged;
    if (!one.rule)
        return !one.explained || judgement.has(*one.explained) ? SelftestEnd::valid : SelftestEnd::not_named;
    const bool named = judgement.has(*one.rule) || (one.rule == Rule::effects && !misdeeds.empty());
    if (one.gap == Gap::open) return named || voided ? SelftestEnd::gap_closed : SelftestEnd::not_caught_yet;
    if (named) return SelftestEnd::caught;
    return voided ? SelftestEnd::misnamed : SelftestEnd::not_caught;
}

std::string codes(const model::Judgement& judgement) {
    std::vector<std::string> found;
    for (const model::Finding& finding : judgement.findings)
        if (model::row(finding.rule).doing == model::Doing::contender) found.emplace_back(code(finding.rule));
    return joined(found, ", ");
}

}  // namespace joust::cli
