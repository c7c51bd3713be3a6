#include <cstdio>
#include <cstdlib>

#include "load/worker.hpp"
#include "memory_transport.hpp"

/// One load thread's work for N requests without a kernel, to be counted by callgrind: bench/instructions.py.
/// Usage: joust_instructions N [open|changing]; "changing": closed, and no head is like the one before.
namespace joust::bench {
namespace {

constexpr std::size_t k_connections = 64;
constexpr std::size_t k_batch = 8;

// As nginx answers, 160 bytes, in this second of a minute.
std::string answer(int second) {
    return "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 15:14:" +
           std::to_string(second) +
           " GMT\r\nContent-Type: text/plain\r\nContent-Length: 13\r\nConnection: "
           "keep-alive\r\n\r\nhello, world\n";
}

/// What the comparison with other generators has on: status and body of every answer are checked.
Result<load::LoadPlan> make_plan(std::uint64_t requests, bool open) {
    load::LoadPlan plan;
    plan.options.stop = load::StopAfterCount{requests};
    load::ClosedLoop users{.users = k_connections};
    users.stagger = Nanoseconds{0};
    plan.options.schedule = users;
    plan.options.operations[0].expect = {.status = 200, .body_contains = "hello"};
    if (open) {  // always behind its schedule, so that no request waits for its time
        plan.options.schedule = load::OpenLoop::constant_rate(1e9);
        JOUST_TRY(plan.curve, load::RateCurve::create(load::OpenLoop::constant_rate(1e9).segments));
    }
    const load::Operation& operation = plan.options.operations[0];
    plan.addresses.emplace_back();
    JOUST_TRY(load::PreparedRequest request,
              load::PreparedRequest::prepare(plan.options.target, operation.request, plan.options.feed));
    JOUST_TRY(load::AnswerCheck check, load::AnswerCheck::compile(operation.expect, request.sends_id()));
    plan.requests.push_back(std::move(request));
    plan.checks.push_back(std::move(check));
    return plan;
}

int run(std::uint64_t requests, std::string_view mode) {
    const auto plan = make_plan(requests, mode == "open");
    if (!plan) return std::fprintf(stderr, "%s\n", plan.error().message.c_str()), 1;
    load::Control control;
    load::LiveCounters live;
    // The same head again needs a comparison, another one the parser.
    std::vector<std::string> answers{answer(17)};
    if (mode == "changing") answers.push_back(answer(18));
    MemoryTransport transport(std::move(answers), k_batch);
    load::Worker worker(*plan, control, {.connections = k_connections, .requests = requests}, transport,
                        live);
    const TimePoint start = now();
    control.window_start_ns = start.time_since_epoch().count();
    const load::ThreadResult result = worker.run(start);
    std::printf("%llu\n", static_cast<unsigned long long>(result.samples.requests.succeeded));
    return result.samples.requests.succeeded == requests ? 0 : 1;
}

}  // namespace
}  // namespace joust::bench

int main(int count, char** words) {
    if (count < 2) return std::fputs("usage: joust_instructions N [open|changing]\n", stderr), 2;
    return joust::bench::run(std::strtoull(words[1], nullptr, 10), count > 2 ? words[2] : "closed");
}
