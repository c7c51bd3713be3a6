#include "cli/selftest_cases.hpp"

#include <algorithm>
#include <array>
#include <variant>
#include <vector>

#include "base/text.hpp"

namespace joust::cli {
namespace {

using model::EffectsMissed;
using model::Judgement;
using model::Misdeed;
using C = model::Charge;

// The numbers of the finding that has such; null where there is none.
template <typename T>
const T* facts_of(const Judgement& judgement) {
    for (const model::Finding& finding : judgement.findings)
        if (const auto* facts = std::get_if<T>(&finding.facts)) return facts;
    return nullptr;
}

// What only the numbers and names in a finding tell. A service begins to misbehave at its 50th request, so
// that "all" is most.

template <typename Holds>
bool of_audit(const Judgement& judgement, Holds&& holds) {
    const auto* facts = facts_of<EffectsMissed>(judgement);
    return facts != nullptr && facts->audit && facts->observed && holds(*facts->audit, *facts->observed);
}
bool most_are_lost(const Judgement& judgement) {
    return of_audit(judgement, [](const auto& audit, const auto& /*observed*/) {
        return audit.lost * 2 > audit.acknowledged();
    });
}
// Behind some thousand that are right, which on a slow host are most.
bool all_are_lost_after_a_while(const Judgement& judgement) {
    return of_audit(judgement, [](const auto& audit, const auto& /*observed*/) {
        return audit.lost >= 100 && audit.right >= 500;
    });
}
bool one_is_lost(const Judgement& judgement) {
    return of_audit(judgement, [](const auto& audit, const auto& observed) {
        return audit.lost == 1 && observed.rolled_back == 1;
    });
}
bool one_is_double(const Judgement& judgement) {
    return of_audit(judgement, [](const auto& audit, const auto& observed) {
        const std::uint64_t double_one = observed.acknowledged + 1;
        return audit.duplicate == 1 && observed.commits() >= double_one &&
               observed.commits() <= double_one + observed.unknown;
    });
}

template <std::uint64_t least, std::uint64_t most>
bool misdelivered(const Judgement& judgement) {
    const auto* facts = facts_of<EffectsMissed>(judgement);
    return facts != nullptr && facts->misdelivered >= least && facts->misdelivered <= most;
}
constexpr auto one_is_misdelivered = misdelivered<1, 1>;
constexpr auto many_are_misdelivered = misdelivered<100, UINT64_MAX>;

template <typename Holds>
bool of_files(const Judgement& judgement, Holds&& holds) {
    const auto* facts = facts_of<EffectsMissed>(judgement);
    return facts != nullptr && facts->files && holds(*facts->files);
}
bool four_of_five_files(const Judgement& judgement) {
    return of_files(judgement, [](const auto& files) {
        const double each = static_cast<double>(files.seen.created) / static_cast<double>(files.requests);
        return each > 3.5 && each < 4.5;
    });
}
bool reads_nothing(const Judgement& judgement) {
    return of_files(judgement, [](const auto& files) { return files.seen.read == 0 && files.opened == 0; });
}

// Of the table `users`, and of no other.
template <model::TableFault fault>
bool users_have(const Judgement& judgement, std::string_view what) {
    const auto* facts = facts_of<EffectsMissed>(judgement);
    return facts != nullptr && facts->observed &&
           facts->observed->tables == std::vector<model::FaultyTable>{{fault, "users", std::string(what)}};
}
bool users_are_unlogged(const Judgement& judgement) {
    return users_have<model::TableFault::unlogged>(judgement, "");
}
bool users_have_the_trigger(const Judgement& judgement) {
    return users_have<model::TableFault::trigger>(judgement, "delete_rest");
}

bool one_setting_of_a_role(const Judgement& judgement) {
    const auto* facts = facts_of<EffectsMissed>(judgement);
    return facts != nullptr && facts->not_durable.size() == 1 && !facts->not_durable[0].role.empty() &&
           facts->not_durable[0].database.empty();
}

template <int least_percent, int most_percent>
bool errors(const Judgement& judgement) {
    const auto* facts = facts_of<model::ErrorShare>(judgement);
    return facts != nullptr && facts->share * 100 > least_percent && facts->share * 100 < most_percent;
}

// Two at the same time, of which so many have that name.
bool two_processes(const Judgement& judgement, std::string_view name, std::ptrdiff_t of_that_name) {
    const auto* facts = facts_of<model::OtherProcesses>(judgement);
    return facts != nullptr && facts->count == 2 &&
           std::count_if(facts->found.seen.begin(), facts->found.seen.end(),
                         [name](const auto& one) { return one.command == name; }) == of_that_name;
}
bool two_alike(const Judgement& judgement) {
    return two_processes(judgement, "beast", 2);
}
bool one_is_the_helper(const Judgement& judgement) {
    return two_processes(judgement, "beast-helper", 1);
}

constexpr std::string_view k_answers = "every answer compared";
constexpr std::string_view k_log = "the database's write-ahead log";
constexpr std::string_view k_log_and_audit = "the database's write-ahead log, audit by request id";
constexpr std::string_view k_log_and_values =
    "the database's write-ahead log, audit of the values that are left";
constexpr std::string_view k_files = "file events";
constexpr std::string_view k_catalogs = "catalogs, compared before and after";
constexpr std::string_view k_syncs = "syncs of the log counted";
constexpr std::string_view k_processes = "processes listed within the window";

constexpr std::array k_cases{
    SelftestCase{"honest", "does all of it", {}, "", {.verified = true}},
    SelftestCase{"slow", "does all of it, slowly", {}, "", {}},
    SelftestCase{"other-sql", "the same effects by other SQL, in a savepoint", {}, "", {}},
    SelftestCase{"stalls",
                 "stands still for 300 ms every 5 s",
                 {},
                 "stretches without an answer",
                 {.explained = {C::stood_still}}},
    SelftestCase{"skips-a-file",
                 "writes four of five files",
                 {C::fewer_created, C::fewer_written, C::fewer_read, C::fewer_removed},
                 k_files,
                 {.exactly = four_of_five_files}},
    SelftestCase{
        "never-reads", "never reads its files back", {C::fewer_read}, k_files, {.exactly = reads_nothing}},
    SelftestCase{"files-in-memory", "makes no files at all", {C::no_files}, k_files, {}},
    SelftestCase{"inserts-eight",
                 "inserts 8 rows of 10, of which 5 are left",
                 {C::fewer_inserted, C::fewer_deleted},
                 k_log,
                 {}},
    SelftestCase{
        "updates-nothing", "updates no row", {C::fewer_updated, C::rows_wrong_values}, k_log_and_values, {}},
    SelftestCase{"updates-to-the-same",
                 "updates rows to what they are",
                 {C::rows_wrong_values},
                 "audit of the values that are left",
                 {}},
    SelftestCase{"two-transactions", "commits twice", {C::several_for_one}, k_log, {}},
    SelftestCase{"one-for-several", "commits several requests together", {C::one_for_several}, k_log, {}},
    // In a trial commits that follow their answers are seen often, not always; the last may come too late for
    // it.
    SelftestCase{"commits-after-answer",
                 "commits after it has answered",
                 {C::verified_answers_first},
                 "a commit that takes long, by `verify`",
                 {.besides = {C::answers_first, C::no_commit, C::rows_lost, C::verified_not_durable},
                  .verified = true}},
    SelftestCase{"rolls-back",
                 "rolls back and answers 200",
                 {C::rolled_back, C::rows_lost},
                 k_log_and_audit,
                 {.exactly = most_are_lost}},
    // Where a table is in no log, log and audit prove nothing, and say so.
    SelftestCase{"unlogged",
                 "makes its tables unlogged",
                 {C::table_unlogged},
                 k_catalogs,
                 {.besides = {C::no_commit, C::audit_void}, .exactly = users_are_unlogged}},
    SelftestCase{"another-database",
                 "writes to a database of its own",
                 {C::no_commit, C::rows_lost},
                 k_log_and_audit,
                 {.exactly = most_are_lost}},
    SelftestCase{"trigger",
                 "leaves deleting to a trigger",
                 {C::table_trigger},
                 k_catalogs,
                 {.exactly = users_have_the_trigger}},
    SelftestCase{"cached-body",
                 "answers with its first body",
                 {C::errors_id, C::misdelivered},
                 k_answers,
                 {.besides = {C::few_operations}, .exactly = many_are_misdelivered}},
    SelftestCase{
        "wrong-id", "answers with a wrong id", {C::errors_id}, k_answers, {.besides = {C::few_operations}}},
    SelftestCase{"error-inside",
                 "answers 200 with an error inside",
                 {C::errors_body},
                 k_answers,
                 {.besides = {C::few_operations}}},
    SelftestCase{"three-percent",
                 "answers 500 to 3 % of the requests",
                 {C::errors_5xx},
                 k_answers,
                 {.exactly = errors<2, 4>}},
    SelftestCase{"async-session", "synchronous_commit = off, by its sessions", {C::not_durable}, k_syncs, {}},
    SelftestCase{"async-role",
                 "synchronous_commit = off, by its role",
                 {C::setting_not_durable},
                 "settings of role and database, read back",
                 {.besides = {C::not_durable}, .exactly = one_setting_of_a_role}},
    SelftestCase{"async-local",
                 "synchronous_commit = off, by SET LOCAL",
                 {C::not_durable, C::verified_not_durable},
                 "syncs of the log counted; a commit that takes long, by `verify`",
                 {.verified = true}},
    SelftestCase{"loses-one",
                 "loses one write",
                 {C::rolled_back, C::rows_lost},
                 k_log_and_audit,
                 {.exactly = one_is_lost}},
    SelftestCase{"duplicates-one",
                 "writes one request twice",
                 {C::rows_duplicate},
                 k_log_and_audit,
                 {.besides = {C::several_for_one}, .exactly = one_is_double}},
    // Requests that were under way fail, which may be too many for a short window.
    SelftestCase{"restarts",
                 "dies once and is started anew",
                 {C::restarted},
                 "processes compared before and after",
                 {.besides = {C::errors_reset, C::errors_connect}}},
    SelftestCase{"leaks",
                 "leaks memory up to its limit",
                 {C::out_of_memory},
                 "the limit's own counter",
                 {.besides = {C::died, C::errors_reset, C::errors_connect, C::few_operations}}},
    SelftestCase{
        "degrades", "gets slower and slower", {C::no_steady_state}, "steady state before the window", {}},
    SelftestCase{"id-of-another",
                 "answers one request with another's id",
                 {C::misdelivered},
                 k_answers,
                 {.exactly = one_is_misdelivered}},
    SelftestCase{"sheds-load",
                 "closes connections instead of answering",
                 {C::errors_reset},
                 "every request has an end",
                 {.exactly = errors<5, 15>}},
    SelftestCase{"two-workers",
                 "runs two workers, declares one",
                 {C::more_processes},
                 k_processes,
                 {.exactly = two_alike}},
    SelftestCase{"helper",
                 "keeps a process that tries to leave its limits",
                 {C::more_processes},
                 k_processes,
                 {.exactly = one_is_the_helper}},
    SelftestCase{
        "while-watched",
        "works for its first 1000 requests only",
        {C::no_commit, C::rows_lost},
        k_log_and_audit,
        {.besides = {C::no_files, C::fewer_created, C::fewer_written, C::fewer_read, C::fewer_removed},
         .exactly = all_are_lost_after_a_while}},
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

bool is_of_contender(const model::Finding& finding) {
    return model::row(finding.rule).doing == model::Doing::contender;
}

bool voids(const model::Finding& finding) {
    return is_of_contender(finding) && finding.effects().worst() == model::Effect::voids;
}

// All that has to be named is, and nothing that voids is named but that and what goes with it.
bool is_rightly_named(const SelftestCase& one, const Judgement& judgement,
                      const std::vector<Misdeed>& misdeeds) {
    model::Charges expected = one.named;
    expected.add(one.more.besides);
    model::Charges voiding = model::charges(misdeeds);
    for (const model::Finding& finding : judgement.findings)
        if (voids(finding)) voiding.add(model::charges(finding));
    return charges(judgement, misdeeds).has_all(one.named) && expected.has_all(voiding) &&
           (one.more.exactly == nullptr || one.more.exactly(judgement));
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

SelftestEnd end_of(const SelftestCase& one, const Judgement& judgement,
                   const std::vector<Misdeed>& misdeeds) {
    const model::Charges found = charges(judgement, misdeeds);
    const bool voided =
        !misdeeds.empty() || std::any_of(judgement.findings.begin(), judgement.findings.end(), voids);
    if (one.named.empty()) {
        if (voided) return SelftestEnd::wronged;
        return found.has_all(one.more.explained) ? SelftestEnd::valid : SelftestEnd::not_named;
    }
    const bool caught = voided || found.has_any(one.named);
    if (one.more.gap == Gap::open) return caught ? SelftestEnd::gap_closed : SelftestEnd::not_caught_yet;
    if (!caught) return SelftestEnd::not_caught;
    return is_rightly_named(one, judgement, misdeeds) ? SelftestEnd::caught : SelftestEnd::misnamed;
}

model::Charges charges(const Judgement& judgement, const std::vector<Misdeed>& misdeeds) {
    model::Charges found = model::charges(misdeeds);
    for (const model::Finding& finding : judgement.findings)
        if (is_of_contender(finding)) found.add(model::charges(finding));
    return found;
}

std::string codes(model::Charges charges) {
    std::vector<std::string> found;
    for (const model::RuleRow& row : model::rules())
        for (std::size_t i = 0; i < model::k_charges; ++i)
            if (const auto charge = static_cast<C>(i);
                charges.has(charge) && model::rule(charge) == row.rule) {
                found.emplace_back(row.code);
                break;
            }
    return joined(found, ", ");
}

}  // namespace joust::cli
