#include "runtime/limit_check.hpp"

#include <unistd.h>

#include <cmath>

#include "base/quantity.hpp"
#include "host/cpu_layout.hpp"

namespace joust::runtime {
namespace {

/// The kernel rounds memory down to pages.
Bytes whole_pages(Bytes amount) {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return Bytes{amount.count / page * page};
}

}  // namespace

std::vector<std::string> limits_not_as_asked(const Confinement& confinement,
                                             const model::LimitsInForce& in_force) {
    std::vector<std::string> differences;
    if (!confinement.limits) return differences;
    if (confinement.cpu && !confinement.cpu->cpus.empty() && in_force.cpu_set != confinement.cpu->cpus)
        differences.push_back(fmt::format("CPUs {} instead of {}", host::to_cpu_list(in_force.cpu_set),
                                          host::to_cpu_list(confinement.cpu->cpus)));
    const std::optional<double> quota =
        confinement.cpu ? confinement.cpu->quota : std::optional(confinement.limits->cpus);
    if (quota.has_value() != in_force.cpu_quota.has_value() ||
        (quota && std::abs(*quota - *in_force.cpu_quota) > 0.01))
        differences.push_back(fmt::format("a quota of {} CPU instead of {}", in_force.cpu_quota.value_or(0),
                                          quota.value_or(0)));
    if (in_force.memory != whole_pages(confinement.limits->memory))
        differences.push_back(fmt::format("memory {} instead of {}",
                                          in_force.memory ? to_text(*in_force.memory) : "without limit",
                                          to_text(confinement.limits->memory)));
    if (!in_force.swap_off) differences.emplace_back("swap on instead of off");
    return differences;
}

}  // namespace joust::runtime
