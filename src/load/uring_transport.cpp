#include "load/transport.hpp"

namespace joust::load {
Status probe_uring() {
    return fail(ErrorKind::unsupported, "not yet");
}
Result<std::unique_ptr<Transport>> make_uring_transport(std::size_t) {
    return fail(ErrorKind::unsupported, "not yet");
}
}  // namespace joust::load
