#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "model/finding.hpp"

namespace joust::model {

/// The particular thing that a finding says a contender has done. Persisted nowhere.
enum class Charge : std::uint8_t {
    // Most of the errors, one for each kind of a request's error but the generator's.
    errors_connect,
    errors_timeout,
    errors_reset,
    errors_protocol,
    errors_4xx,
    errors_5xx,
    errors_body,
    errors_id,          ///< wrong answers, most with another text where their request's id has to stand
    errors_unanswered,  ///< there is an error rate, and nothing but requests without an end
    restarted,
    died,
    out_of_memory,
    few_operations,
    no_steady_state,
    stood_still,
    // By the audit.
    rows_lost,
    rows_partial,
    rows_duplicate,
    rows_wrong_values,
    rows_partial_unknown,  ///< of requests that failed
    audit_void,            ///< what is to be audited is no table
    // By the log, or by counters.
    rolled_back,
    one_for_several,
    no_commit,
    several_for_one,
    other_rows,  ///< by transaction, where all of them together are as the contract
    answers_first,
    not_durable,
    fewer_inserted,
    fewer_updated,
    fewer_deleted,
    more_changed,
    // By the catalogs.
    table_missing,
    table_unlogged,
    no_table,
    table_trigger,
    table_rule,
    table_cascade,
    table_replaced,
    constraint_dropped,
    setting_not_durable,  ///< of its role or database, by name
    misdelivered,
    // By file events.
    no_files,
    fewer_created,
    fewer_written,
    fewer_read,
    fewer_removed,
    // By the list of processes.
    more_processes,
    fewer_processes,
    more_at_work,
    // By single requests, or by what else `joust verify` tries beside the trial.
    verified_answers_first,
    verified_not_durable,
    verified_other_rows,
    verified_no_commit,
    verified_files_late,
};
inline constexpr std::size_t k_charges = static_cast<std::size_t>(Charge::verified_files_late) + 1;

/// The rule that a charge comes from.
Rule rule(Charge charge);

/// A set of charges.
class Charges {
public:
    constexpr Charges() = default;
    constexpr Charges(std::initializer_list<Charge> charges) {
        for (const Charge charge : charges)
            bits_ |= bit(charge);
    }

    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr bool has(Charge charge) const { return (bits_ & bit(charge)) != 0; }
    [[nodiscard]] constexpr bool has_all(Charges others) const { return (others.bits_ & ~bits_) == 0; }
    [[nodiscard]] constexpr bool has_any(Charges others) const { return (others.bits_ & bits_) != 0; }
    [[nodiscard]] constexpr Charges without(Charges others) const {
        Charges rest;
        rest.bits_ = bits_ & ~others.bits_;
        return rest;
    }
    constexpr void add(Charges others) { bits_ |= others.bits_; }
    friend bool operator==(const Charges&, const Charges&) = default;

private:
    static_assert(k_charges <= 64);
    static constexpr std::uint64_t bit(Charge charge) {
        return std::uint64_t{1} << static_cast<unsigned>(charge);
    }
    std::uint64_t bits_ = 0;
};

/// What a finding says; empty where the rule has no charge, as one that is not the contender's doing.
Charges charges(const Finding& finding);
/// What single requests, or `joust verify`, say.
Charges charges(const std::vector<Misdeed>& verified);

}  // namespace joust::model
