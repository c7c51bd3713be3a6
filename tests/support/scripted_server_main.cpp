// The scripted server on its own, to put other load generators before the same truths.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "support/scenario.hpp"
#include "support/scripted_server.hpp"

namespace joust::test {
namespace {

constexpr const char* k_usage =
    "usage: scripted_server SCENARIO SCALE [start]\n"
    "Plays a scenario of the published table in SCALE of its 60 s, prints its URL, and ends at SIGTERM. Its "
    "time\n"
    "zero is the first request, or with `start` the first one for /start, before which every answer is "
    "healthy.\n"
    "At the end it prints a line of JSON: what arrived, and how late it was itself.\n"
    "Scenarios:";

/// How late the server itself was to give answers to the kernel, against what the scenario says.
std::string summary(const std::vector<LogEntry>& log, const std::vector<Nanoseconds>& delays) {
    std::vector<Nanoseconds> late;
    for (std::size_t i = 0; i < log.size(); ++i)
        if (log[i].released) late.push_back(*log[i].released - log[i].request.arrived - delays[i]);
    if (late.empty()) return R"({"requests": 0})";
    std::sort(late.begin(), late.end());
    const double span_s = seconds(log.back().request.arrived - log.front().request.arrived);
    return fmt::format(
        R"({{"requests": {}, "arrivals_per_s": {:.1f}, "late_p50_us": {:.0f}, "late_p99_us": {:.0f}, "late_max_us": {:.0f}}})",
        log.size(), static_cast<double>(log.size()) / std::max(span_s, 1e-9),
        seconds(quantile_of(late, 0.5)) * 1e6, seconds(quantile_of(late, 0.99)) * 1e6,
        seconds(late.back()) * 1e6);
}

/// A client of HTTP/1.0 (ab) takes the end of the connection for the end of the answer, unless it is told
/// that the connection stays.
Reply answer(const SeenRequest& request, Nanoseconds delay) {
    Reply reply = Reply::ok("ok", delay);
    if (request.head.find(" HTTP/1.0\r\n") == std::string::npos) return reply;
    if (request.head.find("Keep-Alive") == std::string::npos) {
        reply.then = Reply::Then::close;
    } else {
        reply.pieces.front().bytes =
            "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok";
    }
    return reply;
}

int serve(const Scenario& scenario, bool waits_for_start) {
    Service service(scenario);
    std::optional<TimePoint> zero;
    std::vector<Nanoseconds> delays;
    ScriptedServer server([&](const SeenRequest& request) {
        if (!zero && (!waits_for_start || request.path == "/start")) zero = request.arrived;
        const bool control = request.path == "/start";
        delays.push_back(control ? Nanoseconds{0}
                         : zero  ? service.delay(request.arrived - *zero, request.connection)
                                 : scenario.service);
        return answer(request, delays.back());
    });
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGTERM);
    ::sigaddset(&ends, SIGINT);
    fmt::print("{}\n", server.url());
    std::fflush(stdout);
    int which = 0;
    ::sigwait(&ends, &which);
    server.settle();
    fmt::print("{}\n", summary(server.log(), delays));
    return 0;
}

}  // namespace
}  // namespace joust::test

int main(int count, char** arguments) {
    using namespace joust::test;
    sigset_t ends;  // blocked before the server's thread is made, which inherits that
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGTERM);
    ::sigaddset(&ends, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    const std::vector<Scenario> scenarios = published_scenarios();
    if (count == 3 || (count == 4 && std::strcmp(arguments[3], "start") == 0))
        for (const Scenario& scenario : scenarios)
            if (scenario.name == arguments[1])
                return serve(scenario.scaled(std::strtod(arguments[2], nullptr)), count == 4);
    fmt::print(stderr, "{}", k_usage);
    for (const Scenario& scenario : scenarios)
        fmt::print(stderr, " {}", scenario.name);
    fmt::print(stderr, "\n");
    return 2;
}
