#include "host/cgroup_mounts.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace joust::host {
namespace {

// proc(5): spaces and the like are written as \040.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view code = text.substr(i, 4);
        const bool octal =
            code.size() == 4 && code[0] == '\\' &&
            std::all_of(code.begin() + 1, code.end(), [](char c) { return c >= '0' && c <= '7'; });
        if (octal) i += 3;
        plain +=
            octal ? static_cast<char>((code[1] - '0') * 64 + (code[2] - '0') * 8 + code[3] - '0') : text[i];
    }
    return plain;
}

}  // namespace

bool contains(const std::vector<std::string>& parts, std::string_view part) {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
}

std::vector<std::string> words(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (const std::string_view part : split(text, separator))
        if (!part.empty()) parts.emplace_back(part);
    return parts;
}

std::vector<CgroupMount> cgroup_mounts(const Path& process) {
    std::vector<CgroupMount> mounts;
    const std::string text = read_file(process / "mountinfo").value_or("");
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string> fields = words(line, ' ');
        const auto dash = std::find(fields.begin(), fields.end(), "-");
        if (fields.end() - dash < 4 || dash - fields.begin() < 6) continue;
        if (dash[1] != "cgroup" && dash[1] != "cgroup2") continue;
        mounts.push_back({.root = unescaped(fields[3]),
                          .point = unescaped(fields[4]),
                          .type = dash[1],
                          .options = words(dash[3], ',')});
    }
    return mounts;
}

std::string cgroup_path(const Path& process, std::string_view controller) {
    const std::string text = read_file(process / "cgroup").value_or("");
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) continue;
        const std::string_view names = line.substr(first + 1, second - first - 1);
        if (names.empty() ? controller.empty() : contains(words(names, ','), controller))
            return std::string(line.substr(second + 1));
    }
    return "/";
}

Path cgroup_directory(const CgroupMount& mount, std::string_view path) {
    if (mount.root != "/" && path.starts_with(mount.root)) path.remove_prefix(mount.root.size());
    while (path.starts_with('/'))
        path.remove_prefix(1);
    return path.empty() ? mount.point : mount.point / path;
}

}  // namespace joust::host
