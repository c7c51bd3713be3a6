#include "load/transport.hpp"

#include <linux/errqueue.h>

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

}  // namespace joust::load
