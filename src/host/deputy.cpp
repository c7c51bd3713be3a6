#include "host/deputy.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "host/as_user.hpp"

namespace joust::host {
namespace {

/// What stands before a request. Both sides are the same program.
struct Order {
    uid_t uid;
    gid_t gid;
    std::int64_t limit_ns;
};
constexpr char k_part = '-';  ///< before a part; what begins in another way is the result, see encoded()
constexpr auto k_answer_patience = std::chrono::seconds(10);  ///< beyond the limit of the work itself

ssize_t receive(int socket, std::vector<char>& buffer) {
    for (;;) {
        const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), MSG_TRUNC);
        if (got >= 0 || errno != EINTR) return got;
    }
}

std::string answer_to(const std::vector<char>& message, std::size_t size, const Deputy::Work& work,
                      const Tell& each) {
    Order order{};
    std::memcpy(&order, message.data(), sizeof order);
    const std::string_view request(message.data() + sizeof order, size - sizeof order);
    const User user{.name = fmt::format("number {}", order.uid),
                    .uid = order.uid,
                    .gid = order.gid,
                    .groups = {order.gid}};
    Result<std::string> result = run_as(
        user, Nanoseconds(order.limit_ns), [&](const Tell& tell) { return work(request, tell); }, each);
    if (result && result->size() >= Deputy::k_longest)
        result = fail(ErrorKind::io, "a result of {} bytes is too long", result->size());
    std::string answer = encoded(result);
    answer.resize(std::min(answer.size(), Deputy::k_longest));
    return answer;
}

[[noreturn]] void serve(int socket, pid_t parent, const Deputy::Work& work) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2})
        ::signal(number, SIG_IGN);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::setsid();
    ::prctl(PR_SET_NAME, "joust-deputy");
    if (!keep_only(socket) || ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(1);
    std::vector<char> message(sizeof(Order) + Deputy::k_longest);
    const auto send = [](const std::string& text) {
        if (::send(k_kept, text.data(), text.size(), MSG_NOSIGNAL) < 0) ::_exit(1);
    };
    for (;;) {
        const ssize_t got = receive(k_kept, message);
        if (got < static_cast<ssize_t>(sizeof(Order)) || got > static_cast<ssize_t>(message.size()))
            ::_exit(0);
        send(answer_to(message, static_cast<std::size_t>(got), work,
                       [&](std::string_view part) { send(k_part + std::string(part)); }));
    }
}

}  // namespace

Result<Deputy> Deputy::start(const Work& work) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(ErrorKind::io, "cannot make a pair of sockets: {}", errno_text());
    Fd own(ends[0]);
    const Fd its(ends[1]);
    const pid_t parent = ::getpid();
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of this process runs in the child
    const pid_t child = ::fork();
    if (child == 0) serve(its.get(), parent, work);
    const std::string why = errno_text();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (child < 0) return fail(ErrorKind::io, "cannot start a child process: {}", why);
    return Deputy(identify(child).value_or(ProcessIdentity{.pid = child}), std::move(own));
}

Deputy::Deputy(Deputy&& other) noexcept : identity_(other.identity_), socket_(std::move(other.socket_)) {}

Deputy::~Deputy() {
    if (!socket_) return;
    ::kill(identity_.pid, SIGKILL);  // its number is its own until it is waited for
    while (::waitpid(identity_.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

Result<std::string> Deputy::ask(const User& user, Nanoseconds limit, std::string_view request,
                                const Tell& each) const {
    const Order order{.uid = user.uid, .gid = user.gid, .limit_ns = limit.count()};
    std::string message(reinterpret_cast<const char*>(&order), sizeof order);
    message += request;
    if (request.size() > k_longest)
        return fail(ErrorKind::bad_input, "a request of {} bytes", request.size());
    if (::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0)
        return fail(ErrorKind::io, "the process that works as user {} is gone: {}", user.name, errno_text());
    std::vector<char> answer(k_longest);
    for (const TimePoint give_up = now() + limit + k_answer_patience; now() < give_up;) {
        pollfd watched{.fd = socket_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&watched, 1, 1000) <= 0) continue;
        const ssize_t got = receive(socket_.get(), answer);
        if (got <= 0) return fail(ErrorKind::io, "the process that works as user {} is gone", user.name);
        const std::string_view said(answer.data(), static_cast<std::size_t>(got));
        if (said.front() != k_part) return decoded(said, user);
        each(said.substr(1));
    }
    return fail(ErrorKind::timed_out, "the process that works as user {} does not answer", user.name);
}

}  // namespace joust::host
