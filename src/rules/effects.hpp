#pragma once

#include <optional>
#include <vector>

#include "model/proof_trials.hpp"
#include "model/trial_result.hpp"
#include "model/verification.hpp"
#include "rules/outcome.hpp"

namespace joust::rules {

/// How the observed effects differ from their contract: a request that was answered rightly has committed
/// just once, if the contract is one transaction, with just its rows; one that failed may have, or not.
/// Nothing where none are declared or the log was not read; faults of tables are apart. Where the database
/// has counters in place of a log, the rows are those of the audit.
std::vector<model::Misdeed> misdeeds(const model::ObservedEffects& effects,
                                     const std::optional<model::Audit>& audit = {});

/// What the syncs of the log say of the commits of a trial that had to be durable.
model::DurabilityProof durability(const model::LogSyncs& log);
/// What they, and single requests where these were looked at, say of a trial; empty where its syncs are not
/// known.
std::optional<model::DurabilityProof> durability(const model::TrialResult& trial);

/// Whether somebody beside the load generator sent requests: by commits beyond its own that rows of ids which
/// the run never had account for. They are left out of misdeeds().
Outcome foreign_requests(const model::TrialResult& trial);

/// What the requests of a trial did, held against the contract: the rows that carry their ids, the database's
/// log, and files. Evaluated as a whole only where all three were. Where the database has counters in place
/// of a log, single requests of the same entrant tell the rest.
Outcome effects(const model::TrialResult& trial);

/// What a judged trial proves of them; empty where the workload declares none.
std::optional<model::Proof> effects_proof(const model::Judgement& judgement);

}  // namespace joust::rules
