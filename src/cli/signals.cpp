#include "cli/signals.hpp"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include "cli/exit_code.hpp"

namespace joust::cli {
namespace {

// A signal handler has no other way to tell the program; it is written there and read in interruption() only.
std::atomic<int> asked_to_stop{0};
// Which of stdin, stdout and stderr were a terminal when the handler was set.
std::array<bool, 3> on_terminal{};

// When it was, by the monotonic clock; written before the signal is.
std::atomic<std::int64_t> asked_at_ns{0};
constexpr std::int64_t k_same_wish_ns = 1'000'000'000;

std::int64_t monotonic_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// True for the first signal.
bool ask_to_stop(int signal) {
    std::int64_t never = 0;
    asked_at_ns.compare_exchange_strong(never, monotonic_ns());
    int none = 0;
    return asked_to_stop.compare_exchange_strong(none, signal);
}

std::atomic<bool> nothing_begun{false};
std::atomic<bool> only_printing{false};

// As exit_code.hpp has it.
[[noreturn]] void end_now(int signal) {
    constexpr std::string_view k_text = "interrupted before anything was begun\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, k_text.data(), k_text.size());
    ::_exit(static_cast<int>(signal == SIGINT ? ExitCode::interrupted : ExitCode::terminated));
}

// timeout(1) and others signal the program and then its group, it included: that is one wish, not two.
void remember(int signal) {
    if (nothing_begun.load()) end_now(signal);
    const bool first = ask_to_stop(signal);
    if (first && only_printing.load()) ::_exit(128 + signal);
    if (!first && monotonic_ns() - asked_at_ns.load() > k_same_wish_ns) ::_exit(128 + signal);
}

// The terminal has gone: what would be printed on it has to go somewhere for the run to end in order. Shell
// and kernel both send the signal, so a second one means nothing.
void hang_up(int signal) {
    const int error = errno;
    if (const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC); nowhere >= 0) {
        for (int fd = 0; fd < static_cast<int>(on_terminal.size()); ++fd)
            if (on_terminal[static_cast<std::size_t>(fd)]) ::dup2(nowhere, fd);
        ::close(nowhere);
    }
    if (nothing_begun.load()) end_now(signal);
    ask_to_stop(signal);
    errno = error;
}

void handle(int signal, void (*handler)(int)) {
    struct sigaction action{};
    action.sa_handler = handler;
    ::sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
}

bool ignored(int signal) {
    struct sigaction action{};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

void catch_interruptions() {
    for (std::size_t fd = 0; fd < on_terminal.size(); ++fd)
        on_terminal[fd] = ::isatty(static_cast<int>(fd)) == 1;
    handle(SIGINT, remember);
    handle(SIGTERM, remember);
    if (!ignored(SIGHUP)) handle(SIGHUP, hang_up);  // nohup ignores it
    ::signal(SIGPIPE, SIG_IGN);
}

int interruption() {
    return asked_to_stop.load();
}

EndsAtOnce::EndsAtOnce() {
    nothing_begun = true;
    if (const int signal = interruption(); signal != 0) end_now(signal);
}

EndsAtOnce::~EndsAtOnce() {
    nothing_begun = false;
}

EndsWhilePrinting::EndsWhilePrinting() {
    only_printing = true;
}

EndsWhilePrinting::~EndsWhilePrinting() {
    only_printing = false;
}

}  // namespace joust::cli
