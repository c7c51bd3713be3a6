#pragma once

#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::host {

/// CPU time so far that a program took from these CPUs as a hypervisor's guests would, for experiments on
/// what steal does to a verdict: the kernel counts it as a task's. The program tells it in a file of one line
/// "CPU NANOSECONDS" for each CPU, cumulative, which it replaces as a whole. CPUs without a line have none of
/// it. Fails where the file cannot be read or has any other line.
Result<Nanoseconds> read_added_steal(const Path& file, const std::vector<int>& cpus);

}  // namespace joust::host
