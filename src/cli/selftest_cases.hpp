#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"

namespace joust::cli {

/// Whether the proof of a case is still to come.
enum class Gap : std::uint8_t {
    none,
    open,  ///< not caught is as expected, and caught means that this mark has to go
};

/// A service that is honest, or misbehaves in one way, and what Joust has to say of it.
struct SelftestCase {
    std::string_view label;           ///< of the entrant; what FAULT is set to, unless it is "honest"
    std::string_view what;            ///< the service does, in words
    std::optional<model::Rule> rule;  ///< that it breaks; empty: it is valid
    std::string_view proof;           ///< what catches it, or is to catch it
    Gap gap = Gap::none;
    bool verified = false;  ///< is also looked at as `joust verify` does
    std::optional<model::Rule> explained =
        {};  ///< of one that is valid: what has to be said of it all the same
};

/// Every case once; labels are unique.
std::span<const SelftestCase> selftest_cases();

/// What became of a case.
enum class SelftestEnd : std::uint8_t {
    valid,           ///< an honest one, as it should be
    caught,          ///< by the rule that was expected
    not_caught_yet,  ///< a known gap
    not_caught,      ///< though it should be
    misnamed,        ///< caught by other rules only
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

/// The codes of what a contender has done, those that void it first: "effects, littles_law"; "" where there
/// are none.
std::string codes(const model::Judgement& judgement);

}  // namespace joust::cli
