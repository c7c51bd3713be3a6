#include "host/measuring_lock.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <set>
#include <vector>

#include "base/file.hpp"
#include "base/proc.hpp"
#include "base/text.hpp"
#include "host/proc.hpp"

namespace joust::host {
namespace {

struct Address {
    sockaddr_un bytes{};
    socklen_t length = 0;

    explicit Address(const std::string& name) {
        bytes.sun_family = AF_UNIX;
        const std::size_t size = std::min(name.size(), sizeof bytes.sun_path - 1);
        std::memcpy(bytes.sun_path + 1, name.data(), size);  // after a NUL: not in the file system
        length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + size);
    }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

/// Who has a name. A process in another PID namespace has no number here.
struct Holder {
    uid_t uid = 0;
    pid_t pid = 0;
};

// "1000 (ann)".
std::string user_text(uid_t uid) {
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    return fmt::format("{}{}", uid, found ? fmt::format(" ({})", entry.pw_name) : "");
}

std::string process_text(const Holder& holder) {
    return holder.pid > 0 ? fmt::format(" (process {})", holder.pid) : "";
}

// The process that listens there; empty if it is gone meanwhile, or is bound without listening.
std::optional<Holder> listener(const Address& address) {
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(socket.get(), address.get(), address.length) != 0) return std::nullopt;
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return Holder{.uid = peer.uid, .pid = peer.pid};
}

// Inodes of the sockets bound to an abstract name, as links in /proc/PID/fd name them.
std::set<std::string> sockets_named(const std::string& name) {
    std::set<std::string> links;
    const std::string table = read_file("/proc/net/unix").value_or("");
    for (const std::string_view line : split(table, '\n')) {
        if (!line.ends_with(" @" + name)) continue;
        const std::string_view before = trimmed(line.substr(0, line.size() - name.size() - 2));
        links.insert(fmt::format("socket:[{}]", before.substr(before.rfind(' ') + 1)));
    }
    return links;
}

// For those that cannot be connected to, or do not answer; as far as this process may look at others.
std::optional<Holder> owner(const std::string& name) {
    const std::set<std::string> links = sockets_named(name);
    if (links.empty()) return std::nullopt;
    const std::optional<pid_t> pid = find_holder(links);
    struct stat about{};
    if (!pid || ::stat(proc_directory(*pid).c_str(), &about) != 0) return std::nullopt;
    return Holder{.uid = about.st_uid, .pid = *pid};
}

Error held_by(const std::optional<Holder>& holder) {
    return {ErrorKind::timed_out,
            fmt::format("another run of joust{} measures on this host{}, and two would take each other's CPU "
                        "time: start this one when that has ended",
                        holder ? process_text(*holder) : "",
                        holder ? ", as user " + user_text(holder->uid) : "")};
}

std::string file_of(const std::string& name) {
    return "/run/" + name + ".lock";
}

// No other user can open it, nor make it in /run beforehand. Empty where nothing can be made there: then the
// name alone has to do.
Result<Fd> take_file(const std::string& name) {
    const std::string path = file_of(name);
    for (;;) {
        Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file && (errno == EROFS || errno == ENOENT || errno == EACCES)) return file;
        if (!file) return fail(ErrorKind::io, "cannot open {}: {}", path, errno_text());
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return tl::unexpected(held_by(std::nullopt));
        // Whoever had it before removes it at the end: the lock on a file that is gone is worth nothing.
        struct stat held{};
        if (::fstat(file.get(), &held) == 0 && held.st_nlink > 0) return file;
    }
}

}  // namespace

Result<MeasuringLock> MeasuringLock::take(const std::string& name) {
    const Address address(name);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const bool bound = ::bind(socket.get(), address.get(), address.length) == 0;
    if (!bound && errno != EADDRINUSE)
        return fail(ErrorKind::io, "cannot lock this host for measuring: {}", errno_text());
    if (bound && ::listen(socket.get(), 16) != 0)
        return fail(ErrorKind::io, "cannot lock this host for measuring: {}", errno_text());
    std::optional<Holder> other;
    if (!bound) {
        other = listener(address);
        if (!other) other = owner(name);
        if (::geteuid() != 0 || (other && other->uid == 0)) return tl::unexpected(held_by(other));
    }
    if (::geteuid() != 0) return MeasuringLock(name, std::move(socket), Fd(), std::nullopt);
    JOUST_TRY(Fd file, take_file(name));
    if (bound) return MeasuringLock(name, std::move(socket), std::move(file), std::nullopt);
    return MeasuringLock(
        name, Fd(), std::move(file),
        fmt::format(
            "{} holds the lock for measuring (\"{}\"), for which root does not wait: if that is a run of "
            "joust, the two take each other's CPU time",
            other ? fmt::format("user {}{}", user_text(other->uid), process_text(*other)) : "another user",
            name));
}

MeasuringLock::~MeasuringLock() {
    if (file_) ::unlink(file_of(name_).c_str());
}

}  // namespace joust::host
