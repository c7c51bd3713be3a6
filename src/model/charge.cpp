#include "model/charge.hpp"

#include <algorithm>
#include <utility>

namespace joust::model {
namespace {

struct Row {
    Charge charge;
    Rule rule;
};
constexpr std::array<Row, k_charges> k_rows{{
    {Charge::errors_connect, Rule::error_rate},
    {Charge::errors_timeout, Rule::error_rate},
    {Charge::errors_reset, Rule::error_rate},
    {Charge::errors_protocol, Rule::error_rate},
    {Charge::errors_4xx, Rule::error_rate},
    {Charge::errors_5xx, Rule::error_rate},
    {Charge::errors_body, Rule::error_rate},
    {Charge::errors_id, Rule::error_rate},
    {Charge::errors_unanswered, Rule::error_rate},
    {Charge::restarted, Rule::service_restarted},
    {Charge::died, Rule::service_died},
    {Charge::out_of_memory, Rule::out_of_memory},
    {Charge::few_operations, Rule::few_operations},
    {Charge::no_steady_state, Rule::no_steady_state},
    {Charge::stood_still, Rule::stood_still},
    {Charge::rows_lost, Rule::effects},
    {Charge::rows_partial, Rule::effects},
    {Charge::rows_duplicate, Rule::effects},
    {Charge::rows_wrong_values, Rule::effects},
    {Charge::rows_partial_unknown, Rule::effects},
    {Charge::audit_void, Rule::effects},
    {Charge::rolled_back, Rule::effects},
    {Charge::one_for_several, Rule::effects},
    {Charge::no_commit, Rule::effects},
    {Charge::several_for_one, Rule::effects},
    {Charge::other_rows, Rule::effects},
    {Charge::answers_first, Rule::effects},
    {Charge::not_durable, Rule::effects},
    {Charge::fewer_inserted, Rule::effects},
    {Charge::fewer_updated, Rule::effects},
    {Charge::fewer_deleted, Rule::effects},
    {Charge::more_changed, Rule::effects},
    {Charge::table_missing, Rule::effects},
    {Charge::table_unlogged, Rule::effects},
    {Charge::no_table, Rule::effects},
    {Charge::table_trigger, Rule::effects},
    {Charge::table_rule, Rule::effects},
    {Charge::table_cascade, Rule::effects},
    {Charge::table_replaced, Rule::effects},
    {Charge::setting_not_durable, Rule::effects},
    {Charge::misdelivered, Rule::effects},
    {Charge::no_files, Rule::effects},
    {Charge::fewer_created, Rule::effects},
    {Charge::fewer_written, Rule::effects},
    {Charge::fewer_read, Rule::effects},
    {Charge::fewer_removed, Rule::effects},
    {Charge::more_processes, Rule::processes},
    {Charge::fewer_processes, Rule::processes},
    {Charge::more_at_work, Rule::processes},
    {Charge::verified_answers_first, Rule::effects},
    {Charge::verified_not_durable, Rule::effects},
    {Charge::verified_other_rows, Rule::effects},
    {Charge::verified_files_late, Rule::effects},
}};
constexpr bool in_order() {
    for (std::size_t i = 0; i < k_charges; ++i)
        if (static_cast<std::size_t>(k_rows[i].charge) != i) return false;
    return true;
}
static_assert(in_order(), "a row stands at the place of its charge");

// The charge that stands as far behind `first` as the value behind its enumeration's first.
template <typename Enum>
constexpr Charge behind(Charge first, Enum value) {
    return static_cast<Charge>(static_cast<std::size_t>(first) + static_cast<std::size_t>(value));
}
static_assert(behind(Charge::errors_connect, RequestErrorKind::body) == Charge::errors_body);
static_assert(behind(Charge::rolled_back, Misdeed::not_durable) == Charge::not_durable);
static_assert(behind(Charge::table_missing, TableFault::replaced) == Charge::table_replaced);
static_assert(behind(Charge::fewer_inserted, RowChange::deleted) == Charge::fewer_deleted);
static_assert(behind(Charge::fewer_created, FileDeed::removed) == Charge::fewer_removed);
static_assert(behind(Charge::more_processes, ProcessMismatch::more_work) == Charge::more_at_work);

void add_audit(Charges& found, const Audit& audit) {
    if (!audit.problem.empty()) return found.add({Charge::audit_void});
    constexpr std::array<std::pair<std::uint64_t Audit::*, Charge>, 5> parts{{
        {&Audit::lost, Charge::rows_lost},
        {&Audit::partial, Charge::rows_partial},
        {&Audit::duplicate, Charge::rows_duplicate},
        {&Audit::wrong_values, Charge::rows_wrong_values},
        {&Audit::unknown_partial, Charge::rows_partial_unknown},
    }};
    for (const auto& [part, charge] : parts)
        if (audit.*part > 0) found.add({charge});
}

// What rows there are too few or too many of says more than that they are others.
void add_other_rows(Charges& found, const ObservedEffects& observed) {
    const auto missed = rows_missed(observed);
    if (missed.empty()) found.add({Charge::other_rows});
    for (const RowsMissed& one : missed)
        found.add({one.fewer ? behind(Charge::fewer_inserted, one.change) : Charge::more_changed});
}

void add_files(Charges& found, const ObservedFiles& files, const std::vector<FileDeed>& missed) {
    const bool none_created =
        std::find(missed.begin(), missed.end(), FileDeed::created) != missed.end() && files.seen.created == 0;
    if (none_created) return found.add({Charge::no_files});
    for (const FileDeed deed : missed)
        found.add({behind(Charge::fewer_created, deed)});
}

Charges of(const ErrorShare& facts) {
    if (!facts.most || *facts.most == RequestErrorKind::generator) return {Charge::errors_unanswered};
    return {facts.wrong_ids ? Charge::errors_id : behind(Charge::errors_connect, *facts.most)};
}

Charges of(const EffectsMissed& facts) {
    Charges found;
    if (facts.audit) add_audit(found, *facts.audit);
    if (facts.observed)
        for (const FaultyTable& table : facts.observed->tables)
            found.add({behind(Charge::table_missing, table.fault)});
    for (const Misdeed misdeed : facts.misdeeds)
        if (misdeed == Misdeed::other_rows && facts.observed)
            add_other_rows(found, *facts.observed);
        else
            found.add({behind(Charge::rolled_back, misdeed)});
    if (facts.misdelivered > 0) found.add({Charge::misdelivered});
    if (facts.files) add_files(found, *facts.files, facts.files_missed);
    if (!facts.not_durable.empty()) found.add({Charge::setting_not_durable});
    return found;
}

// A rule with one charge only says just that.
Charges of(Rule rule) {
    const auto of_rule = [rule](const Row& row) { return row.rule == rule; };
    if (std::count_if(k_rows.begin(), k_rows.end(), of_rule) != 1) return {};
    return {std::find_if(k_rows.begin(), k_rows.end(), of_rule)->charge};
}

}  // namespace

Rule rule(Charge charge) {
    return k_rows[static_cast<std::size_t>(charge)].rule;
}

Charges charges(const Finding& finding) {
    if (const auto* errors = std::get_if<ErrorShare>(&finding.facts)) return of(*errors);
    if (const auto* missed = std::get_if<EffectsMissed>(&finding.facts)) return of(*missed);
    if (const auto* others = std::get_if<OtherProcesses>(&finding.facts))
        return {behind(Charge::more_processes, others->mismatch)};
    return of(finding.rule);
}

Charges charges(const std::vector<Misdeed>& verified) {
    Charges found;
    for (const Misdeed misdeed : verified)
        found.add({misdeed == Misdeed::answers_first ? Charge::verified_answers_first
                   : misdeed == Misdeed::other_rows  ? Charge::verified_other_rows
                   : misdeed == Misdeed::files_late  ? Charge::verified_files_late
                                                     : Charge::verified_not_durable});
    return found;
}

}  // namespace joust::model
