#include "cli/load_arguments.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

#include "cli/whole_number.hpp"

namespace joust::cli {
namespace {

CLI::Validator above_zero() {
    return CLI::Validator(
        [](const std::string& text) {
            double value = 0;
            const char* const end = text.data() + text.size();
            const auto [rest, error] = std::from_chars(text.data(), end, value);
            const bool right = error == std::errc{} && rest == end && value > 0 && std::isfinite(value);
            return right ? std::string() : fmt::format("give a number above 0, not {}", text);
        },
        "");
}

// Flags under one heading of the help text.
class Group {
public:
    Group(CLI::App* app, std::string title) : app_(app), title_(std::move(title)) {}

    /// `value` stands for the value in the help text, with its default.
    template <typename T>
    CLI::Option* add(const char* flag, T& target, const char* value, const char* help) const {
        return app_->add_option(flag, target, help)
            ->option_text(value)
            ->group(title_)
            ->allow_extra_args(false);  // of a list: one value each time, or it would swallow a URL
    }
    void add_flag(const char* flag, bool& target, const char* help) const {
        app_->add_flag(flag, target, help)->group(title_);
    }

private:
    CLI::App* app_;
    std::string title_;
};

void describe_amount(CLI::App* app, LoadCommand& load) {
    const Group group(app, "How much");
    group
        .add("-c,--connections", load.connections, "N [50]",
             "users that each send the next request when the last is answered")
        ->check(whole(1, 100'000));
    group.add("--think", load.think, "TIME [0s]", "pause of a user before its next request");
    group
        .add("--rate", load.rate, "N",
             "instead: requests per second on a fixed schedule, whatever the answers; their\n"
             "times count from when they were due")
        ->check(above_zero());
    group.add("--ramp", load.ramp, "FROM:TO:TIME", "0:1000:30s: the rate rises from 0 to 1000/s in 30 s");
    group.add("--steps", load.steps, "N,N,…:TIME", "100,200,400:10s: each rate for 10 s");
    group.add("--arrivals", load.arrivals, "NAME [constant]", "of a rate: constant or poisson")
        ->check(CLI::IsMember({"constant", "poisson"}));
    group
        .add("--max-connections", load.max_connections, "N [10000]",
             "of a rate: as many as it needs, at most so many")
        ->check(whole(1, 1'000'000));
}

void describe_end(CLI::App* app, LoadCommand& load) {
    const Group group(app, "How long");
    group.add("-d,--duration", load.duration, "TIME [10s]",
              "of the measurement; default with --ramp and --steps: as long as they take; of several\n"
              "URLs, for each");
    group.add("-n,--requests", load.requests, "N", "exactly so many requests instead")
        ->check(whole(1, k_unbounded));
    group.add("--warmup", load.warmup, "TIME [0s]", "load before the measurement, not counted");
    group.add("--stop-if", load.stop_if, "CRITERION",
              "end as soon as one second is so: 'p99>1s', 'errors>10%'; may be repeated; of several\n"
              "URLs: one slice");
    group.add("--rounds", load.rounds, "N [10]", "of several URLs: slices of the duration, taken in turns")
        ->check(whole(3, 1000));
}

void describe_request(CLI::App* app, LoadCommand& load) {
    const Group group(app, "Request");
    group.add("-m,--method", load.method, "NAME", "default GET, or POST with a body");
    group.add("-H,--header", load.headers, "'NAME: VALUE'", "may be repeated");
    group.add("--body", load.body, "TEXT",
              "may hold {request_id}, {sequence} and {columns} of --data, which are\n"
              "escaped as Content-Type or JSON need it; {column:raw} is not");
    group.add("--body-file", load.body_file, "FILE", "the body from a file")->check(CLI::ExistingFile);
    group.add("--data", load.data, "FILE", "a row per request, in turns: .csv with a header line, or .jsonl")
        ->check(CLI::ExistingFile);
}

void describe_checks(CLI::App* app, LoadCommand& load) {
    const Group group(app, "What counts as a success");
    group.add("--timeout", load.timeout, "TIME [30s]", "of one request");
    group.add("--expect-status", load.expect_status, "N", "the right status; default: any below 400")
        ->check(whole(100, 999));
    group.add("--expect-header", load.expect_headers, "'NAME: VALUE'", "may be repeated");
    group.add("--expect-body", load.expect_body, "TEXT", "that the body contains");
    group.add("--expect-regex", load.expect_regex, "PATTERN", "found in the body");
    group.add("--expect-json", load.expect_json, "JSON",
              "'{\"ok\":true}': the body, but for further members");
    group
        .add("--retries", load.retries, "N [0]",
             "a failed request is sent again at once, so many times; its time goes on, retries\n"
             "are counted apart, and a POST that was sent is never sent again")
        ->check(whole(0, 100));
    group.add("--fail-if", load.fail_if, "CRITERION",
              "exit code 4 if so, may be repeated: 'p99.9>200ms' (p0 to p100), 'mean>50ms', 'max>1s',\n"
              "'errors>1%', 'rps<1000'");
}

void describe_connections(CLI::App* app, LoadCommand& load) {
    const Group group(app, "Connections and threads");
    group
        .add("--requests-per-connection", load.requests_per_connection, "N",
             "then it is closed; 1: a new one for each request")
        ->check(whole(1, k_unbounded));
    group.add_flag("--spread", load.spread,
                   "over all addresses of the name, in turns; default: the first that answers");
    group.add_flag("--insecure", load.insecure, "accept any certificate");
    group.add("--cacert", load.ca_file, "FILE", "PEM: trust these instead of the system's")
        ->check(CLI::ExistingFile);
    group.add("--server-name", load.server_name, "NAME", "in the certificate, instead of the URL's host");
    group
        .add("-t,--threads", load.threads, "N [1]",
             "load threads; one drives tens of thousands of requests/s")
        ->check(whole(1, 256));
    group.add("--io", load.io, "NAME [auto]", "uring, epoll, or auto: io_uring where it is allowed")
        ->check(CLI::IsMember({"auto", "uring", "epoll"}));
    group.add_flag("--spin", load.spin, "of a rate: poll before a due time; more exact for a whole CPU");
    group.add("--seed", load.seed, "N [1]", "of every random choice")->check(whole(0, k_unbounded));
}

void describe_results(CLI::App* app, LoadCommand& load) {
    const Group group(app, "Results");
    group.add("--json", load.json, "FILE",
              "everything as JSON; - is stdout, alone on it, for the others too");
    group.add("--csv", load.csv, "FILE", "a row per second; of several URLs, per slice");
    group.add("--hlog", load.hlog, "FILE", "the histograms as HdrHistogram log");
}

}  // namespace

void describe_load(CLI::App* app, LoadCommand& load) {
    app->add_option("URL", load.urls,
                    "http://, https://, unix:/path/of.sock[:/path]; several are compared in\n"
                    "turns, ratios refer to the first")
        ->option_text(" ")
        ->required();
    describe_amount(app, load);
    describe_end(app, load);
    describe_request(app, load);
    describe_checks(app, load);
    describe_connections(app, load);
    describe_results(app, load);
    app->footer(
        "Examples\n"
        "  joust load http://127.0.0.1:8080/\n"
        "  joust load --rate 2000 -d 30s --fail-if 'p99>200ms' --fail-if 'errors>1%' http://127.0.0.1:8080/\n"
        "  joust load --ramp 0:5000:60s --stop-if 'p99>1s' --csv ramp.csv http://127.0.0.1:8080/\n"
        "  joust load http://127.0.0.1:8080/old http://127.0.0.1:8080/new\n"
        "\n"
        "Times are written like 250ms, 30s, 2m; a bare number is in seconds. Exit codes: 0 done, 1 failed, 2 "
        "wrong input, 3 the "
        "generator\n"
        "itself was in the way (see self-check), 4 --fail-if, 130 and 143 interrupted.\n");
}

}  // namespace joust::cli
