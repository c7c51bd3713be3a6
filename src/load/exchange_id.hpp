#pragma once

#include <cstdint>

namespace joust::load {

/// An exchange's place in its thread, 0-based. In the closed model it is its user.
using ExchangeId = std::uint32_t;

}  // namespace joust::load
