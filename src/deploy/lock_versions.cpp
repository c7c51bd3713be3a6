#include "deploy/lock_versions.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace joust::deploy {

std::map<std::string, std::string> pinned_versions(std::string_view requirements) {
    std::map<std::string, std::string> versions;
    for (const std::string_view line : split(requirements, '\n')) {
        if (line.empty() || line.front() == ' ' || line.front() == '#' || line.front() == '-') continue;
        const std::size_t equals = line.find("==");
        if (equals == std::string_view::npos) continue;
        const std::string_view name = trimmed(line.substr(0, std::min(equals, line.find('['))));
        const std::string_view rest = trimmed(line.substr(equals + 2));
        versions.emplace(name, rest.substr(0, rest.find_first_of(" \t;\\")));
    }
    return versions;
}

std::string python_version(std::string_view pyvenv_cfg) {
    for (const std::string_view line : split(pyvenv_cfg, '\n')) {
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos && trimmed(line.substr(0, equals)) == "version")
            return std::string(trimmed(line.substr(equals + 1)));
    }
    return "";
}

}  // namespace joust::deploy
