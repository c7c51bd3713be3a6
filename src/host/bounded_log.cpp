#include "host/bounded_log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/quantity.hpp"

namespace joust::host {
namespace {

constexpr int k_pipe_size = 1024 * 1024;  ///< the most that other users than root may have
constexpr int k_pause_ms = 20;
constexpr unsigned k_share_in_long_files = 16;

// A full disk is told by others, and must not stop the service.
void append(const Fd& file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

Result<std::unique_ptr<BoundedLog>> BoundedLog::open(const Path& path, const std::optional<User>& writer,
                                                     const LogBounds& bounds) {
    // Nobody may read a FIFO of this name: opening it must not wait for that.
    constexpr int k_flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    Fd file(::open(path.c_str(), k_flags, 0644));
    struct stat status{};
    if (file && ::fstat(file.get(), &status) == 0 && !S_ISREG(status.st_mode))
        return fail(ErrorKind::io, "cannot write to {}: it is no regular file", path.string());
    if (!file) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorKind::io, "cannot make a pipe: {}", errno_text());
    Fd output(ends[0]);
    Fd input(ends[1]);
    ::fcntl(output.get(), F_SETPIPE_SZ, k_pipe_size);  // less room does no harm
    if (::fcntl(output.get(), F_SETFL, O_NONBLOCK) != 0 ||
        (writer && ::geteuid() == 0 && ::fchown(input.get(), writer->uid, writer->gid) != 0))
        return fail(ErrorKind::io, "cannot make a pipe for {}: {}", path.string(), errno_text());
    Fd stop(::eventfd(0, EFD_CLOEXEC));
    if (!stop) return fail(ErrorKind::io, "cannot make an eventfd: {}", errno_text());
    std::unique_ptr<BoundedLog> log(
        new BoundedLog(std::move(file), std::move(input), std::move(output), std::move(stop), bounds));
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the main thread's
    try {
        log->thread_ = std::thread([raw = log.get()] { raw->run(); });
    } catch (const std::system_error& error) {
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return fail(ErrorKind::io, "cannot start the thread that reads {}: {}", path.string(), error.what());
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return log;
}

BoundedLog::BoundedLog(Fd file, Fd input, Fd output, Fd stop, const LogBounds& bounds)
    : bounds_(bounds),
      file_(std::move(file)),
      input_(std::move(input)),
      output_(std::move(output)),
      stop_(std::move(stop)) {
    end_section_locked();
}

BoundedLog::~BoundedLog() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t told = ::write(stop_.get(), &one, sizeof one);
    if (thread_.joinable()) thread_.join();
    end_section();
}

void BoundedLog::run() {
    pollfd watched[2] = {{.fd = stop_.get(), .events = POLLIN, .revents = 0},
                         {.fd = output_.get(), .events = POLLIN, .revents = 0}};
    for (;;) {
        if (::poll(watched, 2, -1) < 0 && errno != EINTR) return;
        if (watched[0].revents != 0) return;
        std::size_t taken = 0;
        {
            const std::lock_guard guard(mutex_);
            if (!drain_locked(taken)) return;
        }
        // A writer that fills the pipe is not kept waiting.
        const bool in_a_hurry = taken > static_cast<std::size_t>(k_pipe_size) / 4;
        if (::poll(watched, 1, in_a_hurry ? 0 : k_pause_ms) > 0) return;
    }
}

// False at the end: nobody has the other side any more.
bool BoundedLog::drain_locked(std::size_t& taken) {
    char buffer[65536];
    // Not without bound: the writer may be as fast as the reader.
    while (taken < 4 * static_cast<std::size_t>(k_pipe_size)) {
        const ssize_t got = ::read(output_.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return true;
        if (got == 0) return false;
        take({buffer, static_cast<std::size_t>(got)});
        taken += static_cast<std::size_t>(got);
        taken_ += static_cast<std::uint64_t>(got);
    }
    return true;
}

void BoundedLog::take(std::string_view text) {
    const std::string_view first = text.substr(0, first_left_);
    append(file_, first);
    first_left_ -= first.size();
    text.remove_prefix(first.size());
    if (text.empty()) return;
    beyond_ += text.size();
    last_ += text;
    if (last_.size() > 2 * last_size_) last_.erase(0, last_.size() - last_size_);
}

void BoundedLog::drain() {
    const std::lock_guard guard(mutex_);
    std::size_t taken = 0;
    drain_locked(taken);
}

void BoundedLog::end_section() {
    const std::lock_guard guard(mutex_);
    std::size_t taken = 0;
    drain_locked(taken);
    end_section_locked();
}

void BoundedLog::end_section_locked() {
    if (last_.size() > last_size_) last_.erase(0, last_.size() - last_size_);
    if (const std::uint64_t out = beyond_ - last_.size(); out > 0) {
        append(file_, fmt::format("\n[joust left {} out here]\n", to_text(Bytes{out})));
        left_out_ += out;
    }
    append(file_, last_);
    last_.clear();
    beyond_ = 0;
    struct stat about{};
    const bool is_long =
        ::fstat(file_.get(), &about) == 0 && static_cast<std::uint64_t>(about.st_size) > bounds_.long_file;
    first_left_ = bounds_.first / (is_long ? k_share_in_long_files : 1);
    last_size_ = bounds_.last / (is_long ? k_share_in_long_files : 1);
}

std::uint64_t BoundedLog::taken() {
    const std::lock_guard guard(mutex_);
    std::size_t now_taken = 0;
    drain_locked(now_taken);
    return taken_;
}

std::uint64_t BoundedLog::left_out() {
    const std::lock_guard guard(mutex_);
    return left_out_;
}

}  // namespace joust::host
