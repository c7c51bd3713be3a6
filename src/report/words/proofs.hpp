#pragma once

#include <string>

#include "model/audit.hpp"
#include "model/proof_trials.hpp"

// The audit by request id, the durability of commits and the effects as a whole, in the words of a table's
// cell.
namespace joust::report::words {

/// "all of 1240", "1238 of 1240": requests answered rightly whose rows are as the contract has them.
std::string audited_right(const model::Audit& audit);
/// "5 rows each"
std::string rows_left_each(const model::Audit& audit);
/// "1 lost, 2 duplicate"; "none", or why the table proves nothing.
std::string audited_wrong(const model::Audit& audit);
/// "proven", "missed (1 of 3 trials), proven (2)"; "–" where there is none, as of durability where commits
/// need not be durable.
std::string proof_trials_text(const model::ProofTrials& trials);

}  // namespace joust::report::words
