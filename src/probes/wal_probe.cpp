#include "probes/wal_probe.hpp"

#include <algorithm>
#include <iterator>

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

// A commit's time is read before it is flushed, an answer's is of the kernel, and both clocks tick alike.
constexpr Nanoseconds k_clock_tolerance = 2ms;

Nanoseconds clock_offset() {
    return wall_now().time_since_epoch() - now().time_since_epoch();
}

struct Requests {
    std::uint64_t acknowledged = 0;
    std::uint64_t unknown = 0;
};

// Empty where the ids are not all known.
std::optional<Requests> requests_of(const std::vector<model::IssuedIds>& ids) {
    Requests sums;
    for (const model::IssuedIds& thread : ids) {
        if (thread.truncated) return std::nullopt;
        sums.unknown += thread.unacknowledged.size();
        sums.acknowledged += thread.issued - thread.unacknowledged.size();
    }
    return sums;
}

bool any(const model::RowEffects& rows) {
    return rows != model::RowEffects{};
}

model::RowsByTable declared_rows(const model::EffectsContract& effects) {
    model::RowsByTable rows;
    for (const auto& [table, changed] : effects.rows)
        if (any(changed)) rows.emplace(table, changed);
    return rows;
}

model::OwnCounters of_tables(model::OwnCounters counters, const model::RowsByTable& contract) {
    std::erase_if(counters.inserted, [&](const auto& one) { return !contract.contains(one.first); });
    return counters;
}

// Each fault once, in the order in which they were found.
class Faults {
public:
    void add(model::TableFault fault, const std::string& table, const std::string& what) {
        model::FaultyTable one{fault, table, what};
        if (std::find(all_.begin(), all_.end(), one) == all_.end()) all_.push_back(std::move(one));
    }
    void add_code(const std::string& table, const database::TableState& state) {
        for (const std::string& trigger : state.triggers)
            add(model::TableFault::trigger, table, trigger);
        for (const std::string& rule : state.rules)
            add(model::TableFault::rule, table, rule);
    }
    [[nodiscard]] const std::vector<model::FaultyTable>& all() const { return all_; }

private:
    std::vector<model::FaultyTable> all_;
};

// What the table once had and has no more.
std::vector<std::string> lost(const database::ConstraintsByTable& made, const std::string& table,
                              const database::TableState& state) {
    std::vector<std::string> gone;
    const auto once = made.find(table);
    if (once == made.end() || !state.ordinary) return gone;
    const auto& now = state.constraints;
    std::copy_if(once->second.begin(), once->second.end(), std::back_inserter(gone),
                 [&](const std::string& one) { return std::find(now.begin(), now.end(), one) == now.end(); });
    return gone;
}

}  // namespace

std::optional<RowsChanged> rows_changed(const model::Workload& workload) {
    std::optional<RowsChanged> all;
    for (const model::Operation& operation : workload.operations) {
        const RowsChanged one{declared_rows(operation.effects), operation.effects.transactions};
        if (one.rows.empty()) return std::nullopt;
        if (all && (all->rows != one.rows || all->transactions != one.transactions)) return std::nullopt;
        all = one;
    }
    return all;
}

bool declares_nothing(const model::Workload& workload) {
    return std::all_of(
        workload.operations.begin(), workload.operations.end(),
        [](const model::Operation& operation) { return declared_rows(operation.effects).empty(); });
}

model::ObservedEffects effects_that_differ(const model::Workload& workload) {
    model::ObservedEffects effects{
        .contract = {},
        .not_read =
            "operations of the workload differ in what they change, and the log does not tell whose a "
            "transaction is"};
    for (const model::Operation& operation : workload.operations)
        for (const auto& [table, rows] : declared_rows(operation.effects))
            effects.contract.emplace(table, rows);
    return effects;
}

std::vector<model::FaultyTable> faulty_tables(const model::RowsByTable& contract,
                                              const database::ChangeLog& log) {
    using model::TableFault;
    Faults faults;
    for (const auto& [table, rows] : contract) {
        const auto before = log.before.find(table);
        const auto after = log.after.find(table);
        if (before == log.before.end() || after == log.after.end()) {
            faults.add(TableFault::missing, table, "");
            continue;
        }
        for (const database::TableState* state : {&before->second, &after->second}) {
            if (!state->ordinary) faults.add(TableFault::no_table, table, "");
            if (!state->logged) faults.add(TableFault::unlogged, table, "");
            faults.add_code(table, *state);
            for (const std::string& key : state->cascades)
                faults.add(TableFault::cascade, table, key);
            for (const std::string& constraint : lost(log.made, table, *state))
                faults.add(TableFault::constraint, table, constraint);
        }
        if (before->second.relation != after->second.relation) faults.add(TableFault::replaced, table, "");
    }
    return faults.all();
}

std::vector<model::FaultyTable> faults_elsewhere(const model::RowsByTable& contract,
                                                 const database::ChangeLog& log) {
    Faults faults;
    for (const database::TableStates* states : {&log.before, &log.after})
        for (const auto& [table, state] : *states)
            if (!contract.contains(table)) faults.add_code(table, state);
    return faults.all();
}

std::uint64_t answers_ahead(const Answers& answers, const std::vector<std::uint64_t>& commits_by) {
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < std::min(answers.size(), commits_by.size()); ++i)
        if (answers[i].answers > commits_by[i]) most = std::max(most, answers[i].answers - commits_by[i]);
    return most;
}

Status WalProbe::begin(TimePoint, TimePoint) {
    clocks_at_start_ = clock_offset();
    return {};
}

// Within the trial the clocks may have drifted apart, as where NTP slews one of them.
std::vector<WallTime> WalProbe::times() const {
    const Nanoseconds at_end = clock_offset();
    const Nanoseconds later = std::max(clocks_at_start_, at_end);
    const Nanoseconds drift = std::chrono::abs(at_end - clocks_at_start_);
    std::vector<WallTime> times;
    for (const AnswersBy& one : answers_)
        times.emplace_back(one.at.time_since_epoch() + later + drift + k_clock_tolerance);
    return times;
}

// A statement that touches no row of a table, or one that is in no log, can set off a trigger all the same.
std::vector<model::FaultyTable> WalProbe::faults(const database::ChangeLog& log) const {
    std::vector<model::FaultyTable> all = faulty_tables(expected_->rows, log);
    const auto add = [&](const auto& more) {
        for (const model::FaultyTable& one : more)
            if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    };
    add(faults_elsewhere(expected_->rows, log));
    add(code_);
    return all;
}

Status WalProbe::count_changes(const database::ChangeLog& log, model::ObservedEffects& effects) const {
    effects.log_bytes = database::bytes_of(log);
    ChangeCount changes(expected_->rows, log, times());
    JOUST_CHECK(database_.read_changes(log, [&](const database::WalRecord& record) { changes.add(record); }));
    changes.write(effects);
    if (expected_->transactions == 1) effects.answers_ahead = answers_ahead(answers_, changes.commits_by());
    return {};
}

Status WalProbe::finish(model::TrialResult& trial) {
    if (!expected_) {
        trial.effects.emplace();
        return {};
    }
    const auto requests = requests_of(trial.samples.ids);
    if (!requests || requests->acknowledged + requests->unknown == 0) return {};
    auto log = database_.changes_in_turn(contender_);
    if (log && !*log) return {};
    model::ObservedEffects effects{.contract = expected_->rows,
                                   .transactions = expected_->transactions,
                                   .acknowledged = requests->acknowledged,
                                   .unknown = requests->unknown};
    if (log) {
        effects.tables = faults(**log);
        if ((*log)->counters)
            effects.counters = of_tables(*(*log)->counters, expected_->rows);
        else if (const Status read = count_changes(**log, effects); !read)
            log = tl::unexpected(read.error());
    }
    // Whether the server is still sound is asked at the end of the trial, which says why it is not.
    if (!log) {
        if (log.error().kind == ErrorKind::interrupted) return tl::unexpected(log.error());
        effects.not_read = log.error().message;
    }
    trial.effects = std::move(effects);
    return {};
}

}  // namespace joust::probes
