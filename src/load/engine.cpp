#include "load/engine.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include <csignal>
#include <deque>
#include <future>
#include <random>
#include <semaphore>
#include <thread>

#include "base/thread.hpp"
#include "load/local_ports.hpp"
#include "load/session/connector.hpp"
#include "load/worker.hpp"

namespace joust::load {
namespace {

std::int64_t to_count(TimePoint time) {
    return time.time_since_epoch().count();
}

/// Connections (users in the closed model) of one thread: an equal share, the first threads take the rest.
std::size_t share_of(std::size_t whole, int thread, int threads) {
    const auto count = static_cast<std::size_t>(threads);
    return whole / count + (static_cast<std::size_t>(thread) < whole % count ? 1 : 0);
}

/// Threads without a user or a connection would do nothing.
int threads_for(const Options& options) {
    return static_cast<int>(
        std::min(static_cast<std::size_t>(options.threads), most_connections(options.schedule)));
}

Share share_for(const Options& options, int thread, int threads) {
    Share share{.thread = thread, .threads = threads, .connections = 0, .requests = {}};
    share.connections = share_of(most_connections(options.schedule), thread, threads);
    if (const auto* count = std::get_if<StopAfterCount>(&options.stop))
        share.requests = share_of(count->requests, thread, threads);
    return share;
}

/// Answers to HEAD, and those of status 204 and 304, have no body (RFC 9110, 6.4.1).
Status check_body_may_come(const Operation& operation) {
    const Expect& expect = operation.expect;
    if (!expect.json && !expect.body_contains) return {};
    const char* what = expect.json ? "JSON" : "a text";
    if (operation.request.method == "HEAD")
        return fail(ErrorKind::bad_input,
                    "{} is expected in the body, but the answer to a HEAD request has none; send GET", what);
    if (expect.status == 204 || expect.status == 304)
        return fail(
            ErrorKind::bad_input,
            "{} is expected in the body, but an answer with status {} has none; leave out one of them", what,
            *expect.status);
    return {};
}

Result<LoadPlan> make_plan(Options options) {
    LoadPlan plan;
    JOUST_CHECK(check(options));
    JOUST_TRY(plan.addresses, resolve(options.target));
    for (const Operation& operation : options.operations) {
        JOUST_CHECK(check_body_may_come(operation));
        JOUST_TRY(PreparedRequest request,
                  PreparedRequest::prepare(options.target, operation.request, options.feed));
        JOUST_TRY(AnswerCheck check, AnswerCheck::compile(operation.expect, request.sends_id()));
        plan.requests.push_back(std::move(request));
        plan.checks.push_back(std::move(check));
    }
    if (const auto* open = std::get_if<OpenLoop>(&options.schedule)) {
        JOUST_TRY(plan.curve, RateCurve::create(open->segments));
        plan.schedule_length = schedule_length(options);
    }
    if (options.target.tls) {
        JOUST_TRY(plan.tls, TlsContext::create(options.tls, options.target));
    }
    plan.run = std::random_device{}();
    plan.order = SecretOrder::drawn();
    plan.options = std::move(options);
    return plan;
}

/// Each address of the target has a range of local ports to itself.
Status check_ports(const LoadPlan& plan) {
    const std::size_t wanted = most_connections(plan.options.schedule);
    const std::optional<std::size_t> ports = local_ports();
    if (!ports || plan.addresses.front().is_unix()) return {};
    const std::size_t addresses = plan.options.spread ? plan.addresses.size() : 1;
    if (wanted <= *ports * addresses) return {};
    return fail(ErrorKind::unsupported,
                "{} connections to {} need a local port each, but net.ipv4.ip_local_port_range has {}{}; "
                "{}",
                wanted, plan.options.target.host, *ports,
                addresses > 1 ? fmt::format(" for each of {} addresses", addresses) : "",
                text_of(model::Shortage::local_ports).remedy);
}

/// Pins the calling thread and makes its timers exact; what is not permitted is left out, the lag will show
/// it.
void prepare_thread(const Options& options, int thread) {
    const std::string name = "joust-load-" + std::to_string(thread);
    ::pthread_setname_np(::pthread_self(), name.c_str());
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    if (options.cpus.empty()) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(options.cpus[static_cast<std::size_t>(thread) % options.cpus.size()]),
            &set);
    ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set);
}

}  // namespace

/// Everything the threads refer to; stays at one address while they run.
struct Engine::State {
    struct Thread {
        LiveCounters live;
        std::unique_ptr<Worker> worker;  ///< outlives the transport, which may be sending its bytes
        std::unique_ptr<Transport> transport;
        std::promise<Status> ready;
        bool is_ready = false;              ///< `ready` was told
        Tally result;                       ///< of the lap, from `done` on
        Status outcome;                     ///< from `done` on
        Error exhausted = out_of_memory();  ///< made while there is memory for it
        bool given_up = false;              ///< known to the caller's thread: no `done` will come any more
        std::binary_semaphore done{0};
        std::thread thread;
    };

    LoadPlan plan;
    Control control;
    bool uring = false;
    std::string fallback;
    std::deque<Thread> threads;
    std::promise<TimePoint> go;
    bool told = false;  ///< whether `go` was given its value
    TimePoint started;

    ~State() { stop_and_join(); }

    Status choose_backend();
    Status launch();
    void run_thread(Thread& thread, int index, const std::shared_future<TimePoint>& start);
    void drive(Thread& thread, int index, const std::shared_future<TimePoint>& start);
    void give_up(Thread& thread, Error error);
    void set_lap(TimePoint start);
    Result<model::Samples> collect();
    void tell(TimePoint start);
    void wake_all();
    void join();
    void stop_and_join();
};

Status Engine::State::choose_backend() {
    if (plan.options.io == Io::epoll) return {};
    Status probed = probe_uring();
    uring = probed.has_value();
    if (uring) return {};
    if (plan.options.io == Io::uring) return probed;
    fallback = probed.error().message;
    return {};
}

/// A thread's main(): what is thrown here, most likely for want of memory, would otherwise end the program.
void Engine::State::run_thread(Thread& thread, int index, const std::shared_future<TimePoint>& start) {
    try {
        drive(thread, index, start);
    } catch (const std::bad_alloc&) {
        give_up(thread, std::move(thread.exhausted));
    } catch (const std::exception& thrown) {
        give_up(thread, Error{ErrorKind::io, thrown.what()});
    }
}

void Engine::State::drive(Thread& thread, int index, const std::shared_future<TimePoint>& start) {
    prepare_thread(plan.options, index);
    const Share share = share_for(plan.options, index, static_cast<int>(threads.size()));
    const std::size_t places = share.connections + racing_places(plan.addresses.size());
    auto transport = uring ? make_uring_transport(places) : make_epoll_transport(places);
    if (transport) {
        thread.transport = std::move(*transport);
        thread.worker = std::make_unique<Worker>(plan, control, share, *thread.transport, thread.live);
    }
    thread.is_ready = true;
    thread.ready.set_value(transport ? Status{} : tl::unexpected(transport.error()));
    if (!transport) return;
    std::optional<TimePoint> begin = start.get();
    for (std::uint64_t laps = 1; begin && *begin != TimePoint::max(); ++laps) {
        thread.result = thread.worker->run(*begin);
        thread.done.release();
        begin = thread.worker->rest(laps);
    }
    thread.worker.reset();
}

/// One thread less is another load: the others end too.
void Engine::State::give_up(Thread& thread, Error error) {
    if (!thread.is_ready) {
        thread.ready.set_value(tl::unexpected(std::move(error)));
        return;
    }
    thread.outcome = tl::unexpected(std::move(error));
    thread.live.finished.store(true, std::memory_order_release);
    control.stop.store(true);
    wake_all();
    thread.done.release();
}

void Engine::State::set_lap(TimePoint start) {
    started = start;
    control.lap_start_ns = to_count(start);
    if (const auto* after = std::get_if<StopAfter>(&plan.options.stop)) {
        control.window_end_ns = to_count(start + after->warm_up + after->length);
        control.window_start_ns = to_count(start + after->warm_up);
    } else if (std::holds_alternative<StopAfterCount>(plan.options.stop)) {
        control.window_start_ns = to_count(start);
    } else {
        control.window_start_ns = to_count(TimePoint::max());
        control.window_end_ns = to_count(TimePoint::max());
    }
}

Result<model::Samples> Engine::State::collect() {
    std::optional<Tally> tally;
    Status outcome;
    for (Thread& thread : threads) {
        if (!thread.given_up) thread.done.acquire();
        thread.given_up = !thread.outcome;
        if (outcome) outcome = thread.outcome;
        if (tally) {
            tally->merge(std::move(thread.result));
        } else {
            tally = std::move(thread.result);
        }
    }
    JOUST_CHECK(outcome);
    JOUST_TRY(model::Samples samples, samples_of(*tally));
    if (samples.conduct.shortages[model::Shortage::local_ports] > 0)
        samples.conduct.local_ports = local_ports();
    samples.backend = uring ? "io_uring" : "epoll";
    return samples;
}

/// Starts all threads, waits until each has its transport, lets them go together. Signals stay with the
/// caller's threads.
Status Engine::State::launch() {
    const int count = threads_for(plan.options);
    for (int i = 0; i < count; ++i)
        threads.emplace_back();
    const std::shared_future<TimePoint> start = go.get_future().share();
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    Status status;
    for (int i = 0; i < count && status; ++i) {
        Thread& thread = threads[static_cast<std::size_t>(i)];
        auto made = start_thread([this, &thread, i, start] { run_thread(thread, i, start); });
        if (made)
            thread.thread = std::move(*made);
        else
            status =
                fail(made.error().kind, "load thread {} of {}: {}; write a smaller -t, or raise the limit",
                     i + 1, count, made.error().message);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    for (Thread& thread : threads) {
        if (!thread.thread.joinable()) continue;
        const Status ready = thread.ready.get_future().get();
        if (status) status = ready;
    }
    set_lap(now());
    tell(status ? started : TimePoint::max());
    if (!status) join();
    return status;
}

/// Lets the threads go; TimePoint::max() ends them.
void Engine::State::tell(TimePoint start) {
    if (!std::exchange(told, true)) go.set_value(start);
}

void Engine::State::wake_all() {
    for (Thread& thread : threads)
        if (thread.transport) thread.transport->wake();
}

void Engine::State::join() {
    for (Thread& thread : threads)
        if (thread.thread.joinable()) thread.thread.join();
}

void Engine::State::stop_and_join() {
    control.stop.store(true);
    control.laps.store(Control::k_no_more_laps);
    wake_all();
    tell(TimePoint::max());  // where something was thrown before they were let go
    join();
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::start(Options options) {
    JOUST_TRY(LoadPlan plan, make_plan(std::move(options)));
    JOUST_CHECK(check_ports(plan));
    JOUST_CHECK(allow_open_files(most_connections(plan.options.schedule) +
                                 racing_places(plan.addresses.size()) *
                                     static_cast<std::size_t>(threads_for(plan.options))));
    auto state = std::make_unique<State>();
    state->plan = std::move(plan);
    JOUST_CHECK(state->choose_backend());
    JOUST_CHECK(state->launch());
    return Engine(std::move(state));
}

Progress Engine::progress() const {
    Progress sum{.at = now()};
    sum.finished = true;
    for (const State::Thread& thread : state_->threads) {
        const LiveCounters& live = thread.live;
        sum.finished = sum.finished && live.finished.load(std::memory_order_acquire);
        sum.started += live.started.get();
        sum.succeeded += live.succeeded.get();
        for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
            sum.errors.count[kind] += live.errors[kind].get();
        sum.response_time_sum += Nanoseconds(static_cast<std::int64_t>(live.response_time_sum_ns.get()));
        sum.bytes_received += live.bytes_received.get();
        sum.users_completed += live.users_completed.get();
        sum.in_flight += live.in_flight.get();
        sum.connections += live.connections.get();
        for (std::size_t i = 0; i < LiveHistogram::k_size; ++i)
            sum.response_time.add(i, live.response_time[i].get());
    }
    return sum;
}

TimePoint Engine::started_at() const {
    return state_->started;
}
std::string Engine::backend() const {
    return state_->uring ? "io_uring" : "epoll";
}
std::string Engine::fallback_reason() const {
    return state_->fallback;
}

void Engine::set_window(TimePoint start, TimePoint end) {
    state_->control.window_end_ns.store(to_count(end), std::memory_order_relaxed);
    state_->control.window_start_ns.store(to_count(start), std::memory_order_release);
    state_->wake_all();
}

void Engine::stop_now() {
    state_->control.stop.store(true);
    state_->wake_all();
}

Result<model::Samples> Engine::finish() {
    Result<model::Samples> samples = state_->collect();
    state_->stop_and_join();
    return samples;
}

Result<model::Samples> Engine::finish_lap() {
    return state_->collect();
}

void Engine::start_lap() {
    for (State::Thread& thread : state_->threads)
        thread.live.finished.store(false);
    state_->set_lap(now());
    state_->control.laps.fetch_add(1, std::memory_order_release);
    state_->wake_all();
}

}  // namespace joust::load
