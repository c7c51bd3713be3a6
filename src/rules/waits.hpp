#pragma once

#include <optional>

#include "model/finding.hpp"

namespace joust::rules {

/// Most answers ended as long after they began as an acknowledgement is delayed: their rest waited for one
/// (Nagle's algorithm against delayed acknowledgement). It says why response times are what they are.
std::optional<model::Finding> delayed_body(const model::Samples& samples);

/// The closed model's users spent nearly all their time thinking: with N users that pause for Z between two
/// requests no service gives more than N ÷ Z, and this throughput is within 5 % of that. (Within 5 % of
/// N ÷ (Z + R), R being the measured response time, is every load in balance, saturated ones too.)
std::optional<model::Finding> think_time(const model::Samples& samples, Nanoseconds think_time);

}  // namespace joust::rules
