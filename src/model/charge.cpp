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
    {Charge::constraint_dropped, Rule::effects},
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
    {Charge::verified_no_commit, Rule::effects},
    {Charge::verified_files_late, Rule::effects},
}};
constexpr bool in_order() {
    for (std::size_t i = 0; i < k_charges; ++i)
        if (static_cast<std::size_t>(k_rows[i].charge) != i) return false;
    return true;
}
static_assert(in_order(), "a row stands at the place of its charge");

// By name, one by one: a value that an enumeration gets, loses or has elsewhere can shift no other's charge,
// and one without a charge does not compile, whatever the warnings of the build.
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"

constexpr Charge of(RequestErrorKind most) {
    switch (most) {
        case RequestErrorKind::connect:
            return Charge::errors_connect;
        case RequestErrorKind::timeout:
            return Charge::errors_timeout;
        case RequestErrorKind::reset:
            return Charge::errors_reset;
        case RequestErrorKind::protocol:
            return Charge::errors_protocol;
        case RequestErrorKind::status_4xx:
            return Charge::errors_4xx;
        case RequestErrorKind::status_5xx:
            return Charge::errors_5xx;
        case RequestErrorKind::body:
            return Charge::errors_body;
        case RequestErrorKind::generator:
            break;
    }
    return Charge::errors_unanswered;
}

constexpr Charge of(Misdeed misdeed) {
    switch (misdeed) {
        case Misdeed::rolled_back:
            return Charge::rolled_back;
        case Misdeed::one_for_several:
            return Charge::one_for_several;
        case Misdeed::no_commit:
            return Charge::no_commit;
        case Misdeed::several_for_one:
            return Charge::several_for_one;
        case Misdeed::other_rows:
            return Charge::other_rows;
        case Misdeed::answers_first:
            return Charge::answers_first;
        case Misdeed::files_late:  // of no trial
            return Charge::verified_files_late;
        case Misdeed::not_durable:
            break;
    }
    return Charge::not_durable;
}

constexpr Charge of(TableFault fault) {
    switch (fault) {
        case TableFault::missing:
            return Charge::table_missing;
        case TableFault::unlogged:
            return Charge::table_unlogged;
        case TableFault::no_table:
            return Charge::no_table;
        case TableFault::trigger:
            return Charge::table_trigger;
        case TableFault::rule:
            return Charge::table_rule;
        case TableFault::cascade:
            return Charge::table_cascade;
        case TableFault::replaced:
            return Charge::table_replaced;
        case TableFault::constraint:
            break;
    }
    return Charge::constraint_dropped;
}

constexpr Charge of_fewer(RowChange change) {
    switch (change) {
        case RowChange::inserted:
            return Charge::fewer_inserted;
        case RowChange::updated:
            return Charge::fewer_updated;
        case RowChange::deleted:
            break;
    }
    return Charge::fewer_deleted;
}

constexpr Charge of_fewer(FileDeed deed) {
    switch (deed) {
        case FileDeed::created:
            return Charge::fewer_created;
        case FileDeed::written:
            return Charge::fewer_written;
        case FileDeed::read:
            return Charge::fewer_read;
        case FileDeed::removed:
            break;
    }
    return Charge::fewer_removed;
}

constexpr Charge of(ProcessMismatch mismatch) {
    switch (mismatch) {
        case ProcessMismatch::more:
            return Charge::more_processes;
        case ProcessMismatch::fewer:
            return Charge::fewer_processes;
        case ProcessMismatch::more_work:
            break;
    }
    return Charge::more_at_work;
}

constexpr Charge of_verified(Misdeed misdeed) {
    switch (misdeed) {
        case Misdeed::answers_first:
            return Charge::verified_answers_first;
        case Misdeed::other_rows:
            return Charge::verified_other_rows;
        case Misdeed::no_commit:
            return Charge::verified_no_commit;
        case Misdeed::files_late:
            return Charge::verified_files_late;
        case Misdeed::rolled_back:
        case Misdeed::one_for_several:
        case Misdeed::several_for_one:
        case Misdeed::not_durable:
            break;
    }
    return Charge::verified_not_durable;
}

#pragma GCC diagnostic pop

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
        found.add({one.fewer ? of_fewer(one.change) : Charge::more_changed});
}

void add_files(Charges& found, const ObservedFiles& files, const std::vector<FileDeed>& missed) {
    const bool none_created =
        std::find(missed.begin(), missed.end(), FileDeed::created) != missed.end() && files.seen.created == 0;
    if (none_created) return found.add({Charge::no_files});
    for (const FileDeed deed : missed)
        found.add({of_fewer(deed)});
}

Charges of(const ErrorShare& facts) {
    if (!facts.most || *facts.most == RequestErrorKind::generator) return {Charge::errors_unanswered};
    return {facts.wrong_ids ? Charge::errors_id : of(*facts.most)};
}

Charges of(const EffectsMissed& facts) {
    Charges found;
    if (facts.audit) add_audit(found, *facts.audit);
    if (facts.observed)
        for (const FaultyTable& table : facts.observed->tables)
            found.add({of(table.fault)});
    for (const Misdeed misdeed : facts.misdeeds)
        if (misdeed == Misdeed::other_rows && facts.observed)
            add_other_rows(found, *facts.observed);
        else
            found.add({of(misdeed)});
    if (facts.misdelivered > 0) found.add({Charge::misdelivered});
    if (facts.files) add_files(found, *facts.files, facts.files_missed);
    if (!facts.not_durable.empty()) found.add({Charge::setting_not_durable});
    found.add(charges(facts.single_misdeeds));
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
    if (const auto* others = std::get_if<OtherProcesses>(&finding.facts)) return {of(others->mismatch)};
    return of(finding.rule);
}

Charges charges(const std::vector<Misdeed>& verified) {
    Charges found;
    for (const Misdeed misdeed : verified)
        found.add({of_verified(misdeed)});
    return found;
}

}  // namespace joust::model
