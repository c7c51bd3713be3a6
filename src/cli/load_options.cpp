#include "cli/load_options.hpp"

#include <charconv>

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "load/feed_file.hpp"

namespace joust::cli {
namespace {

Result<Nanoseconds> duration(std::string_view flag, const std::string& text) {
    auto value = parse_duration(text);
    if (!value) return fail(ErrorKind::bad_input, "{}: {}", flag, value.error().message);
    return *value;
}

Result<load::OpenLoop> ramp(const std::string& text) {
    const auto parts = split(text, ':');
    double from = 0;
    double to = 0;
    const auto number = [](std::string_view part, double& value) {
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        return error == std::errc{} && end == part.data() + part.size() && value >= 0;
    };
    if (parts.size() == 3 && number(parts[0], from) && number(parts[1], to))
        if (const auto length = parse_duration(parts[2]); length && length->count() > 0)
            return load::OpenLoop::ramp(from, to, *length);
    return fail(
        ErrorKind::bad_input,
        "--ramp \"{}\" is not understood; write FROM:TO:TIME in requests per second, for example 0:1000:30s",
        text);
}

Result<load::Schedule> schedule(const LoadCommand& command) {
    if (!command.rate && command.ramp.empty()) return load::ClosedLoop{.users = command.connections};
    if (command.rate && !command.ramp.empty())
        return fail(ErrorKind::bad_input, "--rate and --ramp contradict each other; write one of them");
    load::OpenLoop open;
    if (command.rate) {
        open = load::OpenLoop::constant_rate(*command.rate);
    } else {
        JOUST_TRY(open, ramp(command.ramp));
    }
    open.arrivals = command.arrivals == "poisson" ? load::Arrivals::poisson : load::Arrivals::constant;
    open.max_connections = std::max(open.max_connections, command.connections);
    return open;
}

Result<std::vector<http::Header>> headers(const LoadCommand& command) {
    std::vector<http::Header> result;
    for (const std::string& text : command.headers) {
        const std::size_t colon = text.find(':');
        if (colon == std::string::npos || colon == 0)
            return fail(ErrorKind::bad_input, "--header \"{}\" has no name; write 'Name: value'", text);
        result.push_back(
            {text.substr(0, colon), std::string(trimmed(std::string_view(text).substr(colon + 1)))});
    }
    return result;
}

Result<load::Operation> operation(const LoadCommand& command) {
    load::Operation result;
    JOUST_TRY(result.request.headers, headers(command));
    result.request.body = command.body;
    if (!command.body_file.empty()) {
        if (!command.body.empty())
            return fail(ErrorKind::bad_input,
                        "--body and --body-file contradict each other; write one of them");
        JOUST_TRY(result.request.body, read_file(command.body_file));
    }
    const bool has_body = !result.request.body.empty();
    result.request.method = !command.method.empty() ? command.method : has_body ? "POST" : "GET";
    result.expect.status = command.expect_status;
    if (!command.expect_body.empty()) result.expect.body_contains = command.expect_body;
    return result;
}

}  // namespace

Result<load::Options> load_options(const LoadCommand& command) {
    load::Options options;
    JOUST_TRY(options.target, load::parse_url(command.url));
    JOUST_TRY(load::Operation only, operation(command));
    options.operations = {std::move(only)};
    if (!command.data.empty()) {
        JOUST_TRY(options.feed, load::read_feed(command.data));
    }
    JOUST_TRY(options.schedule, schedule(command));
    if (command.requests) {
        options.stop = load::StopAfterCount{*command.requests};
    } else {
        JOUST_TRY(const Nanoseconds length, duration("--duration", command.duration));
        JOUST_TRY(const Nanoseconds warm_up, duration("--warmup", command.warmup));
        if (length.count() == 0) return fail(ErrorKind::bad_input, "--duration is 0; write for example 10s");
        options.stop = load::StopAfter{length, warm_up};
    }
    JOUST_TRY(options.timeout, duration("--timeout", command.timeout));
    options.threads = command.threads;
    options.io = load::parse_io(command.io).value_or(load::Io::automatic);
    options.spin = command.spin;
    options.seed = command.seed;
    options.tls.verify = !command.insecure;
    JOUST_CHECK(load::check(options));
    return options;
}

std::optional<double> offered_rps(const load::Options& options) {
    const auto* open = std::get_if<load::OpenLoop>(&options.schedule);
    const auto* window = std::get_if<load::StopAfter>(&options.stop);
    if (open == nullptr) return std::nullopt;
    if (window == nullptr)
        return open->segments.empty() ? std::nullopt : std::optional(open->segments.back().to_rps);
    const auto curve = load::RateCurve::create(open->segments);
    if (!curve) return std::nullopt;
    return (curve->requests_until(window->warm_up + window->length) -
            curve->requests_until(window->warm_up)) /
           seconds(window->length);
}

}  // namespace joust::cli
