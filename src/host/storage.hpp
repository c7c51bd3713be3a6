#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::host {

/// The block devices that these directories lie on, as "8:1". Empty where one of them lies on none: on an
/// overlay, a tmpfs or the network.
std::set<std::string> block_devices(const std::vector<Path>& directories);

/// How long the busiest of the devices has had requests in hand since the system's start, at the kernel's
/// tick (Documentation/block/stat.rst, io_ticks); empty without devices or where one cannot be read. `sysfs`
/// is elsewhere only for tests.
std::optional<std::vector<Nanoseconds>> busy_times(const std::set<std::string>& devices,
                                                   const Path& sysfs = "/sys/dev/block");

}  // namespace joust::host
