#include "host/storage.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <charconv>

#include "base/file.hpp"
#include "base/text.hpp"

namespace joust::host {
namespace {

constexpr std::size_t k_io_ticks = 9;  // the tenth number, in ms

std::optional<Nanoseconds> busy_time(const Path& stat_file) {
    const auto text = read_file(stat_file);
    if (!text) return std::nullopt;
    std::vector<std::string_view> numbers;
    for (const std::string_view word : split(*text, ' '))
        if (!trimmed(word).empty()) numbers.push_back(trimmed(word));
    std::int64_t busy_ms = 0;
    if (numbers.size() <= k_io_ticks) return std::nullopt;
    const std::string_view busy = numbers[k_io_ticks];
    const auto [end, error] = std::from_chars(busy.data(), busy.data() + busy.size(), busy_ms);
    if (error != std::errc{} || end != busy.data() + busy.size()) return std::nullopt;
    return std::chrono::milliseconds(busy_ms);
}

}  // namespace

std::set<std::string> block_devices(const std::vector<Path>& directories) {
    std::set<std::string> devices;
    for (const Path& directory : directories) {
        struct stat about{};
        // File systems without a device of their own have the major number 0.
        if (::stat(directory.c_str(), &about) != 0 || major(about.st_dev) == 0) return {};
        devices.insert(fmt::format("{}:{}", major(about.st_dev), minor(about.st_dev)));
    }
    return devices;
}

std::optional<std::vector<Nanoseconds>> busy_times(const std::set<std::string>& devices, const Path& sysfs) {
    if (devices.empty()) return std::nullopt;
    std::vector<Nanoseconds> times;
    for (const std::string& device : devices) {
        const auto time = busy_time(sysfs / device / "stat");
        if (!time) return std::nullopt;
        times.push_back(*time);
    }
    return times;
}

}  // namespace joust::host
