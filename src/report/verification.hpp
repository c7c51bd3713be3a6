#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/environment.hpp"
#include "model/finding.hpp"
#include "model/trial_result.hpp"
#include "model/verification.hpp"

namespace joust::report {

inline constexpr const char* k_verification_file = "verification.json";

/// All that is known of one entrant, judged. What it refers to outlives it.
struct VerifiedEntrant {
    const model::TrialResult& trial;
    const model::Judgement& judgement;
    const model::Verification& verification;
    model::Proof proof = model::Proof::open;
    std::vector<model::Misdeed> misdeeds;
    std::optional<model::StatementCount> statements;
};

/// For a terminal: contract and observation side by side, and a sentence for whatever is not as it should be.
std::string verification_text(const std::string& title, const std::vector<VerifiedEntrant>& entrants);
/// The same for programs; docs/results.md names the fields.
nlohmann::ordered_json verification_json(const std::vector<VerifiedEntrant>& entrants);

}  // namespace joust::report
