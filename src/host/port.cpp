#include "host/port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <random>
#include <sstream>

#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace joust::host {
namespace {

namespace fs = std::filesystem;

// Ports below are often given to well-known services.
constexpr unsigned k_lowest_port = 10'240;

unsigned lowest_outgoing_port() {
    unsigned lowest = 32'768;
    if (const auto range = read_file("/proc/sys/net/ipv4/ip_local_port_range"))
        std::from_chars(range->data(), range->data() + range->size(), lowest);
    return lowest;
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

bool holds(const Path& process, const std::string& target) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(process / "fd", failed)) {
        std::error_code gone;
        if (fs::read_symlink(entry.path(), gone) == target) return true;
    }
    return false;
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
    const std::string target = fmt::format("socket:[{}]", *inode);
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator("/proc", failed)) {
        const std::string pid = entry.path().filename();
        if (pid.empty() || pid.find_first_not_of("0123456789") != std::string::npos ||
            !holds(entry.path(), target))
            continue;
        const auto name = read_file(entry.path() / "comm");
        return Listener{.pid = static_cast<pid_t>(std::stol(pid)),
                        .name = std::string(name ? trimmed(*name) : "unknown")};
    }
    return std::nullopt;
}

}  // namespace joust::host
