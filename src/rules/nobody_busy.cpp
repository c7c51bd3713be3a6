#include "rules/nobody_busy.hpp"

#include <algorithm>
#include <utility>

namespace joust::rules {
namespace {

constexpr double k_least_busy = 0.5;
constexpr double k_most_of_them = 0.5;  // of the sessions in use, then the typical one is among them
constexpr double k_all_the_time = 0.9;  // of the samples, in which no session was free

// Of its limit; 0 where there is none.
double in_use(const model::Cell& cell, model::Quantity quantity, const model::Limits& limits) {
    const model::Estimate* cores = cell.find(quantity);
    return cores != nullptr && limits.cpus > 0 ? cores->value / limits.cpus : 0;
}

// Of the time that other guests left of it.
double of_what_was_left(double used, double steal_share) {
    return used > 0 ? std::min(1.0, used / std::max(used, 1 - steal_share)) : 0;
}

double number(const model::Cell& cell, model::Quantity quantity) {
    const model::Estimate* found = cell.find(quantity);
    return found != nullptr ? found->value : 0;
}

// What sessions wait for is what requests wait for where at least half of the users have a session in use,
// or where no session is free and the other users wait for one.
std::optional<model::SessionWait> session_wait(const model::Cell& cell) {
    using For = model::SessionWait::For;
    using model::Quantity;
    const auto users = static_cast<double>(cell.level);
    model::SessionWait wait{.sessions = number(cell, Quantity::database_sessions),
                            .in_use = number(cell, Quantity::database_sessions_in_use),
                            .all_in_use = number(cell, Quantity::database_sessions_all_in_use)};
    const bool none_free = wait.all_in_use >= k_all_the_time;
    if (wait.in_use <= 0 || (!none_free && wait.in_use < k_most_of_them * users)) return std::nullopt;
    for (const auto& [what, quantity] : {std::pair{For::lock, Quantity::database_sessions_on_lock},
                                         std::pair{For::log, Quantity::database_sessions_on_log}})
        if (const double waiting = number(cell, quantity); waiting >= k_most_of_them * wait.in_use) {
            wait.what = what;
            wait.waiting = waiting;
            return wait;
        }
    if (!none_free || wait.sessions > k_most_of_them * users) return std::nullopt;
    wait.what = For::connection;
    wait.waiting = number(cell, Quantity::database_sessions_held);
    return wait;
}

std::optional<model::Wait> wait_of(const model::Cell& cell) {
    for (const model::Finding& finding : cell.judgement.findings)
        if (const auto* delayed = std::get_if<model::DelayedBody>(&finding.facts)) return *delayed;
    return session_wait(cell);
}

// Users that pause, and a service that is idle meanwhile: the pauses are the limit, even where the response
// time is too long beside them for the throughput to be near users ÷ think time.
std::optional<model::Finding> paused(const model::Cell& cell, Nanoseconds think_time) {
    const model::Estimate* throughput = cell.find(model::Quantity::throughput);
    if (cell.judgement.has(model::Rule::think_time) || throughput == nullptr) return std::nullopt;
    return model::Finding{
        .rule = model::Rule::think_time,
        .facts = model::ThinkBound{.rps = throughput->value,
                                   .most_rps = static_cast<double>(cell.level) / seconds(think_time),
                                   .users = static_cast<std::uint64_t>(cell.level),
                                   .think_time = think_time}};
}

}  // namespace

std::optional<model::Finding> nobody_busy(const model::Cell& cell, const model::Benchmark& benchmark,
                                          double steal_share) {
    if (benchmark.load.model != model::LoadModel::closed || in_no_ratio(cell) ||
        cell.judgement.has(model::Rule::limits_off) || cell.find(model::Quantity::contender_cpu) == nullptr)
        return std::nullopt;
    const model::Estimate* storage = cell.find(model::Quantity::storage_busy_share);
    const model::InUse facts{
        .contender = of_what_was_left(
            in_use(cell, model::Quantity::contender_cpu, benchmark.contender_limits), steal_share),
        .database = in_use(cell, model::Quantity::database_cpu, benchmark.database_limits),
        .storage = storage != nullptr ? std::optional(storage->value) : std::nullopt,
        .wait = wait_of(cell)};
    if (facts.total() >= k_least_busy) return std::nullopt;
    if (benchmark.load.think_time > Nanoseconds{0}) return paused(cell, benchmark.load.think_time);
    return model::Finding{.rule = model::Rule::nobody_busy, .facts = facts};
}

}  // namespace joust::rules
