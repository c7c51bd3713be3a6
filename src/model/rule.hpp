#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace joust::model {

/// A reason why a figure may not be what it seems. Persisted by code, never by number.
enum class Rule : std::uint8_t {
    error_rate,
    service_restarted,
    limits_not_in_force,
    service_died,
    out_of_memory,
    clock_jumped,
    few_operations,
    limits_off,
    no_steady_state,
    cpu_taken,
    generator_limits,
    connections,
    generator_lag,
    generator_run_delay,
    generator_cpu,
    generator_stopped,
    generator_throttled,
    steal,
    offered_rate,
    connection_bound,
    saturation,
    littles_law,
    effects,
    saturated,
    redirects,
    nobody_busy,
    latency_not_steady,
    delayed_body,
    think_time,
    processes,
    stood_still,
    database_taken,
    foreign_requests,
};
inline constexpr std::size_t k_rules = 33;

/// What a rule that was broken does to a figure, from the least to the most.
enum class Effect : std::uint8_t {
    none,
    explains,  ///< the figure stands; the rule says why it is what it is
    doubts,    ///< the figure is marked
    bounds,    ///< the figure is a lower bound: "≥"
    voids,     ///< there is no figure, and nothing is ranked by it
};

/// The kinds of figures that rules tell apart.
enum class Aspect : std::uint8_t { goodput, latency, cost };

/// Effects of one rule on each aspect.
struct Effects {
    Effect goodput = Effect::none;
    Effect latency = Effect::none;
    Effect cost = Effect::none;  ///< CPU per operation and the like

    [[nodiscard]] constexpr Effect on(Aspect aspect) const {
        switch (aspect) {
            case Aspect::goodput:
                return goodput;
            case Aspect::latency:
                return latency;
            case Aspect::cost:
                break;
        }
        return cost;
    }
    [[nodiscard]] constexpr Effect worst() const { return std::max({goodput, latency, cost}); }
};

/// Whose doing it is when the rule is broken.
enum class Doing : std::uint8_t { contender, host, generator, plan };

/// Whether a void trial speaks against its entrant in others, too.
enum class Fault : std::uint8_t {
    none,
    /// It may have been at its worst there, or had more than its share; what else was measured is right.
    failed,
    /// It did other work than what is declared. Its code is the same in every trial, and proofs are samples.
    undeclared,
};

/// What to do about it; report/words has the sentences.
enum class Remedy : std::uint8_t {
    find_errors,
    read_logs,
    lengthen_window,
    set_limits,
    warm_up_longer,
    load_less,
    load_more,
    quiet_host,
};

/// How far a rule was broken, or where, if that makes a difference. `slight`: where it touches less.
/// `grave_slight`: by far, and there.
enum class Grade : std::uint8_t { usual, grave, slight, grave_slight };

/// Everything that is the same each time a rule is broken.
struct RuleRow {
    Rule rule;
    std::string_view code;  ///< stable, for programs; docs/results.md lists them
    Effects usual;
    Effects grave;  ///< where it was broken by far; for most rules the effects are `usual` too
    Effects slight;
    Doing doing;
    Remedy remedy;
    Effects grave_slight = grave;
    Fault fault = Fault::none;  ///< of rules that void goodput

    [[nodiscard]] constexpr const Effects& effects(Grade grade) const {
        switch (grade) {
            case Grade::grave:
                return grave;
            case Grade::slight:
                return slight;
            case Grade::grave_slight:
                return grave_slight;
            case Grade::usual:
                break;
        }
        return usual;
    }
};

/// One row for each rule, in the order of the enumeration.
const std::array<RuleRow, k_rules>& rules();
inline const RuleRow& row(Rule rule) {
    return rules()[static_cast<std::size_t>(rule)];
}
inline std::string_view code(Rule rule) {
    return row(rule).code;
}

}  // namespace joust::model
