#include "host/added_steal.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/text.hpp"

namespace joust::host {
namespace {

template <typename T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

}  // namespace

Result<Nanoseconds> read_added_steal(const Path& file, const std::vector<int>& cpus) {
    JOUST_TRY(const std::string text, read_file(file));
    Nanoseconds sum{0};
    for (const std::string_view line : split(text, '\n')) {
        if (line.empty()) continue;
        const std::size_t blank = std::min(line.find(' '), line.size());
        const auto cpu = number<int>(line.substr(0, blank));
        const auto time = number<std::int64_t>(line.substr(std::min(blank + 1, line.size())));
        if (!cpu || !time)
            return fail(ErrorKind::bad_input, "{}: \"{}\" is not a CPU's number and its nanoseconds",
                        file.string(), printable(line));
        if (std::find(cpus.begin(), cpus.end(), *cpu) != cpus.end()) sum += Nanoseconds(*time);
    }
    return sum;
}

}  // namespace joust::host
