#pragma once

#include <string>

#include "model/verification.hpp"

// What `joust verify` found, in words; of single requests see words/single_requests.hpp.
namespace joust::report::words {

/// "proven", "not as the contract", "open".
std::string proof_text(model::Proof proof);
/// Why rows and transactions of a trial are not known, without a full stop.
std::string not_counted_text(const std::string& why);
/// How answers came before their work was safe, without a full stop, with the numbers.
std::string misdeed_text(model::Misdeed misdeed, const model::Verification& verification);
/// "20 of 20 requests", of those whose files were done with when they were answered.
std::string files_by_answer_text(const model::FilesByAnswer& files);
/// "412 of 412 requests", and what became of the others.
std::string audited_text(const model::Audit& audit);

}  // namespace joust::report::words
