#include "terminal/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "base/file.hpp"

namespace joust::terminal {
namespace {

// There is one stderr for the whole program, and so there is one mark that something for it was lost.
std::atomic<bool> messages_lost{false};

}  // namespace

void secure_standard_streams() {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);  // a file beyond ulimit -f is an error of its write too
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest free number is this one, for those below are open by now.
        ::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
    }
}

Status print_text(std::string_view text) {
    return write_whole(STDOUT_FILENO, text, "to stdout");
}

void tell_text(std::string_view text) {
    if (!write_whole(STDERR_FILENO, text, "to stderr")) messages_lost = true;
}

Status close_standard_streams() {
    if (messages_lost) return fail(ErrorKind::io, "messages could not be written to stderr");
    // Some file systems tell only now that what was written does not fit.
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO})
        if (::close(fd) != 0 && errno != EBADF && errno != EINTR)
            return fail(ErrorKind::io, "cannot write {}: {}", fd == STDOUT_FILENO ? "to stdout" : "to stderr",
                        errno_text());
    return {};
}

}  // namespace joust::terminal
