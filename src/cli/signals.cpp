#include "cli/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace joust::cli {
namespace {

// A signal handler has no other way to tell the program; it is written there and read in interruption() only.
std::atomic<int> asked_to_stop{0};

void remember(int signal) {
    int none = 0;
    if (!asked_to_stop.compare_exchange_strong(none, signal)) ::_exit(128 + signal);
}

}  // namespace

void catch_interruptions() {
    struct sigaction action{};
    action.sa_handler = remember;
    ::sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

int interruption() {
    return asked_to_stop.load();
}

}  // namespace joust::cli
