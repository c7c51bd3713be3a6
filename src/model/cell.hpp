#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/finding.hpp"
#include "model/proof_trials.hpp"
#include "model/quantity.hpp"
#include "model/trial_result.hpp"

namespace joust::model {

/// A number of a cell. Most are means over trials with a 95 % t interval, never below 0; the interval is
/// there from three trials on.
struct Estimate {
    double value = 0;
    std::optional<double> low;
    std::optional<double> high;
    /// A lower bound, to be printed with "≥" (LowerBounds says when).
    bool at_least = false;
    friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// The figures of an operation that are told of it.
inline constexpr std::array k_operation_quantities{Quantity::goodput, Quantity::response_time_p50,
                                                   Quantity::response_time_p95, Quantity::response_time_p99};

/// One operation of a mix, of one entrant at one level.
struct OperationFigures {
    std::string name;
    RequestCounts requests;  ///< over all its trials
    double share = 0;        ///< of the requests of all operations, 0..1
    /// Of its requests, 0..1. Those that the generator's own host had nothing left for are among them: of
    /// which operation they were is not kept.
    double error_rate = 0;
    std::map<Quantity, Estimate> figures;  ///< without those that no trial has

    /// Null where no trial has it.
    [[nodiscard]] const Estimate* find(Quantity quantity) const {
        const auto found = figures.find(quantity);
        return found == figures.end() ? nullptr : &found->second;
    }
    friend bool operator==(const OperationFigures&, const OperationFigures&) = default;
};

/// One entrant at one level, over all blocks. Counts of requests are over all its trials; over which of them
/// each quantity is, its row says.
struct Cell {
    std::string entrant;
    std::int64_t level = 0;
    int trials = 0;
    int trials_that_count = 0;  ///< not invalid
    int trials_at_fault = 0;    ///< invalid by what speaks against the entrant (see Fault)
    /// None of its trials is in a ratio: more of them speak against the entrant than count, or its error rate
    /// over all does.
    bool barred = false;
    Judgement judgement;  ///< invalid when the majority of its trials is, or its error rate over all
    RequestCounts requests;
    RequestErrors errors;
    StatusCounts statuses;
    std::map<Quantity, Estimate> figures;  ///< without those that no trial has
    /// Of all its trials whose log was read; empty where that was none. Nothing is declared where its
    /// contract is empty.
    std::optional<ObservedEffects> effects;
    /// Of all its trials whose rows were audited; empty where that was none.
    std::optional<Audit> audit;
    ProofTrials durability;
    /// Of all its trials in which files were counted; empty where that was none.
    std::optional<ObservedFiles> files;
    /// Of the first of its trials that has it.
    std::optional<SingleRequests> single_requests;
    ProofTrials proofs;
    std::vector<OperationFigures> operations;  ///< two or more, in the workload's order; else none

    /// Null where no trial has it.
    [[nodiscard]] const Estimate* find(Quantity quantity) const;
    [[nodiscard]] const Estimate& at(Quantity quantity) const { return figures.at(quantity); }
    /// Over all its requests, 0..1 (see model::error_rate).
    [[nodiscard]] double error_rate() const;
    friend bool operator==(const Cell&, const Cell&) = default;
};

}  // namespace joust::model
