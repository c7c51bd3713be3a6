#include "load/options.hpp"

#include <algorithm>

namespace joust::load {
namespace {

// As long as a duration may be; twice that still fits into Nanoseconds.
constexpr Nanoseconds k_longest = std::chrono::hours(87600);

Status check(const ClosedLoop& loop) {
    if (loop.users < 1 || loop.users > 1'000'000)
        return fail(ErrorKind::bad_input, "{} users: give 1 to 1000000", loop.users);
    if (loop.think_time < Nanoseconds{0} || loop.stagger.value_or(Nanoseconds{0}) < Nanoseconds{0})
        return fail(ErrorKind::bad_input, "think time and stagger must not be negative");
    return {};
}

constexpr double k_highest_rps = 1e7;         // more than 256 threads can send; what is due is counted singly
constexpr double k_lowest_rps = 1.0 / 86400;  // one a day

Status check(const OpenLoop& loop) {
    if (loop.max_connections < 1)
        return fail(ErrorKind::bad_input, "an open schedule needs at least one connection");
    JOUST_CHECK(RateCurve::create(loop.segments));
    Nanoseconds whole{0};
    for (const RateSegment& segment : loop.segments) {
        whole += std::min(segment.length, k_longest);
        if (whole > k_longest)
            return fail(ErrorKind::bad_input, "the schedule takes longer than 87600h, which is ten years");
        for (const double rate : {segment.from_rps, segment.to_rps})
            if (rate > k_highest_rps || (rate > 0 && rate < k_lowest_rps))
                return fail(
                    ErrorKind::bad_input,
                    "a rate of {}/s cannot be kept; give at most {:.0f} per second and at least 1 per "
                    "day ({:.6f}), or 0 within a ramp or steps",
                    rate, k_highest_rps, k_lowest_rps);
    }
    return {};
}

Status check(const StopRule& rule) {
    if (const auto* after = std::get_if<StopAfter>(&rule);
        after != nullptr && (after->length <= Nanoseconds{0} || after->warm_up < Nanoseconds{0}))
        return fail(ErrorKind::bad_input, "the duration must be above 0 and the warm-up not negative");
    if (const auto* count = std::get_if<StopAfterCount>(&rule); count != nullptr && count->requests == 0)
        return fail(ErrorKind::bad_input, "the number of requests must be above 0");
    return {};
}

}  // namespace

std::optional<Nanoseconds> schedule_length(const Options& options) {
    const auto* open = std::get_if<OpenLoop>(&options.schedule);
    const auto* count = std::get_if<StopAfterCount>(&options.stop);
    if (open == nullptr || count == nullptr) return std::nullopt;
    const auto curve = RateCurve::create(open->segments);
    return curve ? curve->due(static_cast<double>(count->requests)) : std::nullopt;
}

std::optional<Io> parse_io(std::string_view text) {
    if (text == "auto") return Io::automatic;
    if (text == "uring") return Io::uring;
    if (text == "epoll") return Io::epoll;
    return std::nullopt;
}

Status check(const Options& options) {
    if (options.operations.empty()) return fail(ErrorKind::bad_input, "there is no request to send");
    for (const Operation& operation : options.operations)
        if (operation.weight < 1)
            return fail(ErrorKind::bad_input, "operation \"{}\" has weight {}; give at least 1",
                        operation.name, operation.weight);
    if (options.threads < 1 || options.threads > 256)
        return fail(ErrorKind::bad_input, "{} threads: give 1 to 256", options.threads);
    if (options.timeout <= Nanoseconds{0}) return fail(ErrorKind::bad_input, "the timeout must be above 0");
    if (options.retries < 0 || options.retries > 100)
        return fail(ErrorKind::bad_input, "{} retries: give 0 to 100", options.retries);
    if (options.requests_per_connection == std::optional<std::uint64_t>(0))
        return fail(ErrorKind::bad_input, "a connection carries at least one request");
    const std::string& name = options.tls.server_name;  // or an address, as certificates may name one
    const bool is_address = is_ipv6(name) && name.find('%') == std::string::npos;
    if (!name.empty() && !is_address) JOUST_CHECK(check_name("the server name", name));
    if (options.target.tls && !options.target.unix_path.empty())
        return fail(ErrorKind::bad_input, "TLS over a Unix socket is not supported");
    JOUST_CHECK(check(options.stop));
    JOUST_CHECK(std::visit([](const auto& schedule) { return check(schedule); }, options.schedule));
    if (schedule_length(options).value_or(Nanoseconds{0}) > k_longest)
        return fail(ErrorKind::bad_input,
                    "{} requests at this rate take more than ten years; give fewer, or a higher rate",
                    std::get<StopAfterCount>(options.stop).requests);
    return {};
}

}  // namespace joust::load
