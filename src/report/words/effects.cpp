#include "report/words/effects.hpp"

#include <array>
#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/words/files.hpp"
#include "report/words/single_requests.hpp"

namespace joust::report::words {
namespace {

using model::Misdeed;
using model::ObservedEffects;
using model::TableFault;

std::string audit_text(const model::Audit& audit) {
    if (!audit.problem.empty())
        return fmt::format("rows of {} prove nothing: {}", audit.table, audit.problem);
    std::vector<std::string> parts;
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
    };
    add(audit.lost, "left no row (lost)");
    add(audit.partial, fmt::format("left another number than {} (partial)", audit.rows_left));
    add(audit.duplicate, fmt::format("left {} more than once (duplicate)", audit.rows_left));
    if (audit.wrong_values > 0) {
        std::vector<std::string> values;
        for (const auto& [column, value] : audit.values)
            values.push_back(fmt::format("{} = {}", column, value));
        add(audit.wrong_values,
            fmt::format(
                "left rows with other values than {} (updated to what they were, or to something else)",
                joust::joined(values, ", ")));
    }
    std::string text =
        fmt::format("rows of {} are not as the contract: of {} requests answered rightly {}", audit.table,
                    audit.acknowledged(), parts.empty() ? "all are right" : joust::joined(parts, ", "));
    if (audit.unknown_partial > 0)
        text += fmt::format("; {} that failed left a part of their rows", audit.unknown_partial);
    return text;
}

std::string table_text(const model::FaultyTable& table) {
    switch (table.fault) {
        case TableFault::missing:
            return fmt::format("the table {} was not there at the start or at the end", table.table);
        case TableFault::unlogged:
            return fmt::format("{} is unlogged: its changes are in no log, and a crash empties it",
                               table.table);
        case TableFault::no_table:
            return fmt::format("{} is no ordinary table", table.table);
        case TableFault::trigger:
            return fmt::format(
                "{} has the trigger \"{}\", by which the database does work that the contract "
                "has the contender do",
                table.table, table.what);
        case TableFault::rule:
            return fmt::format(
                "{} has the rule \"{}\", by which the database does other work than it is "
                "asked for",
                table.table, table.what);
        case TableFault::cascade:
            return fmt::format(
                "{} has the foreign key \"{}\", by which the database changes its rows together with another "
                "table's",
                table.table, table.what);
        case TableFault::constraint:
            return fmt::format(
                "{} had \"{}\" when it was made and has it no more, so that the database has less to do "
                "for each of its rows",
                table.table, table.what);
        case TableFault::replaced:
            break;
    }
    return fmt::format("{} was truncated, rewritten or made anew during the trial", table.table);
}

// "role joust_beast has synchronous_commit = off, so commits are answered before they are durable"
std::string own_setting_text(const model::OwnSetting& setting) {
    return fmt::format("{}, so commits are answered before they are durable", own_setting_words(setting));
}

// "inserted 8.0 rows of users per request, contract 10"; each kind of change that differs.
std::string rows_text(const ObservedEffects& effects) {
    constexpr std::array<std::string_view, 3> did{"inserted", "updated", "deleted"};
    std::vector<std::string> parts;
    for (const model::RowsMissed& missed : rows_missed(effects))
        parts.push_back(fmt::format(
            "{} {} rows of {} per request, contract {}", did[static_cast<std::size_t>(missed.change)],
            per_request(missed.seen, effects.acknowledged), missed.table, missed.each));
    if (!parts.empty()) return joust::joined(parts, "; ");
    return fmt::format("{} of {} transactions changed other rows than the contract has",
                       effects.commits() - effects.as_declared(), effects.commits());
}

// A smaller part of what is due would be rounded away.
constexpr std::uint64_t k_told_per_request = 100;

std::string misdeed_text(Misdeed misdeed, const ObservedEffects& effects) {
    const std::string requests = fmt::format("{} requests answered rightly", effects.acknowledged);
    const std::string_view by = effects.counters ? ", by SQLite's change counter" : "";
    switch (misdeed) {
        case Misdeed::rolled_back:
            return fmt::format(
                "work was rolled back: for {} there are {} commits, and {} transactions that "
                "were rolled back",
                requests, effects.commits(), effects.rolled_back);
        case Misdeed::one_for_several:
            return fmt::format("one transaction for several requests: {} commits for {}{}", effects.commits(),
                               requests, by);
        case Misdeed::no_commit: {
            std::string text =
                fmt::format("work is missing: {} {} commits for {}",
                            effects.counters ? "SQLite's change counter has" : "the database's log has",
                            effects.commits(), requests);
            if (effects.rows_elsewhere > 0)
                text += fmt::format("; {} rows of other tables were changed", effects.rows_elsewhere);
            else if (effects.commits() == 0)
                text += "; work in a temporary or unlogged table, or in another database, is not in it";
            return text;
        }
        case Misdeed::several_for_one: {
            const std::uint64_t due = effects.acknowledged * static_cast<std::uint64_t>(effects.transactions);
            if ((effects.commits() - due) * k_told_per_request < due)
                return fmt::format("{} transactions for {}, contract {} for each{}", effects.commits(),
                                   requests, effects.transactions, by);
            return fmt::format(
                "{} transactions per request, contract {}{}",
                per_request(static_cast<std::int64_t>(effects.commits()), effects.acknowledged),
                effects.transactions, by);
        }
        case Misdeed::other_rows:
            return rows_text(effects);
        case Misdeed::not_durable:
            return fmt::format(
                "commits were answered before they were durable: {} commits of at most {} sessions at once "
                "with {} "
                "syncs of the log, and a session that waits for the disk needs one for each of its commits "
                "(synchronous_commit = off by session, role or transaction)",
                effects.log_syncs->commits, effects.log_syncs->most_sessions,
                effects.log_syncs->syncs.value_or(0));
        case Misdeed::files_late:  // of no trial
        case Misdeed::answers_first:
            break;
    }
    return fmt::format("it commits after it answers: at times {} answers were ahead of their commits",
                       effects.answers_ahead.value_or(0));
}

// "transactions and rows were counted in the database's log, rows audited by request".
std::string counted_text(const model::NotEvaluated& rule) {
    std::vector<std::string> parts;
    if (rule.in_log) parts.emplace_back("transactions and rows were counted in the database's log");
    if (rule.in_counters) parts.emplace_back("transactions were counted by SQLite's change counter");
    if (rule.inserts_counted)
        parts.emplace_back(parts.empty() ? "inserted rows were counted by AUTOINCREMENT"
                                         : "inserted rows by AUTOINCREMENT");
    if (rule.in_part)
        parts.emplace_back(parts.empty() ? "rows were audited by request" : "rows audited by request");
    if (rule.single && rule.single->rows)
        parts.emplace_back(parts.empty() ? "rows of single requests were looked at"
                                         : "rows of single requests looked at");
    if (rule.in_files)
        parts.emplace_back(parts.empty() ? "files were counted in slices of the window"
                                         : "files counted in slices of the window");
    return joust::joined(parts, ", ");
}

// What was not: "files were not counted".
std::string uncounted_text(const model::NotEvaluated& rule) {
    std::vector<std::string> parts;
    if (!rule.in_files && !rule.no_files) parts.emplace_back("files were not counted");
    const bool counted = rule.in_log || rule.in_counters;
    if (!rule.in_part && rule.in_files)
        parts.emplace_back(counted ? "rows were not audited by request"
                                   : "rows and transactions were not counted");
    if (rule.in_part && !counted && rule.in_files) parts.emplace_back("transactions were not counted");
    if (rule.in_counters && rule.single && !(rule.single->rows && rule.single->syncs))
        parts.push_back(untold_text(*rule.single));
    if (rule.in_counters && !rule.single)
        parts.emplace_back(
            "which rows a transaction changed, and whether it waited for the disk, is in no log "
            "(joust verify proves it by single requests)");
    if (rule.in_log && rule.single && !rule.single->slow_commits)
        parts.push_back(untold_of_server_text(*rule.single));
    if (rule.durability_open)
        parts.emplace_back(
            "whether commits were durable when they were answered does not follow from the syncs of the log "
            "(too few commits for each session)");
    return joust::joined(parts, "; ");
}

}  // namespace

std::string per_request(std::int64_t count, std::uint64_t requests) {
    if (requests == 0) return "–";
    const double value = static_cast<double>(count) / static_cast<double>(requests);
    const bool exact = static_cast<std::uint64_t>(std::abs(count)) * 10 % requests == 0;
    return exact ? fmt::format("{:.1f}", value) : fmt::format("{:.3f}", value);
}

std::string own_setting_words(const model::OwnSetting& setting) {
    std::string whose = setting.role.empty() ? "" : "role " + setting.role;
    if (!setting.database.empty())
        whose += fmt::format("{}database {}", whose.empty() ? "" : " in ", setting.database);
    return fmt::format("{} has {} = {}", whose.empty() ? "every role" : whose, setting.name, setting.value);
}

std::string effects_missed(const model::EffectsMissed& facts) {
    std::vector<std::string> parts;
    for (const model::OwnSetting& setting : facts.not_durable)
        parts.push_back(own_setting_text(setting));
    if (facts.observed) {
        for (const model::FaultyTable& table : facts.observed->tables)
            parts.push_back(table_text(table));
        for (const Misdeed misdeed : facts.misdeeds)
            parts.push_back(misdeed_text(misdeed, *facts.observed));
    }
    if (facts.misdelivered > 0)
        parts.push_back(
            fmt::format("{} got an answer that is right for another id of this run (misdelivered)",
                        model::counted(static_cast<std::int64_t>(facts.misdelivered), "request")));
    if (facts.audit) parts.push_back(audit_text(*facts.audit));
    if (facts.files) parts.push_back(files_missed(*facts.files, facts.files_missed));
    for (const Misdeed misdeed : facts.single_misdeeds)
        parts.push_back(misdeed_text(misdeed, *facts.single));
    return joust::joined(parts, "; ");
}

std::string effects_left(const model::NotEvaluated& rule) {
    if (rule.undeclared && !rule.in_part)
        return "not declared: the workload does not say what a request changes in the database";
    const std::string counted = counted_text(rule);
    if (counted.empty())
        return "answers were checked, but rows and files were not counted against the contract";
    const bool several = counted.find(", ") != std::string::npos;
    return fmt::format("{}{} and are as the contract; {}", counted, several ? "," : "", uncounted_text(rule));
}

}  // namespace joust::report::words
