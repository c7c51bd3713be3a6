#pragma once

#include "files/json_fields.hpp"
#include "model/limits.hpp"

namespace joust::files {

template <typename F, Is<model::LimitsInForce> L>
void fields(F& f, L& limits) {
    f("cpu_set", limits.cpu_set);
    f("cpu_quota_cpus", limits.cpu_quota);
    f.bytes("memory_bytes", limits.memory);
    f("swap_off", limits.swap_off);
    f("cgroup_version", limits.cgroup_version);
}

}  // namespace joust::files
