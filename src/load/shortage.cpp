#include "load/shortage.hpp"

#include <cerrno>

#include "base/fd.hpp"

namespace joust::load {
namespace {

using model::Shortage;

/// EADDRNOTAVAIL means both that no port is left and that there is no address to send from. A datagram socket
/// has ports of its own, so with it only the second can be so.
bool has_local_address(const Address& address) {
    const Fd probe(::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return !probe || ::connect(probe.get(), address.get(), address.length) == 0 || errno != EADDRNOTAVAIL;
}

}  // namespace

std::optional<Shortage> shortage_of(int error) {
    switch (error) {
        case ENOBUFS:
        case ENOMEM:
            return Shortage::memory;
        case EMFILE:
            return Shortage::open_files;
        case ENFILE:
            return Shortage::host_files;
        case ENOSPC:
            return Shortage::watches;
        default:
            return std::nullopt;
    }
}

std::optional<Shortage> shortage_of(int error, const Address& address) {
    if (error == EADDRNOTAVAIL)
        return has_local_address(address) ? Shortage::local_ports : Shortage::local_address;
    if (error == EAFNOSUPPORT) return Shortage::local_address;
    if (error == EAGAIN) return Shortage::memory;  // of routes; a Unix socket's is waited for
    return shortage_of(error);
}

}  // namespace joust::load
