#include "load/address.hpp"

#include <linux/net_tstamp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace joust::load {
namespace {

Address unix_address(const std::string& path) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), std::begin(name.sun_path));  // parse_url checked the length
    Address address;
    address.length = sizeof name;
    std::memcpy(&address.storage, &name, sizeof name);
    return address;
}

// Rings, logs, the contenders' pipes; where files are scarce, a quarter of them has to do.
rlim_t other_files(const rlimit& limit) {
    return std::min<rlim_t>(256, limit.rlim_max / 4);
}

bool are_equal(const Address& a, const Address& b) {
    return a.length == b.length && std::memcmp(&a.storage, &b.storage, a.length) == 0;
}

Error lookup_error(const Target& target, int status, int error) {
    if (status == EAI_SYSTEM || status == EAI_MEMORY)  // of this host; the name may be right
        return {ErrorKind::io, fmt::format("host \"{}\" cannot be looked up: {}", target.host,
                                           status == EAI_MEMORY ? "no memory" : errno_text(error))};
    return {ErrorKind::bad_input,
            fmt::format("host \"{}\" is not known: {}", target.host, ::gai_strerror(status))};
}

}  // namespace

std::string to_text(const Address& address) {
    if (address.is_unix()) {
        sockaddr_un name{};
        std::memcpy(&name, &address.storage, sizeof name);
        return fmt::format("unix:{}",
                           std::string_view(name.sun_path, ::strnlen(name.sun_path, sizeof name.sun_path)));
    }
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    if (::getnameinfo(address.get(), address.length, host.data(), host.size(), port.data(), port.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return "?";
    const bool bracketed = address.storage.ss_family == AF_INET6;
    return fmt::format("{}{}{}:{}", bracketed ? "[" : "", host.data(), bracketed ? "]" : "", port.data());
}

std::vector<Address> interleaved(const std::vector<Address>& addresses) {
    std::vector<Address> first;
    std::vector<Address> second;
    for (const Address& address : addresses) {
        const bool is_first = address.storage.ss_family == addresses.front().storage.ss_family;
        std::vector<Address>& family = is_first ? first : second;
        if (std::none_of(family.begin(), family.end(),
                         [&](const Address& other) { return are_equal(address, other); }))
            family.push_back(address);
    }
    std::vector<Address> mixed;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) mixed.push_back(first[i]);
        if (i < second.size()) mixed.push_back(second[i]);
    }
    return mixed;
}

Result<std::vector<Address>> resolve(const Target& target) {
    if (!target.unix_path.empty()) return std::vector<Address>{unix_address(target.unix_path)};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int status =
        ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
    if (status != 0) return tl::unexpected(lookup_error(target, status, errno));
    std::vector<Address> addresses;
    for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
        Address address;
        address.length = info->ai_addrlen;
        std::memcpy(&address.storage, info->ai_addr, info->ai_addrlen);
        addresses.push_back(address);
    }
    ::freeaddrinfo(found);
    if (addresses.empty()) return fail(ErrorKind::bad_input, "host \"{}\" has no address", target.host);
    return interleaved(addresses);
}

int open_socket(const Address& address) {
    const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (!address.is_unix()) {
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
        ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);  // without it: time of reading
    }
    return fd;
}

std::size_t room_for_connections() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_max - other_files(limit);
}

Status allow_open_files(std::size_t connections) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t wanted = connections + other_files(limit);
    if (limit.rlim_cur >= wanted) return {};
    if (limit.rlim_max < wanted)
        return fail(ErrorKind::unsupported,
                    "{} connections need {} open files, but the hard limit is {}; raise it with ulimit -Hn",
                    connections, wanted, limit.rlim_max);
    limit.rlim_cur = wanted;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return fail(ErrorKind::unsupported, "cannot raise the limit of open files to {}: {}", wanted,
                    errno_text());
    return {};
}

}  // namespace joust::load
