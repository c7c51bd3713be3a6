#pragma once

#include <string>

#include "model/finding.hpp"

// What rules found, in words.
namespace joust::report::words {

/// "the contender used 2 %, the database 0 %, storage was not evaluated".
std::string in_use_text(const model::InUse& facts);
/// What was waited for, and what ends it.
std::string wait_text(const model::DelayedBody& facts);
std::string wait_text(const model::SessionWait& facts);
std::string wait_text(const model::Wait& wait);
/// The rule in three words: "no steady state".
std::string short_name(model::Rule rule);
/// The same of what it found: nothing that is idle is "saturated".
std::string short_name(const model::Finding& finding);
/// Without a full stop, with the numbers: "34 % errors (limit 1 %), mostly timeouts (2 of 3 trials)".
std::string sentence(const model::Finding& finding);
/// Why the rule could not be evaluated: "requests in flight were not recorded".
std::string sentence(const model::NotEvaluated& rule);

}  // namespace joust::report::words
