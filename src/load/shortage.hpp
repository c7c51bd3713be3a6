#pragma once

#include <optional>

#include "load/address.hpp"
#include "model/shortage.hpp"

namespace joust::load {

/// What this host lacks, if that is what an errno says of a call on a connection that exists; empty for
/// another reason.
std::optional<model::Shortage> shortage_of(int error);
/// What this host lacks, if that is what an errno says of an attempt to connect to `address`; empty for
/// another reason.
std::optional<model::Shortage> shortage_of(int error, const Address& address);

}  // namespace joust::load
