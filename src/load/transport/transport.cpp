#include "load/transport/transport.hpp"

#include <linux/errqueue.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace joust::load {

timespec receive_stamp(const msghdr& message) {
    // CMSG_NXTHDR takes a pointer to a message that it does not change.
    for (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(const_cast<msghdr*>(&message), const_cast<cmsghdr*>(header))) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPING) continue;
        scm_timestamping stamps;
        std::memcpy(&stamps, CMSG_DATA(header), sizeof stamps);
        return stamps.ts[0];  // software; the others are unused or of the hardware
    }
    return {};
}

Received receive_now(int fd, std::span<char> buffer, const ArrivalClock& clock) {
    alignas(cmsghdr) std::array<char, 128> control;
    iovec piece{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    ssize_t size = 0;
    do {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        size = ::recvmsg(fd, &message, MSG_DONTWAIT);
    } while (size < 0 && errno == EINTR);
    const TimePoint read = now();
    if (size < 0) return {.bytes = {}, .error = errno, .arrival = {.read = read, .arrived = read}};
    return {.bytes = {buffer.data(), static_cast<std::size_t>(size)},
            .error = 0,
            .arrival = clock.arrival(receive_stamp(message), read)};
}

}  // namespace joust::load
