#include "host/measuring_lock.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>

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

// The process that listens there; empty if it is gone meanwhile.
std::optional<pid_t> holder(const Address& address) {
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(socket.get(), address.get(), address.length) != 0) return std::nullopt;
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.pid;
}

}  // namespace

Result<MeasuringLock> MeasuringLock::take(const std::string& name) {
    const Address address(name);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::bind(socket.get(), address.get(), address.length) == 0 && ::listen(socket.get(), 16) == 0)
        return MeasuringLock(std::move(socket));
    if (errno != EADDRINUSE)
        return fail(ErrorKind::io, "cannot lock this host for measuring: {}", errno_text());
    const std::optional<pid_t> other = holder(address);
    return fail(
        ErrorKind::timed_out,
        "another run of joust{} measures on this host, and two would take each other's CPU time: start "
        "this one when that has ended",
        other ? fmt::format(" (process {})", *other) : "");
}

}  // namespace joust::host
