#pragma once

#include <string>

#include "model/finding.hpp"

// What requests did, held against the contract, in words.
namespace joust::report::words {

/// What is not as the contract: "inserted 8.0 rows of users per request, contract 10".
std::string effects_missed(const model::EffectsMissed& facts);
/// What of the effects was not held against the contract, and what was.
std::string effects_left(const model::NotEvaluated& rule);
/// "role joust_fastapi in database joust_fastapi has work_mem = 64MB"
std::string own_setting_words(const model::OwnSetting& setting);
/// "8.0": with one decimal where that is exact, else with three; "–" without a request.
std::string per_request(std::int64_t count, std::uint64_t requests);

}  // namespace joust::report::words
