#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/party.hpp"

namespace joust::runtime {

/// A contender is to go sooner than Joust and than what else runs here, should the whole host run out of
/// memory.
inline constexpr int k_oom_score_adj = 500;
/// Processes and threads of a user of the run's own, where nothing else counts against the limit: far more
/// than a service needs, far fewer than what keeps others from starting any.
inline constexpr std::uint64_t k_most_processes = 8192;

/// What of the limits that the kernel has in force is not as asked, in words: "memory 2.5GiB instead of
/// 2GiB"; empty if all is, or if none were asked for.
std::vector<std::string> limits_not_as_asked(const Confinement& confinement,
                                             const model::LimitsInForce& in_force);

}  // namespace joust::runtime
