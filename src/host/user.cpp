#include "host/user.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "host/process.hpp"

namespace joust::host {
namespace {

constexpr const char* k_user_name = "joust";

std::vector<gid_t> groups_of(const char* user_name, gid_t primary) {
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    while (::getgrouplist(user_name, primary, groups.data(), &count) < 0)
        groups.resize(static_cast<std::size_t>(count));
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

Status add_system_user() {
    return run_program({.command = {"useradd", "--system", "--user-group", "--no-create-home", "--home-dir",
                                    "/nonexistent", "--shell", "/usr/sbin/nologin", k_user_name},
                        .environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}}},
                       std::chrono::seconds(30))
        .map([](const std::string&) {});
}

}  // namespace

bool become(const User& user) {
    return ::setgroups(user.groups.size(), user.groups.data()) == 0 &&
           ::setresgid(user.gid, user.gid, user.gid) == 0 && ::setresuid(user.uid, user.uid, user.uid) == 0;
}

Result<User> find_user(const std::string& name) {
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    const int error = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (!found)
        return fail(ErrorKind::unsupported, "no user \"{}\" on this system{}{}", name, error ? ": " : "",
                    error ? errno_text(error) : "");
    return User{.name = name,
                .uid = entry.pw_uid,
                .gid = entry.pw_gid,
                .groups = groups_of(name.c_str(), entry.pw_gid)};
}

User current_user() {
    User user{.name = fmt::format("uid {}", ::getuid()), .uid = ::getuid(), .gid = ::getgid()};
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(user.uid, &entry, buffer.data(), buffer.size(), &found);
    if (found) user.name = entry.pw_name;
    const int count = ::getgroups(0, nullptr);
    user.groups.resize(static_cast<std::size_t>(std::max(count, 0)));
    ::getgroups(count, user.groups.data());
    return user;
}

Result<User> unprivileged_user() {
    if (::geteuid() != 0) return current_user();
    if (Result<User> user = find_user(k_user_name)) return user;
    const Status added = add_system_user();
    // Another Joust may have added it at the same moment; then useradd failed and the user is there.
    if (Result<User> user = find_user(k_user_name)) return user;
    return fail(ErrorKind::unsupported, "cannot add the system user \"{}\" that services run as: {}",
                k_user_name,
                added ? "useradd did not complain, but the user is still unknown" : added.error().message);
}

namespace {

Status give(uid_t uid, gid_t gid, const Path& path) {
    const auto give_entry = [&](const std::filesystem::path& entry) -> Status {
        if (::lchown(entry.c_str(), uid, gid) == 0) return {};
        return fail(ErrorKind::io, "cannot give {} to user {}: {}", entry.string(), uid, errno_text());
    };
    JOUST_CHECK(give_entry(path));
    if (std::filesystem::is_symlink(path) || !std::filesystem::is_directory(path)) return {};
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error))
        JOUST_CHECK(give_entry(entry->path()));
    if (error) return fail(ErrorKind::io, "cannot walk through {}: {}", path.string(), error.message());
    return {};
}

}  // namespace

Status give_to(const User& user, const Path& path) {
    return ::geteuid() == 0 ? give(user.uid, user.gid, path) : Status{};
}

Status give_to_owner_of(const Path& folder, const Path& path) {
    if (::geteuid() != 0) return {};
    struct stat status{};
    if (::stat(folder.c_str(), &status) != 0)
        return fail(ErrorKind::io, "cannot look at {}: {}", folder.string(), errno_text());
    return status.st_uid == 0 ? Status{} : give(status.st_uid, status.st_gid, path);
}

}  // namespace joust::host
