#include "cli/checkout.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "base/text.hpp"
#include "files/environment_json.hpp"
#include "host/process.hpp"

namespace joust::cli {
namespace {

constexpr Nanoseconds k_limit = std::chrono::seconds(10);

struct Setting {
    std::string key;
    std::string value;
};

// The nearest ".git" at or above `tree`: git would take it too.
std::optional<struct stat> repository_of(Path tree) {
    for (;; tree = tree.parent_path()) {
        struct stat info{};
        if (::lstat((tree / ".git").c_str(), &info) == 0) return info;
        if (tree == tree.parent_path()) return std::nullopt;
    }
}

// Only root becomes another user. Anybody else runs git as they are, and git itself refuses others' trees.
std::optional<host::User> owner_of(const struct stat& repository) {
    if (::geteuid() != 0 || repository.st_uid == 0) return std::nullopt;
    return host::User{.name = fmt::format("uid {}", repository.st_uid),
                      .uid = repository.st_uid,
                      .gid = repository.st_gid,
                      .groups = {repository.st_gid}};
}

// What git prints, empty where it fails. Settings by environment variables beat those of the repository, and
// their keys may hold any characters.
std::string git(const Path& tree, const std::vector<std::string>& arguments, std::vector<Setting> settings) {
    const auto repository = repository_of(tree);
    if (!repository) return "";
    host::ProcessSpec spec;
    spec.command = {"git", "-C", tree.string(), "--no-pager"};
    spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
    for (const auto& [key, value] : {std::pair{"core.fsmonitor", "false"},
                                     {"core.hooksPath", "/dev/null"},
                                     {"core.sshCommand", "false"},
                                     {"core.gitProxy", "false"},
                                     {"core.untrackedCache", "false"},
                                     {"protocol.allow", "never"}})
        settings.push_back({key, value});
    // As the repository's owner there is nothing left to be protected from.
    if (::geteuid() == 0) settings.push_back({"safe.directory", "*"});
    spec.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                        {"LC_ALL", "C"},
                        {"HOME", "/nonexistent"},
                        {"GIT_OPTIONAL_LOCKS", "0"},
                        {"GIT_CONFIG_NOSYSTEM", "1"},
                        {"GIT_CONFIG_GLOBAL", "/dev/null"},
                        {"GIT_ATTR_NOSYSTEM", "1"},
                        {"GIT_NO_LAZY_FETCH", "1"},
                        {"GIT_ALLOW_PROTOCOL", "none"},
                        {"GIT_TERMINAL_PROMPT", "0"},
                        {"GIT_CONFIG_COUNT", std::to_string(settings.size())}};
    for (std::size_t i = 0; i < settings.size(); ++i) {
        spec.environment.emplace_back(fmt::format("GIT_CONFIG_KEY_{}", i), settings[i].key);
        spec.environment.emplace_back(fmt::format("GIT_CONFIG_VALUE_{}", i), settings[i].value);
    }
    spec.user = owner_of(*repository);
    const auto printed = host::run_program(std::move(spec), k_limit);
    return printed ? *printed : std::string();
}

// Filters turn a file into what is committed, by programs that the repository names; "" is no program.
std::vector<Setting> without_filters(const Path& tree) {
    std::vector<Setting> settings;
    const std::string names =
        git(tree, {"config", "--null", "--name-only", "--get-regexp", "^filter\\."}, {});
    for (const std::string_view key : split(names, '\0'))
        if (!key.empty()) settings.push_back({std::string(key), key.ends_with(".required") ? "false" : ""});
    return settings;
}

}  // namespace

std::string git_commit(const Path& tree) {
    std::string commit(trimmed(git(tree, {"rev-parse", "--verify", "HEAD"}, {})));
    return files::is_commit(commit) ? commit : std::string();
}

bool git_dirty(const Path& tree) {
    // Submodules would be asked with a configuration of their own.
    return !trimmed(git(tree, {"status", "--porcelain", "--ignore-submodules=all"}, without_filters(tree)))
                .empty();
}

}  // namespace joust::cli
