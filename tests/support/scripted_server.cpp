#include "support/scripted_server.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <queue>
#include <thread>

#include "base/fd.hpp"

namespace joust::test {
namespace {

constexpr std::uint64_t k_listener_key = ~std::uint64_t{0};
constexpr std::uint64_t k_stop_key = k_listener_key - 1;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::abort();
}

std::size_t content_length(const std::string& head) {
    for (const char* name : {"Content-Length: ", "content-length: "})
        if (const std::size_t at = head.find(name); at != std::string::npos)
            return std::strtoul(head.c_str() + at + 16, nullptr, 10);
    return 0;
}

}  // namespace

Reply Reply::ok(std::string body, Nanoseconds delay) {
    Reply reply;
    reply.pieces = {
        {delay, fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body)}};
    return reply;
}

Reply Reply::status(int status, std::string body) {
    return raw(
        fmt::format("HTTP/1.1 {} Whatever\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body));
}

Reply Reply::raw(std::string bytes, Then then) {
    Reply reply;
    reply.pieces = {{Nanoseconds{0}, std::move(bytes)}};
    reply.then = then;
    return reply;
}

Reply Reply::drip(const std::string& bytes, Nanoseconds gap) {
    Reply reply;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        reply.pieces.push_back({gap * static_cast<int>(i), std::string(1, bytes[i])});
    return reply;
}

Reply Reply::endless(std::string head, const std::string& unit) {
    constexpr std::size_t k_send_bytes = 65536;
    Reply reply = raw(std::move(head), Then::repeat);
    while (reply.repeated.size() < k_send_bytes)
        reply.repeated += unit;
    return reply;
}

Reply Reply::never() {
    return {};
}

struct ScriptedServer::State {
    struct Connection {
        Fd fd;
        std::uint64_t number = 0;
        std::uint64_t requests = 0;
        std::string input;
        std::string output;
        std::string repeated;
        std::optional<Reply::Then> then;  ///< what follows when `output` is empty
        TimePoint last_heard;
    };
    struct Due {
        TimePoint at;
        std::uint64_t order;  ///< pieces of one reply keep their order
        std::uint64_t connection;
        std::size_t entry;
        std::string bytes;
        bool last;
        Reply::Then then;
        bool operator>(const Due& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };

    Script script;
    Manner manner;
    std::uint16_t port = 0;
    std::string directory;
    std::string path;
    Fd listener;
    Fd poll;
    Fd stop_event;
    std::map<std::uint64_t, Connection> connections;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due;
    std::uint64_t order = 0;
    TimePoint next_accept{};  ///< with a gap between acceptances
    bool accept_pending = false;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> open{0};
    std::atomic<bool> releasing{false};
    mutable std::mutex mutex;
    std::vector<LogEntry> log;
    std::thread thread;

    void listen();
    void run();
    TimePoint next_wake() const;
    void accept_all();
    void read(std::uint64_t number);
    void serve(Connection& connection);
    void release(Due& piece);
    void flush(Connection& connection);
    bool send_output(Connection& connection);
    void follow(Connection& connection);
    void close_idle();
    void close(std::uint64_t number, bool reset);
};

void ScriptedServer::State::listen() {
    using Listen = Manner::Listen;
    const int family = manner.on == Listen::ipv4 ? AF_INET : manner.on == Listen::ipv6 ? AF_INET6 : AF_UNIX;
    listener = Fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!listener) die("socket");
    int bound = -1;
    if (family == AF_UNIX) {
        std::string pattern = "/tmp/joust-scripted-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) die("mkdtemp");
        directory = pattern;
        path = directory + "/socket";
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), std::begin(name.sun_path));
        bound = ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name);
    } else if (family == AF_INET) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bound = ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name);
        socklen_t length = sizeof name;
        ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name), &length);
        port = ntohs(name.sin_port);
    } else {
        sockaddr_in6 name{};
        name.sin6_family = AF_INET6;
        name.sin6_addr = in6addr_loopback;
        bound = ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name);
        socklen_t length = sizeof name;
        ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name), &length);
        port = ntohs(name.sin6_port);
    }
    if (bound != 0) die("bind");
    if (::listen(listener.get(), manner.backlog) != 0) die("listen");
}

TimePoint ScriptedServer::State::next_wake() const {
    TimePoint next = due.empty() ? TimePoint::max() : due.top().at;
    if (accept_pending) next = std::min(next, next_accept);
    if (manner.idle_timeout)
        for (const auto& [number, connection] : connections)
            next = std::min(next, connection.last_heard + *manner.idle_timeout);
    return next;
}

void ScriptedServer::State::run() {
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    std::array<epoll_event, 256> events;
    for (;;) {
        while (!due.empty() && due.top().at <= now()) {
            Due piece = due.top();
            due.pop();
            release(piece);
        }
        close_idle();
        if (accept_pending) accept_all();
        const TimePoint next = next_wake();
        timespec timeout{};
        const Nanoseconds left =
            next == TimePoint::max() ? Nanoseconds::max() : std::max(Nanoseconds{0}, next - now());
        timeout.tv_sec = left / std::chrono::seconds(1);
        timeout.tv_nsec = (left % std::chrono::seconds(1)).count();
        const int count = ::epoll_pwait2(poll.get(), events.data(), static_cast<int>(events.size()),
                                         next == TimePoint::max() ? nullptr : &timeout, nullptr);
        for (int i = 0; i < count; ++i) {
            const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
            if (key == k_stop_key) return;
            if (key == k_listener_key) {
                accept_all();
            } else if (connections.count(key) != 0) {
                if ((events[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0) flush(connections.at(key));
                if (connections.count(key) != 0) read(key);
            }
        }
    }
}

void ScriptedServer::State::accept_all() {
    for (;;) {
        accept_pending = now() < next_accept;
        if (accept_pending) return;
        Fd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!fd) return;
        const std::uint64_t number = accepted++;
        if (manner.accept_gap > Nanoseconds{0}) next_accept = now() + manner.accept_gap;
        if (manner.close_on_accept) {
            [[maybe_unused]] const ssize_t sent =
                ::send(fd.get(), manner.greeting.data(), manner.greeting.size(), MSG_NOSIGNAL);
            continue;
        }
        const int on = 1;
        ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        event.data.u64 = number;
        ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd.get(), &event);
        Connection& connection = connections[number];
        connection.fd = std::move(fd);
        connection.number = number;
        connection.last_heard = now();
        connection.output = manner.greeting;
        ++open;
        flush(connection);
    }
}

void ScriptedServer::State::read(std::uint64_t number) {
    std::array<char, 65536> buffer;
    for (;;) {
        Connection& connection = connections.at(number);
        const ssize_t got = ::recv(connection.fd.get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            close(number, false);
            return;
        }
        connection.last_heard = now();
        connection.input.append(buffer.data(), static_cast<std::size_t>(got));
        serve(connection);
        if (connections.count(number) == 0) return;
    }
}

void ScriptedServer::State::serve(Connection& connection) {
    for (;;) {
        const std::size_t end = connection.input.find("\r\n\r\n");
        if (end == std::string::npos) return;
        const std::size_t length = content_length(connection.input.substr(0, end + 4));
        if (connection.input.size() < end + 4 + length) return;
        SeenRequest request{.arrived = now(),
                            .connection = connection.number,
                            .on_connection = connection.requests++,
                            .method = {},
                            .path = {},
                            .head = connection.input.substr(0, end + 4),
                            .body = connection.input.substr(end + 4, length)};
        const std::size_t space = request.head.find(' ');
        request.method = request.head.substr(0, space);
        request.path = request.head.substr(space + 1, request.head.find(' ', space + 1) - space - 1);
        connection.input.erase(0, end + 4 + length);
        Reply reply = script(request);
        if (reply.then == Reply::Then::repeat) connection.repeated = std::move(reply.repeated);
        std::size_t entry = 0;
        {
            const std::lock_guard lock(mutex);
            entry = log.size();
            log.push_back({request, std::nullopt, std::nullopt});
        }
        for (std::size_t i = 0; i < reply.pieces.size(); ++i)
            due.push({request.arrived + reply.pieces[i].after, order++, connection.number, entry,
                      std::move(reply.pieces[i].bytes), i + 1 == reply.pieces.size(), reply.then});
        if (reply.pieces.empty() && reply.then != Reply::Then::keep) {
            close(connection.number, reply.then == Reply::Then::reset);
            return;
        }
    }
}

void ScriptedServer::State::release(Due& piece) {
    const auto found = connections.find(piece.connection);
    if (found == connections.end()) return;
    found->second.output += piece.bytes;
    if (piece.last && piece.then != Reply::Then::keep) found->second.then = piece.then;
    releasing = true;
    const TimePoint before = now();
    flush(found->second);
    if (piece.last) {
        const std::lock_guard lock(mutex);
        log[piece.entry].releasing = before;
        log[piece.entry].released = now();
    }
    releasing = false;
}

/// False when the kernel takes no more for now, or the connection is gone.
bool ScriptedServer::State::send_output(Connection& connection) {
    while (!connection.output.empty()) {
        const ssize_t sent =
            ::send(connection.fd.get(), connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) return false;
        if (sent < 0) {
            close(connection.number, false);
            return false;
        }
        connection.output.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
}

void ScriptedServer::State::flush(Connection& connection) {
    if (send_output(connection) && connection.then) follow(connection);
}

void ScriptedServer::State::follow(Connection& connection) {
    constexpr int k_repeats_at_once = 16;  // then the other connections have their turn
    switch (*connection.then) {
        case Reply::Then::keep:
            return;
        case Reply::Then::half_close:
            ::shutdown(connection.fd.get(), SHUT_WR);
            return;
        case Reply::Then::repeat:
            for (int i = 0; i < k_repeats_at_once; ++i) {
                connection.output = connection.repeated;
                if (!send_output(connection)) return;
            }
            due.push({now(), order++, connection.number, 0, "", false, Reply::Then::keep});
            return;
        case Reply::Then::close:
        case Reply::Then::reset:
            close(connection.number, *connection.then == Reply::Then::reset);
            return;
    }
}

void ScriptedServer::State::close_idle() {
    if (!manner.idle_timeout) return;
    std::vector<std::uint64_t> idle;
    for (const auto& [number, connection] : connections)
        if (now() - connection.last_heard >= *manner.idle_timeout) idle.push_back(number);
    for (const std::uint64_t number : idle)
        close(number, false);
}

void ScriptedServer::State::close(std::uint64_t number, bool reset) {
    const auto found = connections.find(number);
    if (reset) {
        const linger abort{1, 0};
        ::setsockopt(found->second.fd.get(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    }
    connections.erase(found);
    --open;
}

ScriptedServer::ScriptedServer(Script script, Manner manner) : state_(std::make_unique<State>()) {
    state_->script = std::move(script);
    state_->manner = std::move(manner);
    state_->listen();
    state_->poll = Fd(::epoll_create1(EPOLL_CLOEXEC));
    state_->stop_event = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = k_listener_key;
    ::epoll_ctl(state_->poll.get(), EPOLL_CTL_ADD, state_->listener.get(), &event);
    event.events = EPOLLIN;
    event.data.u64 = k_stop_key;
    ::epoll_ctl(state_->poll.get(), EPOLL_CTL_ADD, state_->stop_event.get(), &event);
    state_->thread = std::thread([this] { state_->run(); });
}

ScriptedServer::~ScriptedServer() {
    ::eventfd_write(state_->stop_event.get(), 1);
    state_->thread.join();
    if (state_->path.empty()) return;
    ::unlink(state_->path.c_str());
    ::rmdir(state_->directory.c_str());
}

std::uint16_t ScriptedServer::port() const {
    return state_->port;
}

std::string ScriptedServer::url() const {
    if (!state_->path.empty()) return "unix:" + state_->path + ":/";
    const bool ipv6 = state_->manner.on == Manner::Listen::ipv6;
    return fmt::format("http://{}:{}/", ipv6 ? "[::1]" : "127.0.0.1", state_->port);
}

std::vector<LogEntry> ScriptedServer::log() const {
    const std::lock_guard lock(state_->mutex);
    return state_->log;
}

void ScriptedServer::settle() const {
    const TimePoint limit = now() + std::chrono::seconds(5);
    while (state_->releasing && now() < limit)
        std::this_thread::yield();
}

std::uint64_t ScriptedServer::accepted() const {
    return state_->accepted;
}
std::uint64_t ScriptedServer::open() const {
    return state_->open;
}

}  // namespace joust::test
