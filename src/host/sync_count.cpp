#include "host/sync_count.hpp"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/thread.hpp"
#include "host/tracees.hpp"

namespace joust::host {
namespace {

using namespace std::chrono_literals;

constexpr auto k_look_around = 20ms;  // whether it is to end, and for threads that ended without a stop
constexpr Nanoseconds k_let_go = 2s;

void wake(int /*number*/) {}

// Sends a signal to the thread that makes it, now and then, so that no wait of it is without end. A resource.
class Ticks {
public:
    static Result<std::unique_ptr<Ticks>> start() {
        const int number = SIGRTMIN + 7;  // Joust has no other use for any of them
        struct sigaction action{};
        action.sa_handler = wake;  // without SA_RESTART: calls return
        ::sigaction(number, &action, nullptr);
        sigset_t all_but_it;
        ::sigfillset(&all_but_it);
        ::sigdelset(&all_but_it, number);
        ::pthread_sigmask(SIG_SETMASK, &all_but_it, nullptr);
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = number;
        event._sigev_un._tid = ::gettid();
        timer_t timer{};
        if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
            return fail(ErrorKind::io, "cannot make a timer: {}", errno_text());
        constexpr timespec k_every{.tv_sec = 0, .tv_nsec = Nanoseconds(k_look_around).count()};
        const itimerspec times{.it_interval = k_every, .it_value = k_every};
        ::timer_settime(timer, 0, &times, nullptr);
        return std::make_unique<Ticks>(timer);
    }
    explicit Ticks(timer_t timer) : timer_(timer) {}
    Ticks(const Ticks&) = delete;
    Ticks& operator=(const Ticks&) = delete;
    ~Ticks() { ::timer_delete(timer_); }

private:
    timer_t timer_;
};

}  // namespace

// What is traced belongs to a thread: this one does nothing else, and with its end all are let go.
class SyncCount::Tracer {
public:
    Tracer(std::vector<pid_t> processes, std::optional<Path> directory, Nanoseconds delay)
        : processes_(std::move(processes)), directory_(std::move(directory)), delay_(delay) {}
    Tracer(const Tracer&) = delete;
    Tracer& operator=(const Tracer&) = delete;
    ~Tracer() { static_cast<void>(finish()); }

    Status start() {
        JOUST_TRY(thread_, start_thread([this] { run(); }));
        return begun_.get_future().get();
    }
    Result<std::uint64_t> finish() {
        ending_ = true;
        if (thread_.joinable()) thread_.join();
        if (!problem_.empty()) return fail(ErrorKind::unsupported, "{}", problem_);
        return syncs_.size();
    }
    [[nodiscard]] const std::vector<WallTime>& ends() const { return syncs_; }

private:
    void run() {
        auto ticks = Ticks::start();
        Tracees tracees(directory_, delay_);
        const Status begun = ticks ? seize(tracees) : Status(tl::unexpected(ticks.error()));
        if (!begun) {
            tracees.let_go(k_let_go);
            begun_.set_value(begun);
            return;
        }
        begun_.set_value(begun);
        TimePoint next_look = now() + k_look_around;
        while (!ending_) {
            tracees.handle_next(false);
            if (now() < next_look) continue;
            tracees.look_for_ended();
            next_look = now() + k_look_around;
        }
        tracees.let_go(k_let_go);
        syncs_ = tracees.syncs();
        problem_ = tracees.problem();
    }
    Status seize(Tracees& tracees) const {
        for (const pid_t process : processes_)
            JOUST_CHECK(tracees.seize(process));
        return {};
    }

    std::vector<pid_t> processes_;
    std::optional<Path> directory_;
    Nanoseconds delay_;
    std::promise<Status> begun_;
    std::atomic<bool> ending_ = false;
    std::vector<WallTime> syncs_;  ///< of the thread's, to be read when it has ended, as the next
    std::string problem_;
    std::thread thread_;
};

SyncCount::SyncCount(std::unique_ptr<Tracer> tracer) : tracer_(std::move(tracer)) {}
SyncCount::SyncCount(SyncCount&&) noexcept = default;
SyncCount& SyncCount::operator=(SyncCount&&) noexcept = default;
SyncCount::~SyncCount() = default;

Result<SyncCount> SyncCount::begin(const std::vector<pid_t>& processes, std::optional<Path> directory,
                                   Nanoseconds delay) {
    auto tracer = std::make_unique<Tracer>(processes, std::move(directory), delay);
    JOUST_CHECK(tracer->start());
    return SyncCount(std::move(tracer));
}

Result<std::uint64_t> SyncCount::finish() {
    return tracer_->finish();
}

const std::vector<WallTime>& SyncCount::ends() const {
    return tracer_->ends();
}

}  // namespace joust::host
