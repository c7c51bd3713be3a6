#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <vector>

#include "base/fd.hpp"
#include "load/transport/transport.hpp"

namespace joust::load {
namespace {

constexpr std::size_t k_receive_bytes = 64 * 1024;  // shared by all connections of the thread
constexpr std::size_t k_events = 256;
// In one go from one connection: a server that sends faster than it is read must not keep the others, nor the
// timeouts, waiting.
constexpr int k_most_reads = 16;
constexpr std::uint64_t k_wake_key = ~std::uint64_t{0};

struct Socket {
    Fd fd;
    std::uint32_t generation = 0;  ///< tells events of an earlier connection in this place apart
    bool connecting = false;
    int write_error = 0;  ///< nothing more can be sent; told when all that came is read
    std::string_view unsent;
};

/// More bytes, an end or an error; a full buffer alone does not tell.
bool more_to_read(int fd) {
    char byte = 0;
    return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}

void sleep_for(Nanoseconds time) {
    if (time <= Nanoseconds{0}) return;
    const timespec length{time / std::chrono::seconds(1), (time % std::chrono::seconds(1)).count()};
    ::nanosleep(&length, nullptr);
}

/// Edge-triggered: each connection is registered once, for both directions; a send is tried at once and waits
/// for writability only after EAGAIN.
class EpollTransport final : public Transport {
public:
    EpollTransport(Fd poll, Fd wake_event, std::size_t connections)
        : poll_(std::move(poll)),
          wake_event_(std::move(wake_event)),
          sockets_(connections),
          buffer_(k_receive_bytes) {}

    int open(ConnectionId id, const Address& address) override;
    int move(ConnectionId from, ConnectionId to) override;
    void send(ConnectionId id, std::string_view bytes) override;
    [[nodiscard]] bool sending(ConnectionId id) const override {
        return !sockets_[id].unsent.empty() || sockets_[id].write_error != 0;
    }
    void close(ConnectionId id) override;
    void wait(TimePoint until, Patience patience, TransportEvents& events) override;
    void wake() override { ::eventfd_write(wake_event_.get(), 1); }
    [[nodiscard]] std::uint64_t clock_steps() const override { return clock_.steps(); }

private:
    void handle(const epoll_event& event, TransportEvents& events);
    void finish_connect(Socket& socket, ConnectionId id, TransportEvents& events);
    void receive(Socket& socket, ConnectionId id, bool ending, TransportEvents& events);
    void read_failed_sends(TransportEvents& events);

    struct FailedSend {
        ConnectionId id;
        std::uint32_t generation;
    };
    /// Registers a socket, or makes a new edge of what is ready. -1 and errno on failure.
    [[nodiscard]] int watch(int operation, const Socket& socket, ConnectionId id) const;

    Fd poll_;
    Fd wake_event_;
    std::vector<Socket> sockets_;
    std::vector<char> buffer_;
    std::vector<FailedSend> failed_sends_;
    std::array<epoll_event, k_events> events_;
    ArrivalClock clock_;
};

int EpollTransport::open(ConnectionId id, const Address& address) {
    const int raw = open_socket(address);
    if (raw < 0) return -raw;
    Socket& socket = sockets_[id];
    socket.fd = Fd(raw);
    ++socket.generation;
    socket.write_error = 0;
    socket.unsent = {};
    if (::connect(raw, address.get(), address.length) != 0 && errno != EINPROGRESS) {
        const int error = errno;
        socket.fd = Fd();
        return error;
    }
    socket.connecting = true;  // also when it is connected already: the first event says so
    if (watch(EPOLL_CTL_ADD, socket, id) == 0) return 0;
    const int error = errno;
    socket.fd = Fd();
    return error;
}

int EpollTransport::watch(int operation, const Socket& socket, ConnectionId id) const {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = (std::uint64_t{socket.generation} << 32U) | id;
    return ::epoll_ctl(poll_.get(), operation, socket.fd.get(), &event);
}

/// What is ready already makes an edge of the new registration.
int EpollTransport::move(ConnectionId from, ConnectionId to) {
    Socket& old = sockets_[from];
    Socket& socket = sockets_[to];
    socket.fd = std::move(old.fd);
    ++old.generation;
    ++socket.generation;
    socket.connecting = false;
    socket.write_error = 0;
    socket.unsent = {};
    if (watch(EPOLL_CTL_MOD, socket, to) == 0) return 0;
    const int error = errno;
    socket.fd = Fd();
    return error;
}

void EpollTransport::send(ConnectionId id, std::string_view bytes) {
    Socket& socket = sockets_[id];
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket.fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            break;  // the next writable edge goes on
        } else if (errno != EINTR) {
            socket.write_error = errno;
            failed_sends_.push_back({id, socket.generation});
            bytes = {};
        }
    }
    socket.unsent = bytes;
}

void EpollTransport::close(ConnectionId id) {
    Socket& socket = sockets_[id];
    socket.fd = Fd();  // leaves the epoll set too: the descriptor is not shared
    ++socket.generation;
    socket.write_error = 0;
    socket.unsent = {};
}

/// epoll cannot wait for several events: it sleeps as long as it may, then collects what has come.
void EpollTransport::wait(TimePoint until, Patience patience, TransportEvents& events) {
    if (!failed_sends_.empty()) {
        until = TimePoint{};
        patience = {};
    }
    if (patience.most > Nanoseconds{0}) sleep_for(std::min(patience.most, until - now()));
    timespec timeout{};
    const timespec* limit = nullptr;
    if (until != TimePoint::max()) {
        const Nanoseconds left = std::max(Nanoseconds{0}, until - now());
        timeout.tv_sec = left / std::chrono::seconds(1);
        timeout.tv_nsec = (left % std::chrono::seconds(1)).count();
        limit = &timeout;
    }
    const int count = ::epoll_pwait2(poll_.get(), events_.data(), k_events, limit, nullptr);
    if (count > 0) clock_.refresh(now());
    for (int i = 0; i < count; ++i)
        handle(events_[static_cast<std::size_t>(i)], events);
    if (!failed_sends_.empty()) read_failed_sends(events);
}

/// An answer that came before the error counts; nothing is known of it until it is read. What fails meanwhile
/// has its turn in the next wait().
void EpollTransport::read_failed_sends(TransportEvents& events) {
    const std::size_t count = failed_sends_.size();
    for (std::size_t i = 0; i < count; ++i) {
        const FailedSend failed = failed_sends_[i];
        Socket& socket = sockets_[failed.id];
        if (socket.generation == failed.generation) receive(socket, failed.id, true, events);
    }
    failed_sends_.erase(failed_sends_.begin(), failed_sends_.begin() + static_cast<std::ptrdiff_t>(count));
}

void EpollTransport::handle(const epoll_event& event, TransportEvents& events) {
    if (event.data.u64 == k_wake_key) {
        eventfd_t ignored = 0;
        ::eventfd_read(wake_event_.get(), &ignored);
        return;
    }
    const auto id = static_cast<ConnectionId>(event.data.u64);
    Socket& socket = sockets_[id];
    const std::uint32_t generation = socket.generation;
    if (generation != static_cast<std::uint32_t>(event.data.u64 >> 32U)) return;
    if (socket.connecting) {
        if ((event.events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return;
        finish_connect(socket, id, events);
        if (socket.generation != generation) return;
    }
    if ((event.events & EPOLLOUT) != 0 && !socket.unsent.empty()) send(id, socket.unsent);
    const std::uint32_t ending = event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if ((event.events & EPOLLIN) != 0 || ending != 0) receive(socket, id, ending != 0, events);
}

void EpollTransport::finish_connect(Socket& socket, ConnectionId id, TransportEvents& events) {
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket.fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    socket.connecting = false;
    events.on_connected(id, error, now());
}

/// Reads until the socket is known to be empty: a short read is, unless the end of the stream was announced.
void EpollTransport::receive(Socket& socket, ConnectionId id, bool ending, TransportEvents& events) {
    const std::uint32_t generation = socket.generation;
    for (int reads = 0; socket.generation == generation; ++reads) {
        if (reads == k_most_reads) {
            // There may be more: registering anew makes an edge of it.
            if (watch(EPOLL_CTL_MOD, socket, id) != 0) events.on_ended(id, errno, now());
            return;
        }
        Received received = receive_now(socket.fd.get(), buffer_, clock_);
        if (received.error == EAGAIN) {
            if (!may_be_answered(socket.write_error))
                events.on_ended(id, socket.write_error, received.arrival.read);
            return;
        }
        if (received.bytes.empty()) {
            events.on_ended(id, end_of(received.error, socket.write_error), received.arrival.read);
            return;
        }
        received.arrival.followed =
            ending || (received.bytes.size() == buffer_.size() && more_to_read(socket.fd.get()));
        events.on_data(id, received.bytes, received.arrival);
        if (!received.arrival.followed) return;
    }
}

}  // namespace

Result<std::unique_ptr<Transport>> make_epoll_transport(std::size_t connections) {
    Fd poll(::epoll_create1(EPOLL_CLOEXEC));
    if (!poll) return fail(ErrorKind::io, "cannot make an epoll instance: {}", errno_text());
    Fd wake_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_event) return fail(ErrorKind::io, "cannot make an eventfd: {}", errno_text());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = k_wake_key;
    if (::epoll_ctl(poll.get(), EPOLL_CTL_ADD, wake_event.get(), &event) != 0)
        return fail(ErrorKind::io, "cannot watch an eventfd: {}", errno_text());
    return std::make_unique<EpollTransport>(std::move(poll), std::move(wake_event), connections);
}

}  // namespace joust::load
