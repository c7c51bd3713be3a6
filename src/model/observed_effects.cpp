#include "model/observed_effects.hpp"

#include <array>
#include <utility>

namespace joust::model {
namespace {

constexpr std::array<std::pair<TableFault, std::string_view>, 8> k_names{{
    {TableFault::missing, "missing"},
    {TableFault::unlogged, "unlogged"},
    {TableFault::no_table, "no_table"},
    {TableFault::trigger, "trigger"},
    {TableFault::rule, "rule"},
    {TableFault::cascade, "cascade"},
    {TableFault::replaced, "replaced"},
    {TableFault::constraint, "constraint"},
}};

// A table counts where all of them have counted it.
void add(OwnCounters& sum, const OwnCounters& more) {
    sum.commits += more.commits;
    std::erase_if(sum.inserted, [&](const auto& one) { return !more.inserted.contains(one.first); });
    for (auto& [table, rows] : sum.inserted)
        rows += more.inserted.at(table);
}

// What all requests together did; empty where nothing counted it.
std::optional<std::int64_t> seen(const ObservedEffects& effects, const std::string& table, RowChange change) {
    if (!effects.counters) {
        const auto found = effects.rows.find(table);
        return found == effects.rows.end() ? 0 : count(found->second, change);
    }
    const auto found = effects.counters->inserted.find(table);
    if (change != RowChange::inserted || found == effects.counters->inserted.end()) return std::nullopt;
    return found->second;
}

}  // namespace

std::int64_t count(const RowEffects& rows, RowChange change) {
    switch (change) {
        case RowChange::inserted:
            return rows.inserted;
        case RowChange::updated:
            return rows.updated;
        case RowChange::deleted:
            break;
    }
    return rows.deleted;
}

// The requests that may have changed something are at least those that were answered rightly.
std::vector<RowsMissed> rows_missed(const ObservedEffects& effects) {
    std::vector<RowsMissed> missed;
    for (const auto& [table, contract] : effects.contract)
        for (const RowChange change : k_row_changes) {
            const auto all = seen(effects, table, change);
            if (!all) continue;
            const std::int64_t each = count(contract, change);
            const std::uint64_t least = effects.acknowledged * static_cast<std::uint64_t>(each);
            const std::uint64_t most =
                (effects.acknowledged + effects.unknown) * static_cast<std::uint64_t>(each);
            const bool fewer = std::cmp_less(*all, least);
            if (fewer || std::cmp_greater(*all, most)) missed.push_back({table, change, *all, each, fewer});
        }
    return missed;
}

std::string_view name(TableFault fault) {
    return k_names[static_cast<std::size_t>(fault)].second;
}

std::optional<TableFault> table_fault(std::string_view name) {
    for (const auto& [fault, text] : k_names)
        if (text == name) return fault;
    return std::nullopt;
}

void add(ObservedEffects& sum, const ObservedEffects& more) {
    sum.acknowledged += more.acknowledged;
    sum.unknown += more.unknown;
    sum.other_commits += more.other_commits;
    sum.rolled_back += more.rolled_back;
    sum.rows_elsewhere += more.rows_elsewhere;
    for (const CommitShape& shape : more.shapes) {
        const auto known = std::find_if(sum.shapes.begin(), sum.shapes.end(),
                                        [&](const CommitShape& other) { return other.rows == shape.rows; });
        if (known == sum.shapes.end())
            sum.shapes.push_back(shape);
        else
            known->commits += shape.commits;
    }
    std::sort(sum.shapes.begin(), sum.shapes.end(), [](const CommitShape& a, const CommitShape& b) {
        return a.commits != b.commits ? a.commits > b.commits : a.rows < b.rows;
    });
    for (const auto& [table, rows] : more.rows) {
        RowEffects& of_table = sum.rows[table];
        of_table.inserted += rows.inserted;
        of_table.updated += rows.updated;
        of_table.deleted += rows.deleted;
    }
    if (more.answers_ahead) sum.answers_ahead = std::max(sum.answers_ahead.value_or(0), *more.answers_ahead);
    if (more.log_bytes) sum.log_bytes = sum.log_bytes.value_or(0) + *more.log_bytes;
    if (more.log_syncs && more.log_syncs->syncs) {
        LogSyncs& all = sum.log_syncs && sum.log_syncs->syncs ? *sum.log_syncs
                                                              : sum.log_syncs.emplace(LogSyncs{.syncs = 0});
        *all.syncs += *more.log_syncs->syncs;
        all.commits += more.log_syncs->commits;
        all.most_sessions = std::max(all.most_sessions, more.log_syncs->most_sessions);
        all.elapsed += more.log_syncs->elapsed;
    }
    if (sum.counters && more.counters)
        add(*sum.counters, *more.counters);
    else
        sum.counters.reset();
    for (const FaultyTable& table : more.tables)
        if (std::find(sum.tables.begin(), sum.tables.end(), table) == sum.tables.end())
            sum.tables.push_back(table);
    std::sort(sum.tables.begin(), sum.tables.end());
}

}  // namespace joust::model
