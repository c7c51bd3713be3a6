#include "host/port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <random>
#include <sstream>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/kernel_text.hpp"
#include "base/proc.hpp"

namespace joust::host {
namespace {

// Ports below are often given to well-known services.
constexpr unsigned k_lowest_port = 10'240;

unsigned lowest_outgoing_port() {
    constexpr unsigned k_usual = 32'768;
    const std::optional<PortRange> range = read_port_range();
    return range ? range->first : k_usual;
}

// Field 9 of a row of /proc/net/tcp or tcp6 that listens (state 0A) on the port.
std::optional<std::string> listening_inode(const Path& table, std::uint16_t port) {
    const auto text = read_file(table);
    if (!text) return std::nullopt;
    const std::string suffix = fmt::format(":{:04X}", port);
    std::istringstream rows(*text);
    std::string row;
    std::getline(rows, row);
    while (std::getline(rows, row)) {
        std::istringstream fields(row);
        std::string slot, local, remote, state, skipped, inode;
        fields >> slot >> local >> remote >> state;
        for (int i = 0; i < 5; ++i)
            fields >> skipped;
        fields >> inode;
        if (state == "0A" && local.ends_with(suffix)) return inode;
    }
    return std::nullopt;
}

}  // namespace

bool port_is_free(std::uint16_t port) {
    const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
           ::listen(socket.get(), 1) == 0;
}

Result<std::uint16_t> free_loopback_port() {
    std::random_device random;
    const unsigned end = std::max(lowest_outgoing_port(), k_lowest_port + 1);
    std::uniform_int_distribution<unsigned> pick(k_lowest_port, std::min(end, 65'536U) - 1);
    for (int attempt = 0; attempt < 1000; ++attempt) {
        const auto port = static_cast<std::uint16_t>(pick(random));
        if (port_is_free(port)) return port;
    }
    return fail(ErrorKind::io, "no free TCP port on 127.0.0.1 between {} and {}", k_lowest_port, end - 1);
}

std::optional<Listener> listener_on(std::uint16_t port) {
    auto inode = listening_inode("/proc/net/tcp", port);
    if (!inode) inode = listening_inode("/proc/net/tcp6", port);
    if (!inode) return std::nullopt;
    const std::optional<pid_t> holder = find_holder({fmt::format("socket:[{}]", *inode)});
    if (!holder) return std::nullopt;
    return Listener{.pid = *holder, .name = first_line(proc_directory(*holder) / "comm").value_or("unknown")};
}

}  // namespace joust::host
