#include "host/tcp_segments.hpp"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include "base/fd.hpp"

namespace joust::host {
namespace {

constexpr unsigned k_established = 1;  // TCP_ESTABLISHED of the kernel's net/tcp_states.h
constexpr int k_patience_s = 5;        // the kernel answers at once; nobody waits for ever

struct DiagRequest {
    nlmsghdr header{};
    inet_diag_req_v2 body{};
};

Error sock_diag_silent(std::string_view doing) {
    return {ErrorKind::unsupported,
            fmt::format("the kernel does not tell of TCP connections ({}: {})", doing, errno_text())};
}

Result<Fd> ask_for_connections(std::uint16_t local_port) {
    Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!socket) return tl::unexpected(sock_diag_silent("socket"));
    const timeval patience{.tv_sec = k_patience_s, .tv_usec = 0};
    static_cast<void>(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    DiagRequest request;
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.body.sdiag_family = AF_INET;
    request.body.sdiag_protocol = IPPROTO_TCP;
    request.body.idiag_ext = 1U << (INET_DIAG_INFO - 1U);
    request.body.idiag_states = 1U << k_established;
    request.body.id.idiag_sport = htons(local_port);
    request.body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    if (::send(socket.get(), &request, sizeof request, 0) != static_cast<ssize_t>(sizeof request))
        return tl::unexpected(sock_diag_silent("send"));
    return socket;
}

template <typename T>
std::optional<T> diag_as(std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

// Of an older kernel the end of tcp_info is missing; what is needed of it is there since 4.6.
std::optional<tcp_info> tcp_info_in(std::span<const std::byte> attributes) {
    constexpr std::size_t k_least =
        offsetof(tcp_info, tcpi_data_segs_out) + sizeof(tcp_info::tcpi_data_segs_out);
    while (const auto attribute = diag_as<rtattr>(attributes)) {
        if (attribute->rta_len < sizeof(rtattr) || attribute->rta_len > attributes.size()) break;
        const std::span<const std::byte> body = attributes.first(attribute->rta_len).subspan(RTA_LENGTH(0));
        if (attribute->rta_type == INET_DIAG_INFO && body.size() >= k_least) {
            tcp_info info{};
            std::memcpy(&info, body.data(), std::min(body.size(), sizeof info));
            return info;
        }
        attributes =
            attributes.subspan(std::min<std::size_t>(RTA_ALIGN(attribute->rta_len), attributes.size()));
    }
    return std::nullopt;
}

std::optional<TcpSegments> segments_of(std::span<const std::byte> message, std::uint16_t local_port) {
    const auto about = diag_as<inet_diag_msg>(message);
    if (!about || ntohs(about->id.idiag_sport) != local_port) return std::nullopt;
    const std::size_t attributes = std::min<std::size_t>(NLMSG_ALIGN(sizeof(inet_diag_msg)), message.size());
    const auto info = tcp_info_in(message.subspan(attributes));
    if (!info) return std::nullopt;
    return TcpSegments{
        .cookie = (std::uint64_t{about->id.idiag_cookie[1]} << 32U) | about->id.idiag_cookie[0],
        .peer_port = ntohs(about->id.idiag_dport),
        .segments_received = info->tcpi_data_segs_in,
        .segments_sent = info->tcpi_data_segs_out,
        .bytes_received = info->tcpi_bytes_received,
        .bytes_acknowledged = info->tcpi_bytes_acked};
}

// Takes the messages of one datagram; true where the last of the answer was among them.
Result<bool> take_messages(std::span<const std::byte> datagram, std::uint16_t local_port,
                           std::vector<TcpSegments>& found) {
    while (const auto header = diag_as<nlmsghdr>(datagram)) {
        if (header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > datagram.size()) break;
        const std::span<const std::byte> body = datagram.first(header->nlmsg_len).subspan(sizeof(nlmsghdr));
        // Both begin with an error number, 0 or negative.
        if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) {
            const int error = diag_as<int>(body).value_or(0);
            if (error == 0 && header->nlmsg_type == NLMSG_DONE) return true;
            errno = error == 0 ? EPROTO : -error;
            return tl::unexpected(sock_diag_silent("sock_diag"));
        }
        if (const auto one = segments_of(body, local_port)) found.push_back(*one);
        datagram = datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(header->nlmsg_len), datagram.size()));
    }
    return false;
}

}  // namespace

Result<std::vector<TcpSegments>> read_tcp_segments(std::uint16_t local_port) {
    JOUST_TRY(const Fd socket, ask_for_connections(local_port));
    std::vector<TcpSegments> found;
    std::array<std::byte, std::size_t{64} << 10U> buffer{};
    for (;;) {
        const ssize_t size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return tl::unexpected(sock_diag_silent("recv"));
        JOUST_TRY(const bool whole,
                  take_messages(std::span(buffer).first(static_cast<std::size_t>(size)), local_port, found));
        if (whole) return found;
    }
}

}  // namespace joust::host
