#include "rules/nobody_busy.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace joust::rules {
namespace {

constexpr double k_least_busy = 0.5;
constexpr double k_most_of_them = 0.5;  // of the sessions in use, then the typical one is among them
constexpr double k_all_the_time = 0.9;  // of the samples, in which no session was free

// Of the CPUs that it can use at one time. Empty where none was read: nobody answers without CPU time.
std::optional<double> in_use(const model::Cell& cell, model::Quantity quantity, double cpus) {
    const model::Estimate* cores = cell.find(quantity);
    if (cores == nullptr || cores->value <= 0 || cpus <= 0) return std::nullopt;
    return std::min(1.0, cores->value / cpus);
}

// Of the time that others left of it.
double of_what_was_left(double used, double left) {
    return std::min(1.0, used / std::max(used, left));
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

// Found in most of its trials, where it says why the response times of the cell are what they are.
bool mostly(const model::Finding& finding) {
    return !finding.in || finding.in->trials > k_most_of_them * finding.in->of;
}

std::optional<model::Wait> wait_of(const model::Cell& cell) {
    for (const model::Finding& finding : cell.judgement.findings)
        if (const auto* delayed = std::get_if<model::DelayedBody>(&finding.facts); delayed && mostly(finding))
            return *delayed;
    return session_wait(cell);
}

// What was used of what may be; empty where it was not read. Each user has one request under way, and each
// session of the database works on one at a time.
std::optional<model::InUse> use_of(const model::Cell& cell, const model::Benchmark& benchmark, double left) {
    using model::Quantity;
    const auto users = static_cast<double>(cell.level);
    const auto own = in_use(cell, Quantity::contender_cpu, std::min(benchmark.contender_limits.cpus, users));
    if (!own) return std::nullopt;
    model::InUse found{.contender = of_what_was_left(*own, left), .wait = wait_of(cell)};
    if (benchmark.database.engine == model::DatabaseEngine::postgres) {
        const double sessions = number(cell, Quantity::database_sessions);
        found.database = in_use(cell, Quantity::database_cpu,
                                std::min({benchmark.database_limits.cpus, users,
                                          sessions > 0 ? std::max(1.0, sessions) : users}))
                             .value_or(0);  // nobody asked it for anything
    }
    if (const model::Estimate* storage = cell.find(Quantity::storage_busy_share))
        found.storage = storage->value;
    return found;
}

// Users that pause, and a service that is idle meanwhile: the pauses are the limit, even where the response
// time is too long beside them for the throughput to be near users ÷ think time.
model::Finding paused(const model::Cell& cell, double rps, Nanoseconds think_time) {
    const auto users = static_cast<std::uint64_t>(cell.level);
    return {.rule = model::Rule::think_time,
            .facts = model::ThinkBound{.rps = rps,
                                       .most_rps = static_cast<double>(users) / seconds(think_time),
                                       .users = users,
                                       .think_time = think_time}};
}

// Users that pause less than they wait, for a service that would be idle if they did not pause: by Little's
// law the share of their time that is response time is 1 - rate * think time / users.
bool waits_all_the_same(const model::Cell& cell, double rps, Nanoseconds think_time, double in_use) {
    const double response = 1 - rps * seconds(think_time) / static_cast<double>(cell.level);
    return response > k_most_of_them && in_use / response < k_least_busy;
}

}  // namespace

Outcome nobody_busy(const model::Cell& cell, const model::Benchmark& benchmark, double left) {
    using model::Rule;
    if (benchmark.load.model != model::LoadModel::closed) return Holds{};
    if (cell.judgement.has(Rule::limits_off)) return model::NotEvaluated{.rule = Rule::nobody_busy};
    if (in_no_ratio(cell)) return Holds{};
    auto use = use_of(cell, benchmark, left);
    if (!use) return model::NotEvaluated{.rule = Rule::nobody_busy, .unread = true};
    if (use->total() >= k_least_busy) return Holds{};
    const Nanoseconds think_time = benchmark.load.think_time;
    const double rps = number(cell, model::Quantity::throughput);
    if (think_time > Nanoseconds{0} && !waits_all_the_same(cell, rps, think_time, use->total())) {
        if (cell.judgement.has(Rule::think_time)) return Holds{};  // of its trials, by their rate
        return paused(cell, rps, think_time);
    }
    return model::Finding{.rule = Rule::nobody_busy, .facts = *std::move(use)};
}

}  // namespace joust::rules
