#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <vector>

#include "base/fd.hpp"
#include "load/transport/transport.hpp"
#include "load/transport/uring.hpp"

namespace joust::load {
namespace {

/// Completion keys: kind, generation of the connection's place (24 bits), connection.
enum class Kind : std::uint64_t { connect = 1, receive, send, end, wake };
constexpr std::uint32_t k_generation_mask = 0xffffff;

std::uint64_t key(Kind kind, std::uint32_t generation, ConnectionId id) {
    return (static_cast<std::uint64_t>(kind) << 56U) |
           (std::uint64_t{generation & k_generation_mask} << 32U) | id;
}

/// Sends up to this are taken by the socket at once but for a peer that does not read; their success is not
/// reported.
constexpr std::size_t k_quiet_send_bytes = 16 * 1024;
/// So often a wait() asks the kernel for more that is ready: what is due goes out after it.
constexpr int k_most_rounds = 16;
/// Room for the receive time stamps: three timespecs (struct scm_timestamping).
constexpr std::size_t k_control_bytes = CMSG_SPACE(3 * sizeof(timespec));

struct Socket {
    Fd fd;
    std::uint32_t generation = 0;
    std::uint32_t sends = 0;  ///< of which the completion is awaited
    int write_error = 0;      ///< nothing more can be sent; told when all that came is read
    bool ending = false;      ///< nothing comes behind what is in the socket
    std::string_view unsent;  ///< of the last send; what was not reported to have gone out
};

/// A multishot receive with time stamps stays armed on each connection; a request costs one submission and
/// its answer one completion; one system call a loop hands over the sends and waits.
class UringTransport final : public Transport {
public:
    UringTransport(std::unique_ptr<Uring> uring, Fd wake_event, std::size_t connections)
        : uring_(std::move(uring)), wake_event_(std::move(wake_event)), sockets_(connections) {
        message_.msg_controllen = k_control_bytes;
        submitted_.reserve(connections);
        watch_wake();
    }

    int open(ConnectionId id, const Address& address) override;
    int move(ConnectionId from, ConnectionId to) override;
    void send(ConnectionId id, std::string_view bytes) override;
    [[nodiscard]] bool sending(ConnectionId id) const override {
        return sockets_[id].sends != 0 || sockets_[id].write_error != 0;
    }
    void close(ConnectionId id) override;
    void wait(TimePoint until, Patience patience, TransportEvents& events) override;
    void wake() override { ::eventfd_write(wake_event_.get(), 1); }
    [[nodiscard]] std::uint64_t clock_steps() const override { return clock_.steps(); }
    [[nodiscard]] std::uint64_t calls_without_memory() const override {
        return uring_->calls_without_memory();
    }

private:
    /// A connection whose end is to be looked for when all that the kernel has read is delivered.
    struct Look {
        ConnectionId id;
        std::uint32_t generation;
    };
    struct HandedOver {
        ConnectionId id;
        TimePoint at;
    };
    io_uring_sqe& next_submission() {
        if (uring_->is_full()) hand_over();
        return uring_->next_submission();
    }
    [[nodiscard]] bool is_current(const io_uring_cqe& completion, ConnectionId id) const {
        return ((completion.user_data >> 32U) & k_generation_mask) ==
               (sockets_[id].generation & k_generation_mask);
    }
    void hand_over();
    void watch_wake();
    void arm_receive(ConnectionId id);
    void watch_end(ConnectionId id);
    void submit_send(ConnectionId id, bool quiet);
    void on_sent(const io_uring_cqe& completion, ConnectionId id);
    void note_end(const io_uring_cqe& completion);
    void handle(const io_uring_cqe& completion, TimePoint read, TransportEvents& events);
    void receive(const io_uring_cqe& completion, ConnectionId id, bool current, TimePoint read,
                 TransportEvents& events);
    void deliver(char* buffer, const io_uring_cqe& completion, ConnectionId id, TimePoint read,
                 TransportEvents& events);
    void look_for_end(ConnectionId id, TransportEvents& events);

    std::unique_ptr<Uring> uring_;
    Fd wake_event_;
    std::vector<Socket> sockets_;
    std::vector<ConnectionId> submitted_;  ///< sends that the kernel does not have yet
    std::vector<HandedOver> handed_over_;  ///< sends that it got before the wait() that is to come
    std::vector<Look> looks_;
    msghdr message_{};  ///< shape of all receives
    ArrivalClock clock_;
};

/// Ahead of wait(), and so with times of its own: answers may come before wait() is called.
void UringTransport::hand_over() {
    const TimePoint submitting = now();
    for (const ConnectionId id : submitted_)
        handed_over_.push_back({id, submitting});
    submitted_.clear();
    uring_->submit();
}

void UringTransport::watch_wake() {
    io_uring_sqe& entry = next_submission();
    io_uring_prep_poll_multishot(&entry, wake_event_.get(), POLLIN);
    entry.user_data = key(Kind::wake, 0, 0);
}

int UringTransport::open(ConnectionId id, const Address& address) {
    Socket& socket = sockets_[id];
    const int raw = open_socket(address);
    if (raw < 0) return -raw;
    socket.fd = Fd(raw);
    ++socket.generation;
    socket.sends = 0;
    socket.write_error = 0;
    socket.ending = false;
    int error = 0;
    // A Unix socket connects at once or not at all. The kernel would leave it to a thread that waits for the
    // server, one for each connection.
    if (address.is_unix() && ::connect(raw, address.get(), address.length) != 0) error = errno;
    if (error == 0) error = uring_->set_file(id, raw);
    if (error != 0) {
        socket.fd = Fd();
        return error;
    }
    io_uring_sqe& entry = next_submission();
    if (address.is_unix()) {
        io_uring_prep_nop(&entry);
    } else {
        io_uring_prep_connect(&entry, static_cast<int>(id), address.get(), address.length);
        entry.flags = IOSQE_FIXED_FILE;
    }
    entry.user_data = key(Kind::connect, socket.generation, id);
    return 0;
}

void UringTransport::arm_receive(ConnectionId id) {
    io_uring_sqe& entry = next_submission();
    io_uring_prep_recvmsg_multishot(&entry, static_cast<int>(id), &message_, 0);
    entry.ioprio |= IORING_RECVSEND_POLL_FIRST;
    entry.flags = IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
    entry.buf_group = Uring::k_buffer_group;
    entry.user_data = key(Kind::receive, sockets_[id].generation, id);
}

int UringTransport::move(ConnectionId from, ConnectionId to) {
    Socket& old = sockets_[from];
    Socket& socket = sockets_[to];
    if (uring_->has_submissions()) hand_over();  // they name places in the table
    socket.fd = std::move(old.fd);
    ++old.generation;
    ++socket.generation;
    socket.sends = 0;
    socket.write_error = 0;
    socket.ending = false;
    if (const int error = uring_->set_file(to, socket.fd.get()); error != 0) {
        socket.fd = Fd();
        uring_->set_file(from, -1);
        return error;
    }
    uring_->set_file(from, -1);
    arm_receive(to);
    watch_end(to);
    return 0;
}

/// A multishot receive that has emptied the socket waits for the next event, even if the connection has ended
/// meanwhile: the kernel counted that event together with the one of the data (seen with Linux 6.18: resets,
/// and the ends of Unix sockets). Nothing more would ever be heard of it. This asks for what is so, not for
/// what happens, and costs nothing per request.
void UringTransport::watch_end(ConnectionId id) {
    io_uring_sqe& entry = next_submission();
    io_uring_prep_poll_add(&entry, static_cast<int>(id), POLLRDHUP);
    entry.flags = IOSQE_FIXED_FILE;
    entry.user_data = key(Kind::end, sockets_[id].generation, id);
}

void UringTransport::send(ConnectionId id, std::string_view bytes) {
    sockets_[id].unsent = bytes;
    submit_send(id, bytes.size() <= k_quiet_send_bytes);
    submitted_.push_back(id);
}

/// A quiet send is told of only when it failed, and waits until all is taken. Any other is told of with what
/// the socket took: so the error of what is left is known, which a send that waits would keep to itself.
void UringTransport::submit_send(ConnectionId id, bool quiet) {
    Socket& socket = sockets_[id];
    const int flags = MSG_NOSIGNAL | (quiet ? MSG_WAITALL : 0);
    io_uring_sqe& entry = next_submission();
    io_uring_prep_send(&entry, static_cast<int>(id), socket.unsent.data(), socket.unsent.size(), flags);
    entry.flags = static_cast<__u8>(IOSQE_FIXED_FILE | (quiet ? IOSQE_CQE_SKIP_SUCCESS : 0));
    entry.user_data = key(Kind::send, socket.generation, id);
    if (!quiet) ++socket.sends;
}

void UringTransport::on_sent(const io_uring_cqe& completion, ConnectionId id) {
    Socket& socket = sockets_[id];
    const bool quiet = socket.sends == 0;
    if (!quiet) --socket.sends;
    if (completion.res >= 0 && !quiet) {
        socket.unsent.remove_prefix(static_cast<std::size_t>(completion.res));
        if (!socket.unsent.empty()) submit_send(id, false);
        return;
    }
    socket.write_error = completion.res < 0 ? -completion.res : ECONNRESET;  // in the middle
    looks_.push_back({id, socket.generation});
}

/// Completions of the connection that are still to come carry an old generation. Shutting down ends the armed
/// receive.
void UringTransport::close(ConnectionId id) {
    Socket& socket = sockets_[id];
    if (uring_->has_submissions()) hand_over();  // they name the place in the table, not the socket
    ::shutdown(socket.fd.get(), SHUT_RDWR);
    uring_->set_file(id, -1);
    socket.fd = Fd();
    ++socket.generation;
    socket.sends = 0;
    socket.write_error = 0;
    socket.ending = false;
}

void UringTransport::wait(TimePoint until, Patience patience, TransportEvents& events) {
    for (const HandedOver& sent : handed_over_)
        events.on_submitted(sent.id, sent.at);
    handed_over_.clear();
    const TimePoint submitting = now();
    for (const ConnectionId id : submitted_)
        events.on_submitted(id, submitting);
    submitted_.clear();
    uring_->wait(submitting, until, patience);
    int rounds = 0;
    do {
        const TimePoint read = now();
        clock_.refresh(read);
        // An end is known before the last bytes are told: their connection is then not used again.
        uring_->peek([&](const io_uring_cqe& completion) { note_end(completion); });
        uring_->drain([&](const io_uring_cqe& completion) { handle(completion, read, events); });
    } while (++rounds < k_most_rounds && uring_->run_pending());
    // Not before: what the kernel has read, an error too, is not in the socket any more. It reads nothing
    // between its calls.
    for (const Look& look : looks_)
        if (sockets_[look.id].generation == look.generation) look_for_end(look.id, events);
    looks_.clear();
}

void UringTransport::note_end(const io_uring_cqe& completion) {
    if (static_cast<Kind>(completion.user_data >> 56U) != Kind::end) return;
    const auto id = static_cast<ConnectionId>(completion.user_data);
    if (is_current(completion, id)) sockets_[id].ending = true;
}

void UringTransport::handle(const io_uring_cqe& completion, TimePoint read, TransportEvents& events) {
    const auto kind = static_cast<Kind>(completion.user_data >> 56U);
    const auto id = static_cast<ConnectionId>(completion.user_data);
    if (kind == Kind::wake) {
        eventfd_t ignored = 0;
        ::eventfd_read(wake_event_.get(), &ignored);
        if ((completion.flags & IORING_CQE_F_MORE) == 0) watch_wake();
        return;
    }
    Socket& socket = sockets_[id];
    const bool current = is_current(completion, id);
    switch (kind) {
        case Kind::receive:
            receive(completion, id, current, read, events);
            break;
        case Kind::connect: {
            if (!current) break;
            const std::uint32_t generation = socket.generation;
            events.on_connected(id, completion.res < 0 ? -completion.res : 0, read);
            if (completion.res != 0 || socket.generation != generation) break;
            arm_receive(id);
            watch_end(id);
            break;
        }
        case Kind::send:
            if (current) on_sent(completion, id);
            break;
        case Kind::end:
            if (current) looks_.push_back({id, socket.generation});
            break;
        case Kind::wake:
            break;
    }
}

void UringTransport::receive(const io_uring_cqe& completion, ConnectionId id, bool current, TimePoint read,
                             TransportEvents& events) {
    const std::uint32_t generation = sockets_[id].generation;
    const bool has_buffer = (completion.flags & IORING_CQE_F_BUFFER) != 0;
    if (has_buffer) {
        const unsigned buffer = completion.flags >> IORING_CQE_BUFFER_SHIFT;
        if (current) deliver(uring_->buffer(buffer), completion, id, read, events);
        uring_->give_back(buffer);
    } else if (current && completion.res <= 0 && completion.res != -ENOBUFS) {
        events.on_ended(id, end_of(-completion.res, sockets_[id].write_error), read);
    }
    const bool armed = (completion.flags & IORING_CQE_F_MORE) != 0;
    if (current && !armed && sockets_[id].generation == generation) arm_receive(id);
}

/// What has come before the end is still in the socket: it is read to the end.
void UringTransport::look_for_end(ConnectionId id, TransportEvents& events) {
    const int write_error = sockets_[id].write_error;
    const std::uint32_t generation = sockets_[id].generation;
    std::array<char, Uring::k_buffer_bytes> buffer;
    for (bool goes_on = true; goes_on && sockets_[id].generation == generation;) {
        Received received = receive_now(sockets_[id].fd.get(), buffer, clock_);
        if (received.error == EAGAIN) {
            if (!may_be_answered(write_error)) events.on_ended(id, write_error, received.arrival.read);
            return;
        }
        if (received.bytes.empty()) {
            events.on_ended(id, end_of(received.error, write_error), received.arrival.read);
            return;
        }
        received.arrival.followed = true;  // by the end
        goes_on = events.on_data(id, received.bytes, received.arrival);
    }
}

void UringTransport::deliver(char* buffer, const io_uring_cqe& completion, ConnectionId id, TimePoint read,
                             TransportEvents& events) {
    io_uring_recvmsg_out* const out = io_uring_recvmsg_validate(buffer, completion.res, &message_);
    if (out == nullptr) {
        events.on_ended(id, EPROTO, read);
        return;
    }
    const unsigned size = io_uring_recvmsg_payload_length(out, completion.res, &message_);
    if (size == 0) {
        events.on_ended(id, end_of(0, sockets_[id].write_error), read);
        return;
    }
    msghdr control{};
    control.msg_control = buffer + sizeof *out;
    control.msg_controllen = out->controllen;
    Arrival arrival = clock_.arrival(receive_stamp(control), read);
    arrival.followed = sockets_[id].ending || (completion.flags & IORING_CQE_F_SOCK_NONEMPTY) != 0;
    const auto* payload = static_cast<const char*>(io_uring_recvmsg_payload(out, &message_));
    events.on_data(id, {payload, size}, arrival);
}

}  // namespace

Result<std::unique_ptr<Transport>> make_uring_transport(std::size_t connections) {
    // Enough buffers for a burst; a receive that finds none is armed again after some were given back.
    const auto buffers = std::clamp<unsigned>(std::bit_ceil(static_cast<unsigned>(connections)), 32, 256);
    JOUST_TRY(std::unique_ptr<Uring> uring, Uring::create(static_cast<unsigned>(connections), buffers));
    Fd wake_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_event) return fail(ErrorKind::io, "cannot make an eventfd: {}", errno_text());
    return std::make_unique<UringTransport>(std::move(uring), std::move(wake_event), connections);
}

Status probe_uring() {
    JOUST_TRY(std::unique_ptr<Uring> uring, Uring::create(2, 2));
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fail(ErrorKind::io, "cannot make a pair of sockets: {}", errno_text());
    const Fd near(pair[0]);
    const Fd far(pair[1]);
    if (const int error = uring->set_file(0, near.get()); error != 0)
        return fail(ErrorKind::unsupported, "io_uring: registering a file failed: {}", errno_text(error));
    msghdr message{};
    message.msg_controllen = k_control_bytes;
    io_uring_sqe& receiving = uring->next_submission();
    io_uring_prep_recvmsg_multishot(&receiving, 0, &message, 0);
    receiving.flags = IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
    receiving.buf_group = Uring::k_buffer_group;
    receiving.user_data = 1;
    io_uring_sqe& sending = uring->next_submission();
    io_uring_prep_send(&sending, far.get(), "x", 1, MSG_NOSIGNAL | MSG_WAITALL);
    sending.flags = IOSQE_CQE_SKIP_SUCCESS;
    sending.user_data = 2;
    const TimePoint from = now();
    uring->wait(from, from + std::chrono::seconds(1));
    bool works = false;
    uring->drain([&](const io_uring_cqe& completion) {
        const bool received = completion.user_data == 1 && completion.res > 0;
        works = received && (completion.flags & IORING_CQE_F_MORE) != 0;
    });
    if (!works)
        return fail(ErrorKind::unsupported, "io_uring: multishot receive of messages does not work here");
    return {};
}

}  // namespace joust::load
