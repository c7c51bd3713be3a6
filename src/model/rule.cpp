#include "model/rule.hpp"

namespace joust::model {
namespace {

constexpr Effects k_voids_all{Effect::voids, Effect::voids, Effect::voids};
constexpr Effects k_doubts_all{Effect::doubts, Effect::doubts, Effect::doubts};
constexpr Effects k_doubts_load{Effect::doubts, Effect::doubts, Effect::none};
constexpr Effects k_voids_load{Effect::voids, Effect::voids, Effect::none};
constexpr Effects k_doubts_latency{Effect::none, Effect::doubts, Effect::none};
constexpr Effects k_voids_latency{Effect::none, Effect::voids, Effect::none};
constexpr Effects k_voids_times_of_load{Effect::doubts, Effect::voids, Effect::none};

constexpr RuleRow alike(Rule rule, std::string_view code, const Effects& effects, Doing doing, Remedy remedy,
                        Fault fault = Fault::none) {
    return {rule, code, effects, effects, effects, doing, remedy, effects, fault};
}

constexpr std::array<RuleRow, k_rules> k_rule_rows{{
    alike(Rule::error_rate, "error_rate", k_voids_all, Doing::contender, Remedy::find_errors, Fault::failed),
    alike(Rule::service_restarted, "service_restarted", k_voids_all, Doing::contender, Remedy::read_logs,
          Fault::failed),
    alike(Rule::limits_not_in_force, "limits_not_in_force", k_voids_all, Doing::host, Remedy::read_logs,
          Fault::failed),
    alike(Rule::service_died, "service_died", k_voids_all, Doing::contender, Remedy::read_logs,
          Fault::failed),
    alike(Rule::out_of_memory, "out_of_memory", k_voids_all, Doing::contender, Remedy::read_logs,
          Fault::failed),
    alike(Rule::clock_jumped, "clock_jumped", k_voids_all, Doing::host, Remedy::read_logs),
    // Of the trials of one that is slow, those in which it was fast are left.
    alike(Rule::few_operations, "few_operations", k_voids_all, Doing::contender, Remedy::lengthen_window,
          Fault::failed),
    alike(Rule::limits_off, "limits_off", k_doubts_all, Doing::plan, Remedy::set_limits),
    alike(Rule::no_steady_state, "no_steady_state", k_doubts_all, Doing::contender, Remedy::warm_up_longer),
    alike(Rule::cpu_taken, "cpu_taken", k_doubts_load, Doing::host, Remedy::quiet_host),
    alike(Rule::generator_limits, "generator_limits", k_voids_load, Doing::generator, Remedy::quiet_host),
    alike(Rule::connections, "connections", k_doubts_load, Doing::generator, Remedy::quiet_host),
    // Beyond half of the median the times are the generator's own for the most part. A late generator takes
    // no work from a target that has enough of it (slight), nor from one with a schedule.
    {Rule::generator_lag, "generator_lag", k_doubts_load, k_voids_times_of_load, k_doubts_latency,
     Doing::generator, Remedy::quiet_host, k_voids_latency},
    {Rule::generator_run_delay, "generator_run_delay", k_doubts_load, k_voids_times_of_load, k_doubts_latency,
     Doing::generator, Remedy::quiet_host, k_voids_latency},
    {Rule::generator_cpu, "generator_cpu", k_doubts_load, k_voids_load, k_doubts_load, Doing::generator,
     Remedy::quiet_host},
    {Rule::generator_stopped, "generator_stopped", k_doubts_load, k_voids_load, k_doubts_load,
     Doing::generator, Remedy::quiet_host},
    {Rule::generator_throttled, "generator_throttled", k_doubts_load, k_voids_load, k_doubts_load,
     Doing::generator, Remedy::quiet_host},
    alike(Rule::steal, "steal", k_doubts_load, Doing::host, Remedy::quiet_host),
    // Grave where the target kept up, so that the generator alone is to blame.
    {Rule::offered_rate, "offered_rate", k_doubts_load, k_voids_load, k_doubts_load, Doing::generator,
     Remedy::quiet_host},
    alike(Rule::connection_bound, "connection_bound", k_doubts_load, Doing::plan, Remedy::quiet_host),
    // That a target cannot serve more is the result of a load; the longer it goes on, the longer the queue.
    alike(Rule::saturation, "saturation", {Effect::explains, Effect::bounds, Effect::none}, Doing::contender,
          Remedy::quiet_host),
    // Where more time was spent in flight than the requests account for, those that starved took longer than
    // any that was counted; where less was, it is not known in which direction the times are off.
    {Rule::littles_law,
     "littles_law",
     k_doubts_latency,
     {Effect::none, Effect::bounds, Effect::none},
     k_doubts_latency,
     Doing::contender,
     Remedy::load_less},
    alike(Rule::effects, "effects", k_voids_all, Doing::contender, Remedy::read_logs, Fault::undeclared),
    alike(Rule::saturated, "saturated", k_doubts_load, Doing::contender, Remedy::load_less),
    // Of a load without --expect-status, where a redirect counts as a success.
    alike(Rule::redirects, "redirects", {Effect::explains, Effect::none, Effect::none}, Doing::contender,
          Remedy::find_errors),
    // Figures of a wait are right, but they say nothing of the work.
    alike(Rule::nobody_busy, "nobody_busy", {Effect::explains, Effect::explains, Effect::none},
          Doing::contender, Remedy::read_logs),
    alike(Rule::latency_not_steady, "latency_not_steady", k_doubts_latency, Doing::contender,
          Remedy::warm_up_longer),
    alike(Rule::delayed_body, "delayed_body", {Effect::none, Effect::explains, Effect::none},
          Doing::contender, Remedy::read_logs),
    // A faster service would have been given no more work.
    alike(Rule::think_time, "think_time", {Effect::doubts, Effect::none, Effect::none}, Doing::plan,
          Remedy::load_more),
    alike(Rule::processes, "processes_not_declared", k_voids_all, Doing::contender, Remedy::read_logs,
          Fault::undeclared),
    // What was measured is right; means and most percentiles hardly show it.
    alike(Rule::stood_still, "stood_still", {Effect::explains, Effect::explains, Effect::none},
          Doing::contender, Remedy::read_logs),
    alike(Rule::database_taken, "database_taken", k_doubts_load, Doing::host, Remedy::quiet_host),
    // What it was measured with is not what it was asked.
    alike(Rule::foreign_requests, "foreign_requests", k_voids_all, Doing::host, Remedy::quiet_host),
}};

constexpr bool rules_in_order() {
    for (std::size_t i = 0; i < k_rules; ++i)
        if (static_cast<std::size_t>(k_rule_rows[i].rule) != i) return false;
    return true;
}
static_assert(rules_in_order(), "a row stands at the place of its rule");

}  // namespace

const std::array<RuleRow, k_rules>& rules() {
    return k_rule_rows;
}

}  // namespace joust::model
