#pragma once

#include <string>

#include "model/audit.hpp"
#include "model/proven_durability.hpp"

// The audit by request id and the durability of commits, in the words of a table's cell.
namespace joust::report::words {

/// "all of 1240", "1238 of 1240": requests answered rightly whose rows are as the contract has them.
std::string audited_right(const model::Audit& audit);
/// "5 rows each"
std::string rows_left_each(const model::Audit& audit);
/// "1 lost, 2 duplicate"; "none", or why the table proves nothing.
std::string audited_wrong(const model::Audit& audit);
/// "proven", "missed (1 of 3 trials), proven (2)"; "–" where commits need not be durable or it was not
/// counted.
std::string durability_text(const model::DurabilityTrials& trials);

}  // namespace joust::report::words
