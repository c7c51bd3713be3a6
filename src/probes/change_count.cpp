#include "probes/change_count.hpp"

#include <algorithm>
#include <charconv>

namespace joust::probes {
namespace {

using database::WalAct;
using database::WalRecord;

constexpr std::size_t k_most_open = 1'000'000;      // transactions and subtransactions; some 100 bytes each
constexpr std::size_t k_most_shapes = 10'000;       // an honest contender has one
constexpr std::uint32_t k_first_of_users = 16'384;  // FirstNormalObjectId: below are the catalog's own

bool empty(const std::vector<std::array<std::int64_t, 3>>& shape) {
    return std::all_of(shape.begin(), shape.end(),
                       [](const auto& rows) { return rows == std::array<std::int64_t, 3>{}; });
}

void add_to(std::vector<std::array<std::int64_t, 3>>& sum,
            const std::vector<std::array<std::int64_t, 3>>& more) {
    for (std::size_t table = 0; table < sum.size(); ++table)
        for (std::size_t i = 0; i < sum[table].size(); ++i)
            sum[table][i] += more[table][i];
}

// Of "1663/DATABASE/FILENODE".
bool is_users_relation_of(std::string_view relation, std::string_view database) {
    const std::size_t first = relation.find('/');
    const std::size_t second = relation.rfind('/');
    if (first == second || relation.substr(first + 1, second - first - 1) != database) return false;
    std::uint32_t node = 0;
    const std::string_view text = relation.substr(second + 1);
    std::from_chars(text.data(), text.data() + text.size(), node);
    return node >= k_first_of_users;
}

}  // namespace

ChangeCount::ChangeCount(const model::RowsByTable& contract, const database::ChangeLog& log,
                         std::vector<WallTime> commits_by)
    : database_(log.database), times_(std::move(commits_by)), commits_(times_.size() + 1) {
    for (const auto& [table, rows] : contract) {
        if (const auto state = log.before.find(table);
            state != log.before.end() && !state->second.relation.empty())
            places_.emplace(state->second.relation, tables_.size());
        tables_.push_back(table);
    }
    sums_.resize(tables_.size());
}

void ChangeCount::add(const WalRecord& record) {
    switch (record.act) {
        case WalAct::committed:
        case WalAct::aborted:
            return end(record);
        case WalAct::prepared:
            problem_ = k_two_steps;
            return;
        case WalAct::inserted:
        case WalAct::updated:
        case WalAct::deleted:
        case WalAct::withdrawn:
            break;
    }
    change(record);
}

void ChangeCount::change(const WalRecord& record) {
    const auto place = places_.find(std::string(record.relation));
    const bool elsewhere = place == places_.end();
    if (elsewhere && !is_users_relation_of(record.relation, database_)) return;
    if (open_.size() >= k_most_open && !open_.contains(record.transaction)) {
        problem_ = "it has more transactions open at once than can be counted";
        return;
    }
    Open& transaction = open_[record.transaction];
    if (transaction.rows.empty()) transaction.rows.resize(tables_.size());
    if (elsewhere) {
        transaction.elsewhere += record.rows;
        return;
    }
    auto& [inserted, updated, deleted] = transaction.rows[place->second];
    if (record.act == WalAct::inserted) inserted += record.rows;
    if (record.act == WalAct::updated) updated += record.rows;
    if (record.act == WalAct::deleted) deleted += record.rows;
    if (record.act == WalAct::withdrawn) inserted -= record.rows;
}

// A subtransaction that is released leaves no record of its own: it ends with its parent, who names it.
void ChangeCount::end(const WalRecord& record) {
    Open whole{.rows = Shape(tables_.size())};
    bool some = false;
    const auto take = [&](std::uint32_t transaction) {
        const auto found = open_.find(transaction);
        if (found == open_.end()) return;
        some = true;
        add_to(whole.rows, found->second.rows);
        whole.elsewhere += found->second.elsewhere;
        open_.erase(found);
    };
    take(record.transaction);
    for (const std::uint32_t one : record.subtransactions)
        take(one);
    if (!some) return;
    if (record.act == WalAct::committed)
        count(whole, record.time);
    else if (!empty(whole.rows))
        ++rolled_back_;
}

void ChangeCount::count(const Open& transaction, WallTime time) {
    elsewhere_ += transaction.elsewhere;
    if (empty(transaction.rows)) return;
    add_to(sums_, transaction.rows);
    const auto first = std::lower_bound(times_.begin(), times_.end(), time);
    ++commits_[static_cast<std::size_t>(first - times_.begin())];
    if (shapes_.size() < k_most_shapes || shapes_.contains(transaction.rows))
        ++shapes_[transaction.rows];
    else
        ++further_commits_;
}

model::RowsByTable ChangeCount::named(const Shape& shape) const {
    model::RowsByTable rows;
    for (std::size_t table = 0; table < tables_.size(); ++table)
        rows[tables_[table]] = {shape[table][0], shape[table][1], shape[table][2]};
    return rows;
}

void ChangeCount::write(model::ObservedEffects& effects) const {
    for (const auto& [shape, commits] : shapes_)
        effects.shapes.push_back({named(shape), commits});
    std::stable_sort(effects.shapes.begin(), effects.shapes.end(),
                     [](const auto& a, const auto& b) { return a.commits > b.commits; });
    effects.other_commits = further_commits_;
    while (effects.shapes.size() > model::ObservedEffects::k_most_shapes) {
        effects.other_commits += effects.shapes.back().commits;
        effects.shapes.pop_back();
    }
    effects.rows = named(sums_);
    effects.rolled_back = rolled_back_;
    effects.rows_elsewhere = elsewhere_;
    effects.not_read = problem_;
}

std::vector<std::uint64_t> ChangeCount::commits_by() const {
    std::vector<std::uint64_t> sums;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < times_.size(); ++i)
        sums.push_back(sum += commits_[i]);
    return sums;
}

}  // namespace joust::probes
