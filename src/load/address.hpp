#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "load/target.hpp"

namespace joust::load {

/// An address to connect to, as the kernel wants it.
struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;

    [[nodiscard]] const sockaddr* get() const {
        return static_cast<const sockaddr*>(static_cast<const void*>(&storage));
    }
    [[nodiscard]] bool is_unix() const { return storage.ss_family == AF_UNIX; }
};

/// The address as text: "127.0.0.1:8080", "[::1]:8080", "unix:/run/app.sock".
std::string to_text(const Address& address);

/// Each address once, the families in turns, beginning with that of the first (RFC 8305, 4).
std::vector<Address> interleaved(const std::vector<Address>& addresses);

/// All addresses of the target, interleaved; at least one. Blocks for name resolution.
Result<std::vector<Address>> resolve(const Target& target);

/// A new non-blocking stream socket for the address: no Nagle delay, kernel receive time stamps on (where the
/// family has them). The descriptor, or a negative errno.
int open_socket(const Address& address);

/// Connections that the hard limit of open files leaves room for.
std::size_t room_for_connections();
/// Raises the soft limit of open files to the hard one if `connections` need it; an error says what to raise.
Status allow_open_files(std::size_t connections);

}  // namespace joust::load
