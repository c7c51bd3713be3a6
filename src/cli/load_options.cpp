#include "cli/load_options.hpp"

#include <sys/resource.h>

#include <charconv>
#include <cmath>

#include "base/quantity.hpp"
#include "base/secrets.hpp"
#include "base/text.hpp"
#include "http/request_framing.hpp"
#include "http/syntax.hpp"
#include "load/address.hpp"
#include "load/feed_file.hpp"
#include "load/local_ports.hpp"
#include "load/session/prepared_request.hpp"
#include "model/wording.hpp"
#include "rules/judge.hpp"
#include "rules/redirects.hpp"
#include "rules/waits.hpp"

namespace joust::cli {
namespace {

constexpr int k_users = 50;
constexpr Nanoseconds k_length = std::chrono::seconds(10);
constexpr Nanoseconds k_longest_schedule = std::chrono::hours(87600);

// A bare number is in seconds, as other load generators take it.
Result<Nanoseconds> time_of(std::string_view text) {
    const bool bare = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
    return parse_duration(bare ? fmt::format("{}s", text) : std::string(text));
}

Result<Nanoseconds> duration(std::string_view flag, const std::string& text) {
    auto value = time_of(text);
    if (!value) return fail(ErrorKind::bad_input, "{}: {}", flag, value.error().message);
    return *value;
}

bool number(std::string_view part, double& value) {
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc{} && end == part.data() + part.size() && std::isfinite(value) && value >= 0;
}

Result<load::OpenLoop> ramp(const std::string& text) {
    const auto parts = split(text, ':');
    double from = 0;
    double to = 0;
    if (parts.size() == 3 && number(parts[0], from) && number(parts[1], to)) {
        JOUST_TRY(const Nanoseconds length, duration("--ramp", std::string(parts[2])));
        if (length.count() > 0) return load::OpenLoop::ramp(from, to, length);
    }
    return fail(
        ErrorKind::bad_input,
        "--ramp \"{}\" is not understood; write FROM:TO:TIME in requests per second, for example 0:1000:30s",
        text);
}

Result<load::OpenLoop> steps(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    std::vector<double> rates;
    bool understood = colon != std::string::npos;
    for (const std::string_view part : split(std::string_view(text).substr(0, colon), ',')) {
        double rate = 0;
        understood = understood && number(trimmed(part), rate);
        rates.push_back(rate);
    }
    if (understood) {
        JOUST_TRY(const Nanoseconds length, duration("--steps", text.substr(colon + 1)));
        const auto count = static_cast<std::int64_t>(rates.size());
        if (length > k_longest_schedule / count)
            return fail(ErrorKind::bad_input, "--steps {}: that takes longer than 87600h, which is ten years",
                        text);
        if (length.count() > 0) return load::OpenLoop::steps(rates, length);
    }
    return fail(
        ErrorKind::bad_input,
        "--steps \"{}\" is not understood; write RATE,RATE,…:TIME in requests per second, for example "
        "100,200,400:10s",
        text);
}

// Connections that fit, and what bounds them.
struct Room {
    int connections;
    std::string_view limit;
};

// Local ports are shared by the URLs with the same host and port. Those of spread connections are counted
// when the addresses are known.
std::optional<std::size_t> ports_for_each(const LoadCommand& command, const load::Target& target) {
    if (!target.unix_path.empty() || command.spread) return std::nullopt;
    std::size_t urls = 0;
    for (const std::string& url : command.urls)
        if (const auto other = load::parse_url(url);
            other && other->unix_path.empty() && other->host == target.host && other->port == target.port)
            ++urls;
    const std::optional<std::size_t> ports = load::local_ports();
    return ports ? std::optional(*ports / std::max<std::size_t>(urls, 1)) : std::nullopt;
}

// Of connections to one URL; those to the others stay open meanwhile.
Room room_for_each(const LoadCommand& command, const load::Target& target) {
    constexpr std::size_t k_most = 1'000'000;  // that --max-connections takes
    const std::size_t urls = std::max<std::size_t>(command.urls.size(), 1);
    const std::size_t files = std::min(load::room_for_connections() / urls, k_most);
    const std::size_t ports = ports_for_each(command, target).value_or(k_most);
    if (ports < files) return {static_cast<int>(ports), "local port range (net.ipv4.ip_local_port_range)"};
    return {static_cast<int>(files), "hard limit of open files (ulimit -Hn)"};
}

Status check_room(const LoadCommand& command, const load::Target& target, std::string_view flag,
                  int connections) {
    const Room room = room_for_each(command, target);
    if (connections <= room.connections) return {};
    return fail(ErrorKind::unsupported,
                "{0} {1}: the {3} has room for {2} connections{4}; write {0} {2}, or raise the limit", flag,
                connections, room.connections, room.limit, command.urls.size() > 1 ? " to each URL" : "");
}

Result<load::ClosedLoop> closed_loop(const LoadCommand& command, const load::Target& target) {
    if (command.arrivals != "constant")
        return fail(ErrorKind::bad_input, "--arrivals {} needs a rate: write --rate, --ramp or --steps too",
                    command.arrivals);
    if (command.max_connections)
        return fail(ErrorKind::bad_input,
                    "--max-connections {} is for --rate, --ramp and --steps; write -c {} instead",
                    *command.max_connections, *command.max_connections);
    if (command.spin)
        return fail(ErrorKind::bad_input,
                    "--spin needs a rate: without due times there is nothing to poll for");
    load::ClosedLoop closed{.users = command.connections.value_or(k_users)};
    JOUST_CHECK(check_room(command, target, "-c", closed.users));
    JOUST_TRY(closed.think_time, duration("--think", command.think));
    return closed;
}

Result<load::Schedule> schedule(const LoadCommand& command, const load::Target& target) {
    const int models =
        (command.rate ? 1 : 0) + (command.ramp.empty() ? 0 : 1) + (command.steps.empty() ? 0 : 1);
    if (models == 0) return closed_loop(command, target);
    if (models > 1)
        return fail(ErrorKind::bad_input,
                    "--rate, --ramp and --steps contradict each other; write one of them");
    JOUST_TRY(const Nanoseconds think, duration("--think", command.think));
    if (think.count() > 0)
        return fail(ErrorKind::bad_input,
                    "--think {} and a rate contradict each other: a schedule does not wait for answers",
                    command.think);
    if (command.connections)
        return fail(
            ErrorKind::bad_input,
            "--connections {} and a rate contradict each other: a schedule opens as many as it needs; "
            "write --max-connections {} to bound them",
            *command.connections, *command.connections);
    load::OpenLoop open;
    if (command.rate) {
        open = load::OpenLoop::constant_rate(*command.rate);
    } else if (!command.ramp.empty()) {
        JOUST_TRY(open, ramp(command.ramp));
    } else {
        JOUST_TRY(open, steps(command.steps));
    }
    open.arrivals = command.arrivals == "poisson" ? load::Arrivals::poisson : load::Arrivals::constant;
    if (command.max_connections)
        JOUST_CHECK(check_room(command, target, "--max-connections", *command.max_connections));
    open.max_connections = command.max_connections.value_or(
        std::min(load::OpenLoop::k_connections, room_for_each(command, target).connections));
    return open;
}

// How long the rate changes; 0 for one that never does.
Nanoseconds length_of(const load::Schedule& schedule) {
    Nanoseconds total{0};
    if (const auto* open = std::get_if<load::OpenLoop>(&schedule))
        for (const load::RateSegment& segment : open->segments)
            total += segment.length;
    return total;
}

Result<load::StopRule> stop_rule(const LoadCommand& command, const load::Schedule& schedule) {
    if (command.requests) {
        if (command.duration || command.warmup)
            return fail(
                ErrorKind::bad_input,
                "--requests {} and {} contradict each other: a count of requests has no {}; write one of "
                "them",
                *command.requests, command.duration ? "--duration" : "--warmup",
                command.duration ? "length" : "warm-up");
        return load::StopAfterCount{*command.requests};
    }
    JOUST_TRY(const Nanoseconds warm_up, duration("--warmup", command.warmup.value_or("0s")));
    if (!command.duration) {
        const Nanoseconds rest = length_of(schedule) - warm_up;
        return load::StopAfter{rest > Nanoseconds{0} ? rest : k_length, warm_up};
    }
    JOUST_TRY(const Nanoseconds length, duration("--duration", *command.duration));
    if (length.count() == 0) return fail(ErrorKind::bad_input, "--duration is 0; write for example 10s");
    return load::StopAfter{length, warm_up};
}

// A schedule whose last rate is 0 may be over before that many requests were due.
Status enough_due(const LoadCommand& command, const load::Schedule& schedule) {
    const auto* open = std::get_if<load::OpenLoop>(&schedule);
    if (!command.requests || open == nullptr) return {};
    JOUST_TRY(const load::RateCurve curve, load::RateCurve::create(open->segments));
    const std::optional<double> due = curve.requests();
    if (!due) return {};
    if (open->arrivals == load::Arrivals::poisson)
        return fail(
            ErrorKind::bad_input,
            "--requests {} and --arrivals poisson contradict each other here: the schedule ends at 0/s, "
            "and how many requests it has by then is drawn; leave out one of them",
            *command.requests);
    if (static_cast<double>(*command.requests) <= std::ceil(*due)) return {};
    return fail(
        ErrorKind::bad_input,
        "--requests {0}: the schedule ends at 0/s after {1:.0f} requests; write --requests {1:.0f}, or "
        "leave it out",
        *command.requests, std::ceil(*due));
}

Result<std::vector<http::Header>> headers(std::string_view flag, const std::vector<std::string>& texts) {
    std::vector<http::Header> result;
    for (const std::string& text : texts) {
        const std::size_t colon = text.find(':');
        if (colon == std::string::npos || colon == 0)
            return fail(ErrorKind::bad_input, "{} \"{}\" has no name; write 'Name: value'", flag, text);
        if (!http::is_token(std::string_view(text).substr(0, colon)))
            return fail(ErrorKind::bad_input, "{} \"{}\": \"{}\" is not a header name; write 'Name: value'",
                        flag, text, text.substr(0, colon));
        result.push_back(
            {text.substr(0, colon), std::string(trimmed(std::string_view(text).substr(colon + 1)))});
    }
    return result;
}

// A flag that could have no effect is a mistake in it or in the URL.
Status check_tls_flags(const LoadCommand& command) {
    const bool tls = std::any_of(command.urls.begin(), command.urls.end(), [](const std::string& url) {
        const auto target = load::parse_url(url);
        return !target || target->tls;
    });
    if (tls) return {};
    if (!command.server_name.empty())
        return fail(ErrorKind::bad_input, "--server-name {} is for https://; no URL begins with it",
                    command.server_name);
    if (!command.ca_file.empty())
        return fail(ErrorKind::bad_input, "--cacert {} is for https://; no URL begins with it",
                    command.ca_file.string());
    return {};
}

Result<load::Operation> operation(const LoadCommand& command) {
    load::Operation result;
    JOUST_TRY(result.request.headers, headers("--header", command.headers));
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
    // An empty variable of a script must not make every answer right.
    for (const auto& [flag, text] :
         {std::pair("--expect-body", command.expect_body), std::pair("--expect-regex", command.expect_regex),
          std::pair("--expect-json", command.expect_json)})
        if (text && text->empty())
            return fail(ErrorKind::bad_input, "{} is empty, and would hold of every answer; leave it out",
                        flag);
    result.expect.body_contains = command.expect_body;
    result.expect.body_regex = command.expect_regex;
    result.expect.json = command.expect_json;
    JOUST_TRY(result.expect.headers, headers("--expect-header", command.expect_headers));
    return result;
}

}  // namespace

Result<load::Options> load_options(const LoadCommand& command, std::string_view url) {
    load::Options options;
    if (!is_utf8(url))
        return fail(ErrorKind::bad_input, "\"{}\" holds bytes that are no UTF-8; write them as %NN",
                    printable(url));
    JOUST_TRY(options.target, load::parse_url(url));
    JOUST_TRY(load::Operation only, operation(command));
    options.operations = {std::move(only)};
    if (command.rounds && command.urls.size() == 1)
        return fail(ErrorKind::bad_input, "--rounds {} is for several URLs", *command.rounds);
    if (!command.data.empty()) {
        JOUST_TRY(options.feed, load::read_feed(command.data));
        if (!load::uses_columns(options.target, options.operations.front().request, options.feed))
            return fail(
                ErrorKind::bad_input,
                "--data {}: none of its columns ({}) is used; write it in braces in the URL, a header or "
                "the body",
                command.data.string(), joined(options.feed.columns, ", "));
    }
    JOUST_TRY(options.schedule, schedule(command, options.target));
    JOUST_TRY(options.stop, stop_rule(command, options.schedule));
    JOUST_TRY(options.timeout, duration("--timeout", command.timeout));
    options.threads = command.threads;
    options.spread = command.spread;
    options.io = load::parse_io(command.io).value_or(load::Io::automatic);
    options.spin = command.spin;
    options.seed = command.seed;
    options.tls.verify = !command.insecure;
    options.tls.ca_file = command.ca_file;
    options.tls.server_name = command.server_name;
    options.retries = command.retries;
    options.requests_per_connection = command.requests_per_connection;
    if (const auto count = command.requests_per_connection.value_or(1);
        count > 1 && http::asks_to_close(options.operations.front().request.headers))
        return fail(
            ErrorKind::bad_input,
            "--requests-per-connection {} and -H 'Connection: close' contradict each other: that is one "
            "request each; leave out one of them",
            count);
    JOUST_CHECK(check_tls_flags(command));
    JOUST_CHECK(load::check(options));
    JOUST_CHECK(enough_due(command, options.schedule));
    return options;
}

std::optional<double> offered_rps(const load::Options& options, std::optional<Nanoseconds> length) {
    const auto* open = std::get_if<load::OpenLoop>(&options.schedule);
    const auto* window = std::get_if<load::StopAfter>(&options.stop);
    if (open == nullptr) return std::nullopt;
    const auto curve = load::RateCurve::create(open->segments);
    if (!curve) return std::nullopt;
    const Nanoseconds begin = window != nullptr ? window->warm_up : Nanoseconds{0};
    Nanoseconds measured = length.value_or(window != nullptr ? window->length : Nanoseconds{0});
    if (!length) measured = load::schedule_length(options).value_or(measured);
    if (measured <= Nanoseconds{0}) return std::nullopt;
    return (curve->requests_until(begin + measured) - curve->requests_until(begin)) / seconds(measured);
}

std::string cut_short(const load::Options& options) {
    const auto* window = std::get_if<load::StopAfter>(&options.stop);
    const Nanoseconds schedule = length_of(options.schedule);
    if (window == nullptr || window->warm_up + window->length >= schedule) return "";
    return fmt::format("--duration ends the load before its schedule: {} of {} are played",
                       model::span_text(window->warm_up + window->length), model::span_text(schedule));
}

std::string lowered_bound(const LoadCommand& command, const model::LoadRun& run) {
    if (command.max_connections ||
        run.max_connections.value_or(load::OpenLoop::k_connections) >= load::OpenLoop::k_connections)
        return "";
    const auto target = load::parse_url(run.url);
    return fmt::format("at most {} connections are opened instead of {}: the {} has room for no more",
                       *run.max_connections, load::OpenLoop::k_connections,
                       room_for_each(command, target.value_or(load::Target{})).limit);
}

model::LoadRun load_run(const LoadCommand& command, const load::Options& options, const std::string& url) {
    model::LoadRun run{.url = masked(url),
                       .load_model = std::holds_alternative<load::OpenLoop>(options.schedule)
                                         ? model::LoadModel::open
                                         : model::LoadModel::closed,
                       .connections = command.connections.value_or(k_users),
                       .seed = options.seed,
                       .offered_rps = offered_rps(options),
                       .schedule_length = load::schedule_length(options),
                       .timeout = options.timeout,
                       .tls_verified = options.tls.verify || !options.target.tls,
                       .started = wall_now(),
                       .expects_status = options.operations.front().expect.status.has_value()};
    if (const auto* closed = std::get_if<load::ClosedLoop>(&options.schedule))
        run.think_time = closed->think_time;
    if (const auto* open = std::get_if<load::OpenLoop>(&options.schedule)) {
        run.max_connections = open->max_connections;
        run.arrivals = open->arrivals == load::Arrivals::poisson ? "poisson" : "constant";
        for (const load::RateSegment& segment : open->segments)
            run.schedule.push_back(
                {segment.length > Nanoseconds{0} ? std::optional(segment.length) : std::nullopt,
                 segment.from_rps, segment.to_rps});
    }
    if (const auto* window = std::get_if<load::StopAfter>(&options.stop)) run.warm_up = window->warm_up;
    return run;
}

void finish_run(model::LoadRun& run, model::Samples samples) {
    run.samples = std::move(samples);
    rusage usage{};
    constexpr std::uint64_t k_kibibyte = 1024;  // the unit of ru_maxrss
    if (::getrusage(RUSAGE_SELF, &usage) == 0)
        run.max_rss = Bytes{static_cast<std::uint64_t>(usage.ru_maxrss) * k_kibibyte};
    run.self_check = rules::self_check({.samples = run.samples,
                                        .generator = run.samples.generator,
                                        .load_model = run.load_model,
                                        .schedule_length = run.schedule_length,
                                        .max_connections = run.max_connections});
    run.warnings.clear();
    if (auto delayed = rules::delayed_body(run.samples)) run.warnings.push_back(*std::move(delayed));
    if (auto bound = rules::think_time(run.samples, run.think_time)) run.warnings.push_back(*bound);
    if (run.expects_status) return;
    if (const auto redirects = rules::mostly_redirects(run.samples.statuses))
        run.warnings.push_back({.rule = model::Rule::redirects, .facts = *redirects});
}

}  // namespace joust::cli
