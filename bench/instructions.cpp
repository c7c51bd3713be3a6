#include <cstdio>
#include <cstdlib>

#include "load/worker.hpp"
#include "memory_transport.hpp"

/// One load thread's work for N requests without a kernel, to be counted by callgrind: bench/instructions.py.
/// Usage: joust_instructions N [MODE]; what the modes are stands below and in bench/instructions.py.
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

constexpr const char* k_id = "0badcafe-00-00000000002a";

// As a contender of io-intensive answers: no body is like one of the hundred before, for it has its own time.
std::string io_intensive_answer(int time) {
    const std::string body =
        R"({"request_id":")" + std::string(k_id) +
        R"(","file_operations":5,"db_operations":3,"created":10,"updated":5,"deleted":5,)" +
        R"("execution_time":0.01234)" + std::to_string(time) + "}";
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string k_io_intensive_json =
    R"({"request_id":")" + std::string(k_id) +
    R"(","file_operations":5,"db_operations":3,"created":10,"updated":5,"deleted":5})";

/// What the server says in a mode, and what is expected of it.
struct Script {
    std::vector<std::string> answers;
    load::Expect expect;
};

/// "closed", "open": what the comparison with other generators has on: status and body of every answer are
/// checked. "changing": the same, and no head is like the one before. "json": JSON is expected; "unchecked":
/// only the status of the same answers is.
Script script_of(std::string_view mode) {
    Script script{{answer(17)}, {.status = 200, .body_contains = "hello"}};
    if (mode == "changing") script.answers.push_back(answer(18));
    if (mode != "json" && mode != "unchecked") return script;
    script = {{}, {.status = 200}};
    for (int time = 100'000; time < 100'101; ++time)
        script.answers.push_back(io_intensive_answer(time));
    if (mode == "json") script.expect.json = k_io_intensive_json;
    return script;
}

Result<load::LoadPlan> make_plan(std::uint64_t requests, const load::Expect& expect, bool open) {
    load::LoadPlan plan;
    plan.options.stop = load::StopAfterCount{requests};
    load::ClosedLoop users{.users = k_connections};
    users.stagger = Nanoseconds{0};
    plan.options.schedule = users;
    plan.options.operations[0].expect = expect;
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
    Script script = script_of(mode);
    const auto plan = make_plan(requests, script.expect, mode == "open");
    if (!plan) return std::fprintf(stderr, "%s\n", plan.error().message.c_str()), 1;
    load::Control control;
    load::LiveCounters live;
    MemoryTransport transport(std::move(script.answers), k_batch);
    load::Worker worker(*plan, control, {.connections = k_connections, .requests = requests}, transport,
                        live);
    const TimePoint start = now();
    control.window_start_ns = start.time_since_epoch().count();
    const load::Tally tally = worker.run(start);
    std::printf("%llu\n", static_cast<unsigned long long>(tally.requests.succeeded));
    return tally.requests.succeeded == requests ? 0 : 1;
}

}  // namespace
}  // namespace joust::bench

int main(int count, char** words) {
    if (count < 2)
        return std::fputs("usage: joust_instructions N [closed|open|changing|json|unchecked]\n", stderr), 2;
    return joust::bench::run(std::strtoull(words[1], nullptr, 10), count > 2 ? words[2] : "closed");
}
