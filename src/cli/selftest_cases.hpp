#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/charge.hpp"

namespace joust::cli {

/// Whether the proof of a case is still to come.
enum class Gap : std::uint8_t {
    none,
    open,  ///< not caught is as expected, and caught means that this mark has to go
};

/// What only some cases have.
struct SelftestMore {
    /// What it does besides, or is charged with in consequence. Any other charge that voids misnames it.
    model::Charges besides = {};
    /// Whether the numbers and names in the findings are those of the case; null: its charges say all.
    bool (*exactly)(const model::Judgement&) = nullptr;
    bool verified = false;          ///< is also looked at as `joust verify` does
    model::Charges explained = {};  ///< of one that is valid: what has to be said of it all the same
    Gap gap = Gap::none;
};

/// A service that is honest, or misbehaves in one way, and what Joust has to say of it.
struct SelftestCase {
    std::string_view label;  ///< of the entrant; what FAULT is set to, unless it is "honest"
    std::string_view what;   ///< the service does, in words
    model::Charges named;    ///< all of what it has to be charged with; empty: it is valid
    std::string_view proof;  ///< what catches it, or is to catch it
    SelftestMore more;
};

/// Every case once; labels are unique.
std::span<const SelftestCase> selftest_cases();

/// What became of a case.
enum class SelftestEnd : std::uint8_t {
    valid,           ///< an honest one, as it should be
    caught,          ///< for what it does, and for nothing else
    not_caught_yet,  ///< a known gap
    not_caught,      ///< though it should be
    misnamed,        ///< caught, but for something else, or for that with other numbers or names
    wronged,         ///< an honest one that is invalid
    gap_closed,      ///< caught, though its gap is marked as open
    not_named,       ///< valid, as it should be, but what has to be said of it was not
};
/// "caught", "not caught yet", …
std::string_view words(SelftestEnd end);
/// Whether the self-test fails by it.
bool fails(SelftestEnd end);

/// Holds what was judged against what was expected. What is the host's doing, or doubts only, wrongs nobody.
/// `misdeeds` are those that were seen beside the trial, of a case that is verified.
SelftestEnd end_of(const SelftestCase& one, const model::Judgement& judgement,
                   const std::vector<model::Misdeed>& misdeeds);

/// All that was found of the contender's doing.
model::Charges charges(const model::Judgement& judgement, const std::vector<model::Misdeed>& misdeeds);

/// The codes of the rules that the charges come from, each once: "error_rate, effects".
std::string codes(model::Charges charges);

}  // namespace joust::cli
