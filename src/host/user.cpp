#include "host/user.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>

#include "host/process.hpp"

namespace joust::host {
namespace {

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
                                    "/nonexistent", "--shell", "/usr/sbin/nologin", k_system_user},
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
    if (Result<User> user = find_user(k_system_user)) return user;
    const Status added = add_system_user();
    // Another Joust may have added it at the same moment; then useradd failed and the user is there.
    if (Result<User> user = find_user(k_system_user)) return user;
    return fail(ErrorKind::unsupported, "cannot add the system user \"{}\" that services run as: {}",
                k_system_user,
                added ? "useradd did not complain, but the user is still unknown" : added.error().message);
}

namespace {

// Gives a tree away by descriptors, so that nobody can put another thing in the place of one that was looked
// at. Only what belongs to root or to the new owner: what others put there is theirs. No file with a second
// name, which may be anybody's elsewhere, and nothing on another device, which is mounted there.
class Gift {
public:
    Gift(uid_t uid, gid_t gid, dev_t device) : uid_(uid), gid_(gid), device_(device) {}

    // `name` in the open directory `folder`; `path` is for messages.
    Status entry(int folder, const char* name, const Path& path) const {
        const Fd file(::openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!file && errno == ENOENT) return {};  // it went away
        struct stat info{};
        if (!file || ::fstat(file.get(), &info) != 0)
            return fail(ErrorKind::io, "cannot look at {}: {}", path.string(), errno_text());
        if (info.st_dev != device_ || (info.st_uid != 0 && info.st_uid != uid_)) return {};
        if (!S_ISDIR(info.st_mode) && info.st_nlink != 1) return {};
        // What is in it first: once it is given away, its new owner may change what is in it.
        if (S_ISDIR(info.st_mode)) JOUST_CHECK(contents(file, path));
        if (::fchownat(file.get(), "", uid_, gid_, AT_EMPTY_PATH) == 0) return {};
        return fail(ErrorKind::io, "cannot give {} to user {}: {}", path.string(), uid_, errno_text());
    }

private:
    struct CloseDirectory {
        void operator()(DIR* directory) const { ::closedir(directory); }
    };

    [[nodiscard]] Status contents(const Fd& folder, const Path& path) const {
        const std::string itself = fmt::format("/proc/self/fd/{}", folder.get());
        Fd readable(::open(itself.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!readable) return fail(ErrorKind::io, "cannot walk through {}: {}", path.string(), errno_text());
        const std::unique_ptr<DIR, CloseDirectory> list(::fdopendir(readable.release()));
        if (!list) return fail(ErrorKind::io, "cannot walk through {}: {}", path.string(), errno_text());
        while (const dirent* found = ::readdir(list.get())) {
            const std::string_view name = found->d_name;
            if (name != "." && name != "..")
                JOUST_CHECK(entry(::dirfd(list.get()), found->d_name, path / name));
        }
        return {};
    }

    uid_t uid_;
    gid_t gid_;
    dev_t device_;
};

// The directory that `path` lies in, symbolic links followed; its last name is looked at in it.
Status give(uid_t uid, gid_t gid, const Path& path) {
    const Path named = path.has_filename() ? path : path.parent_path();
    const Path parent = named.parent_path();
    const Fd folder(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info{};
    if (!folder || ::fstatat(folder.get(), named.filename().c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return fail(ErrorKind::io, "cannot look at {}: {}", path.string(), errno_text());
    return Gift(uid, gid, info.st_dev).entry(folder.get(), named.filename().c_str(), named);
}

}  // namespace

Status give_to(const User& user, const Path& path) {
    return ::geteuid() == 0 ? give(user.uid, user.gid, path) : Status{};
}

Status give_to_owner_of_parent(const Path& directory) {
    if (::geteuid() != 0) return {};
    const Fd itself(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Fd parent(itself ? ::openat(itself.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1);
    struct stat made{};
    struct stat owner{};
    if (!parent || ::fstat(itself.get(), &made) != 0 || ::fstat(parent.get(), &owner) != 0)
        return fail(ErrorKind::io, "cannot look at {}: {}", directory.string(), errno_text());
    if (owner.st_uid == 0 || made.st_uid != 0) return {};
    return Gift(owner.st_uid, owner.st_gid, made.st_dev).entry(itself.get(), ".", directory);
}

}  // namespace joust::host
