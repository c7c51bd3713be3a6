#include "host/as_user.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/fd.hpp"
#include "base/quantity.hpp"

namespace joust::host {
namespace {

constexpr std::size_t k_most_result = std::size_t{64} << 20U;
constexpr char k_done = '+';  ///< before a result; before an error stands the number of its kind
constexpr std::uint32_t k_end = ~std::uint32_t{0};  ///< in place of a part's length: the result follows

using Work = std::function<Result<std::string>(const Tell&)>;

void tell(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

// A part, or a result, after its length. Both sides are the same program.
void tell_after(std::uint32_t length, std::string_view text) {
    std::string message(reinterpret_cast<const char*>(&length), sizeof length);
    tell(k_kept, message.append(text));
}

[[noreturn]] void run_work(const User& user, pid_t parent, int pipe, const Work& work) {
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::setsid();
    ::umask(022);
    const rlimit no_core{};
    const bool ready = keep_only(pipe) && ::setrlimit(RLIMIT_CORE, &no_core) == 0 &&
                       (::geteuid() != 0 || user.uid == 0 || become(user)) &&
                       ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                       // After the change of user, which takes the death signal away.
                       ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent && ::chdir("/") == 0;
    if (!ready) {
        tell_after(k_end, encoded(fail(ErrorKind::io, "a child process cannot become user {}: {}", user.name,
                                       errno_text())));
        ::_exit(1);
    }
    tell_after(k_end, encoded(work([](std::string_view part) {
                   tell_after(static_cast<std::uint32_t>(part.size()), part);
               })));
    ::_exit(0);
}

// Takes apart what a child writes: parts, and at last its result.
class ChildOutput {
public:
    explicit ChildOutput(const Tell& each) : each_(each) {}
    // False where a part or the result is too long.
    bool add(std::string_view bytes) {
        pending_.append(bytes);
        std::size_t taken = 0;
        std::uint32_t length = 0;
        while (!ended_ && pending_.size() - taken >= sizeof length) {
            std::memcpy(&length, pending_.data() + taken, sizeof length);
            ended_ = length == k_end;
            if (!ended_ && length > k_longest_part) return false;
            if (!ended_ && pending_.size() - taken - sizeof length < length) break;
            taken += sizeof length;
            if (ended_) break;
            each_(std::string_view(pending_).substr(taken, length));
            taken += length;
        }
        pending_.erase(0, taken);
        return pending_.size() <= k_most_result;
    }
    // "" where it did not come to its end.
    [[nodiscard]] std::string_view result() const { return ended_ ? std::string_view(pending_) : ""; }

private:
    const Tell& each_;
    std::string pending_;  ///< of a part that is not whole yet, or of the result
    bool ended_ = false;
};

enum class Read { whole, late, too_long };

// Until the child closes its end.
Read read_output(const Fd& pipe, TimePoint deadline, ChildOutput& output) {
    char buffer[4096];
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now()).count();
        if (left <= 0) return Read::late;
        pollfd watched{.fd = pipe.get(), .events = POLLIN, .revents = 0};
        if (::poll(&watched, 1, static_cast<int>(std::min<long>(left, 1000))) <= 0) continue;
        const ssize_t got = ::read(pipe.get(), buffer, sizeof buffer);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return Read::whole;
        if (!output.add({buffer, static_cast<std::size_t>(got)})) return Read::too_long;
    }
}

}  // namespace

std::string encoded(const Result<std::string>& result) {
    if (result) return k_done + *result;
    return static_cast<char>('0' + static_cast<int>(result.error().kind)) + result.error().message;
}

Result<std::string> decoded(std::string_view text, const User& user) {
    if (text.empty()) return fail(ErrorKind::io, "a child process of user {} was killed", user.name);
    if (text.front() == k_done) return std::string(text.substr(1));
    return tl::unexpected<Error>(
        Error{static_cast<ErrorKind>(text.front() - '0'), std::string(text.substr(1))});
}

// Everything inherited is closed but the one, the lock of the run first of all.
bool keep_only(int file) {
    if (::dup2(file, k_kept) < 0 || ::close_range(k_kept + 1, ~0U, 0) != 0) return false;
    const int nothing = ::open("/dev/null", O_RDWR);
    for (int standard = 0; standard < k_kept; ++standard)
        if (::dup2(nothing, standard) < 0) return false;
    return nothing <= k_kept || ::close(nothing) == 0;
}

Result<std::string> run_as(const User& user, Nanoseconds limit,
                           const std::function<Result<std::string>()>& work) {
    return run_as(user, limit, [&](const Tell&) { return work(); }, [](std::string_view) {});
}

Result<std::string> run_as(const User& user, Nanoseconds limit, const Work& work, const Tell& each) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorKind::io, "cannot make a pipe: {}", errno_text());
    const Fd read_end(ends[0]);
    Fd write_end(ends[1]);
    const pid_t parent = ::getpid();
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of this process runs in the child
    const pid_t child = ::fork();
    if (child == 0) run_work(user, parent, write_end.get(), work);
    const std::string why = errno_text();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (child < 0) return fail(ErrorKind::io, "cannot start a child process: {}", why);
    write_end.close();
    ChildOutput output(each);
    const Read read = read_output(read_end, now() + limit, output);
    ::kill(child, SIGKILL);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (read == Read::too_long)
        return fail(ErrorKind::io, "a child process of user {} told more than {} bytes", user.name,
                    k_most_result);
    if (read == Read::late)
        return fail(ErrorKind::timed_out, "it did not end within {} and was killed", spoken(limit));
    return decoded(output.result(), user);
}

}  // namespace joust::host
