#include "database/postgres_programs.hpp"

#include <charconv>
#include <map>

namespace joust::database {

Result<Path> find_postgres_programs(const Path& root) {
    constexpr int oldest = 15;
    std::map<int, Path> by_version;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(root, failed)) {
        const std::string name = entry.path().filename();
        const Path programs = entry.path() / "bin";
        int version = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), version);
        const bool whole = error == std::errc() && end == name.data() + name.size();
        if (whole && version >= oldest && std::filesystem::exists(programs / "initdb") &&
            std::filesystem::exists(programs / "postgres"))
            by_version.emplace(version, programs);
    }
    if (by_version.empty())
        return fail(ErrorKind::unsupported,
                    "no PostgreSQL {} or later below {}; install it with: apt-get install postgresql", oldest,
                    root.string());
    return by_version.rbegin()->second;
}

}  // namespace joust::database
