#include "host/speed_sampler.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <numeric>

#include "base/fd.hpp"
#include "base/random.hpp"
#include "host/as_user.hpp"

namespace joust::host {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t k_most_cpus = 16;
constexpr Nanoseconds k_least_distance = 5ms;  // between samples; at random, so as to beat with nothing
constexpr Nanoseconds k_most_distance = 15ms;
constexpr float k_interrupted = 4;                             // times the median
constexpr std::size_t k_kept_samples = std::size_t{1} << 20U;  // 4 MiB, of which used pages are taken
constexpr Nanoseconds k_answer_patience = 2s;                  // beyond the end of the window

/// What a worker is told, and what it answers at the end of a window. Both sides are the same program.
struct Order {
    std::uint64_t window;
    bool close;  ///< ends the window instead of beginning one
    std::int64_t start_ns;
    std::int64_t end_ns;
};
struct Answer {
    std::uint64_t window;
    bool placed;  ///< it ran on the CPU, ahead of all else
    std::uint64_t samples;
};

// Independent additions, of which a core does several at once: another thread on it takes their places.
void add_up() {
    constexpr int k_rounds = 4000;
    std::uint64_t a = 1;
    std::uint64_t b = 2;
    std::uint64_t c = 3;
    std::uint64_t d = 4;
    for (int i = 0; i < k_rounds; ++i)
        for (const std::uint64_t amount : {1, 3}) {
            a += amount;
            b += amount;
            c += amount;
            d += amount;
            asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
        }
}

// A byte to a pipe and back is work of the kernel that the caches next to the core no longer hold, as a web
// service's is: what others do with the caches and memory shows in it, too (docs/decisions.md).
float sample(const int (&ends)[2]) {
    constexpr int k_round_trips = 3;
    const TimePoint before = now();
    for (int i = 0; i < k_round_trips; ++i) {
        char byte = 0;
        if (::write(ends[1], &byte, 1) != 1 || ::read(ends[0], &byte, 1) != 1) return 0;
    }
    add_up();
    return static_cast<float>((now() - before).count());
}

// With priority over what runs there: for some 12 µs, and only what is timed is in between. Without that
// right there is no place for it: taking turns with a contender, it would measure how busy that is.
bool place_on(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu < 0 || cpu >= CPU_SETSIZE) return false;
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (::sched_setaffinity(0, sizeof set, &set) != 0) return false;
    const sched_param lowest{.sched_priority = 1};
    return ::sched_setscheduler(0, SCHED_FIFO, &lowest) == 0;
}

// False where somebody wrote to, or closed, the other end before.
bool sleep_until(TimePoint then, int socket) {
    for (;;) {
        const Nanoseconds left = then - now();
        if (left <= 0ns) return true;
        const timespec limit{.tv_sec = left / 1s, .tv_nsec = (left % 1s).count()};
        pollfd watched{.fd = socket, .events = POLLIN, .revents = 0};
        if (::ppoll(&watched, 1, &limit, nullptr) > 0) return false;
    }
}

TimePoint at(std::int64_t ns) {
    return TimePoint(Nanoseconds(ns));
}

// Only async-signal-safe calls, and no allocation: other threads may have held any lock at the fork.
std::uint64_t measure(const Order& order, const int (&ends)[2], Random& random, float* samples) {
    std::uint64_t count = 0;
    const TimePoint end = at(order.end_ns);
    if (!sleep_until(at(order.start_ns), k_kept)) return count;
    constexpr auto k_span = static_cast<std::uint64_t>((k_most_distance - k_least_distance).count());
    for (;;) {
        const TimePoint next = now() + k_least_distance +
                               Nanoseconds(static_cast<Nanoseconds::rep>(uniform_below(random, k_span)));
        if (!sleep_until(std::min(next, end), k_kept)) return count;
        const float duration = sample(ends);
        if (now() >= end) return count;
        samples[count++ % k_kept_samples] = duration;
    }
}

[[noreturn]] void serve(int socket, pid_t parent, int cpu, float* samples) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2})
        ::signal(number, SIG_IGN);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::setsid();
    ::prctl(PR_SET_NAME, "joust-speed");
    if (!keep_only(socket) || ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(1);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) ::_exit(1);
    Random random(static_cast<std::uint64_t>(now().time_since_epoch().count() + cpu));
    for (;;) {
        Order order{};
        const ssize_t got = ::recv(k_kept, &order, sizeof order, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got != sizeof order) ::_exit(0);
        if (order.close) continue;  // the window had ended before
        Answer answer{.window = order.window, .placed = place_on(cpu), .samples = 0};
        if (answer.placed) answer.samples = measure(order, ends, random, samples);
        if (::send(k_kept, &answer, sizeof answer, MSG_NOSIGNAL) < 0) ::_exit(1);
    }
}

}  // namespace

std::optional<CpuSpeed> speed_of(std::span<const float> durations) {
    if (durations.size() < k_least_speed_samples) return std::nullopt;
    std::vector<float> sorted(durations.begin(), durations.end());
    std::sort(sorted.begin(), sorted.end());
    const float bound = k_interrupted * sorted[sorted.size() / 2];
    sorted.erase(std::upper_bound(sorted.begin(), sorted.end(), bound), sorted.end());
    const double sum = std::accumulate(sorted.begin(), sorted.end(), 0.0);
    if (sorted.size() < k_least_speed_samples || !(sum > 0)) return std::nullopt;
    const double mean_ms = sum / static_cast<double>(sorted.size()) / 1e6;
    return CpuSpeed{.samples_per_ms = 1 / mean_ms, .samples = sorted.size()};
}

std::vector<int> cpus_for_speed(const std::vector<int>& cpus) {
    if (cpus.size() <= k_most_cpus) return cpus;
    std::vector<int> chosen;
    for (std::size_t i = 0; i < k_most_cpus; ++i)
        chosen.push_back(cpus[i * cpus.size() / k_most_cpus]);
    return chosen;
}

/// The process of one CPU, with the memory in which it leaves its samples.
class SpeedSampler::Worker {
public:
    Worker() = default;
    Worker(Worker&&) = delete;
    Worker& operator=(Worker&&) = delete;
    ~Worker() {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);  // its number is its own until it is waited for
            while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
            }
        }
        if (samples_ != nullptr) ::munmap(samples_, k_bytes);
    }

    Status start(int cpu) {
        void* const memory = ::mmap(nullptr, k_bytes, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) return fail(ErrorKind::io, "cannot share memory: {}", errno_text());
        samples_ = static_cast<float*>(memory);
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
            return fail(ErrorKind::io, "cannot make a pair of sockets: {}", errno_text());
        socket_ = Fd(ends[0]);
        const Fd its(ends[1]);
        const pid_t parent = ::getpid();
        sigset_t all;
        sigset_t before;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of this process runs in the child
        child_ = ::fork();
        if (child_ == 0) serve(its.get(), parent, cpu, samples_);
        const std::string why = errno_text();
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        if (child_ < 0) return fail(ErrorKind::io, "cannot start a child process: {}", why);
        return {};
    }

    void begin(TimePoint start, TimePoint end) {
        close();
        end_ = end;
        send({.window = ++window_,
              .close = false,
              .start_ns = start.time_since_epoch().count(),
              .end_ns = end.time_since_epoch().count()});
    }
    void close() {
        if (!end_) return;
        send({.window = window_, .close = true, .start_ns = 0, .end_ns = 0});
        end_ = std::min(*end_, now());
    }
    std::optional<CpuSpeed> finish() {
        if (!end_) return std::nullopt;
        const TimePoint give_up = std::max(*end_, now()) + k_answer_patience;
        end_.reset();
        for (;;) {
            if (sleep_until(give_up, socket_.get())) return std::nullopt;
            Answer answer{};
            const ssize_t got = ::recv(socket_.get(), &answer, sizeof answer, MSG_DONTWAIT);
            if (got < 0 && errno == EINTR) continue;
            if (got != sizeof answer) return std::nullopt;  // it is gone
            if (answer.window != window_) continue;         // of one that was given up
            if (!answer.placed) return std::nullopt;
            return speed_of({samples_, std::min<std::size_t>(answer.samples, k_kept_samples)});
        }
    }

private:
    static constexpr std::size_t k_bytes = k_kept_samples * sizeof(float);

    // One that is gone does not answer, which finish() sees.
    void send(const Order& order) const {
        [[maybe_unused]] const ssize_t sent = ::send(socket_.get(), &order, sizeof order, MSG_NOSIGNAL);
    }

    pid_t child_ = -1;
    Fd socket_;
    float* samples_ = nullptr;
    std::uint64_t window_ = 0;
    std::optional<TimePoint> end_;  ///< of the window under way
};

Result<SpeedSampler> SpeedSampler::start(const std::vector<int>& cpus) {
    std::vector<std::unique_ptr<Worker>> workers;
    for (const int cpu : cpus_for_speed(cpus)) {
        workers.push_back(std::make_unique<Worker>());
        JOUST_CHECK(workers.back()->start(cpu));
    }
    return SpeedSampler(std::move(workers));
}

SpeedSampler::SpeedSampler(std::vector<std::unique_ptr<Worker>> workers) : workers_(std::move(workers)) {}
SpeedSampler::SpeedSampler(SpeedSampler&&) noexcept = default;
SpeedSampler::~SpeedSampler() = default;

void SpeedSampler::begin(TimePoint start, TimePoint end) {
    for (const auto& worker : workers_)
        worker->begin(start, end);
}

std::optional<CpuSpeed> SpeedSampler::finish() {
    CpuSpeed sum{};
    bool all = !workers_.empty();
    for (const auto& worker : workers_) {
        const std::optional<CpuSpeed> one = worker->finish();
        all = all && one;
        if (one) sum = {sum.samples_per_ms + one->samples_per_ms, sum.samples + one->samples};
    }
    if (!all) return std::nullopt;
    return CpuSpeed{sum.samples_per_ms / static_cast<double>(workers_.size()), sum.samples};
}

std::optional<CpuSpeed> SpeedSampler::finish_now() {
    for (const auto& worker : workers_)
        worker->close();
    return finish();
}

}  // namespace joust::host
