#include "host/open_delay.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>
#include <utility>

#include "base/fd.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"

namespace joust::host {
namespace {

constexpr int k_look_around_ms = 20;  // whether it is to end

}  // namespace

class OpenDelay::Doorkeeper {
public:
    Doorkeeper(Fd group, Nanoseconds delay) : group_(std::move(group)), delay_(delay) {}
    Doorkeeper(const Doorkeeper&) = delete;
    Doorkeeper& operator=(const Doorkeeper&) = delete;
    // Whoever still waits is let in by the kernel as the group ends.
    ~Doorkeeper() {
        ending_ = true;
        if (thread_.joinable()) thread_.join();
    }
    Status start() {
        JOUST_TRY(thread_, start_thread([this] { run(); }));
        return {};
    }

private:
    void run() {
        while (!ending_) {
            pollfd ready{.fd = group_.get(), .events = POLLIN, .revents = 0};
            if (::poll(&ready, 1, k_look_around_ms) > 0) let_in();
        }
    }

    void let_in() {
        alignas(fanotify_event_metadata) std::array<char, 4096> events;
        const ssize_t length = ::read(group_.get(), events.data(), events.size());
        for (ssize_t at = 0; at < length;) {
            fanotify_event_metadata event{};
            std::memcpy(&event, events.data() + at, sizeof event);
            at += event.event_len;
            const Fd file(event.fd);
            if (!file) continue;
            if (event.pid != ::getpid()) std::this_thread::sleep_for(delay_);
            const fanotify_response allowed{.fd = file.get(), .response = FAN_ALLOW};
            static_cast<void>(!::write(group_.get(), &allowed, sizeof allowed));
        }
    }

    Fd group_;
    Nanoseconds delay_;
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

OpenDelay::OpenDelay(std::unique_ptr<Doorkeeper> doorkeeper) : doorkeeper_(std::move(doorkeeper)) {}
OpenDelay::OpenDelay(OpenDelay&&) noexcept = default;
OpenDelay::~OpenDelay() = default;

Result<OpenDelay> OpenDelay::begin(const Path& folder, Nanoseconds delay) {
    Fd group(::fanotify_init(FAN_CLASS_CONTENT | FAN_NONBLOCK | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC));
    if (!group || ::fanotify_mark(group.get(), FAN_MARK_ADD | FAN_MARK_ONLYDIR | FAN_MARK_DONT_FOLLOW,
                                  FAN_OPEN_PERM | FAN_EVENT_ON_CHILD, AT_FDCWD, folder.c_str()) != 0)
        return fail(ErrorKind::unsupported, "opening its files cannot be held up: {}", errno_text());
    auto doorkeeper = std::make_unique<Doorkeeper>(std::move(group), delay);
    JOUST_CHECK(doorkeeper->start());
    return OpenDelay(std::move(doorkeeper));
}

}  // namespace joust::host
