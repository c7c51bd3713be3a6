#include "cli/load_arguments.hpp"

#include <CLI/CLI.hpp>

namespace joust::cli {
namespace {

void describe_load_model(CLI::App* app, LoadCommand& load) {
    const std::string group = "How much";
    app->add_option("-c,--connections", load.connections,
                    "users that each send the next request when the last is answered")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str()
        ->group(group);
    app->add_option("--think", load.think, "pause of a user before its next request")
        ->capture_default_str()
        ->group(group);
    app->add_option("--rate", load.rate, "requests per second on a fixed schedule, whatever the answers")
        ->check(CLI::PositiveNumber)
        ->group(group);
    app->add_option("--ramp", load.ramp, "0:1000:30s, the rate rises from 0 to 1000/s in 30 s")->group(group);
    app->add_option("--steps", load.steps, "100,200,400:10s, each rate for 10 s")->group(group);
    app->add_option("--arrivals", load.arrivals, "of a rate: constant or poisson")
        ->check(CLI::IsMember({"constant", "poisson"}))
        ->capture_default_str()
        ->group(group);
    app->add_option("--max-connections", load.max_connections, "of a rate: at most so many [10000]")
        ->check(CLI::Range(1, 1'000'000))
        ->group(group);
}

void describe_load_end(CLI::App* app, LoadCommand& load) {
    const std::string group = "How long";
    app->add_option("-d,--duration", load.duration, "of the measurement; per URL where there are several")
        ->capture_default_str()
        ->group(group);
    app->add_option("-n,--requests", load.requests, "exactly so many requests instead of a duration")
        ->check(CLI::PositiveNumber)
        ->group(group);
    app->add_option("--warmup", load.warmup, "load before the measurement")
        ->capture_default_str()
        ->group(group);
    app->add_option("--stop-if", load.stop_if,
                    "end early once a second is so: 'p99>1s', 'errors>10%'; may be repeated")
        ->group(group)
        ->allow_extra_args(false);
    app->add_option("--rounds", load.rounds,
                    "several URLs: slices of the duration, one per URL in each round")
        ->check(CLI::Range(3, 1000))
        ->capture_default_str()
        ->group(group);
}

void describe_load_request(CLI::App* app, LoadCommand& load) {
    const std::string group = "Request";
    app->add_option("-m,--method", load.method, "default GET, or POST with a body")->group(group);
    app->add_option("-H,--header", load.headers, "'Name: value'; may be repeated")
        ->allow_extra_args(false)
        ->group(group);
    app->add_option("--body", load.body, "may hold {request_id}, {sequence} and columns of --data")
        ->group(group);
    app->add_option("--body-file", load.body_file, "the body from a file")
        ->check(CLI::ExistingFile)
        ->group(group);
    app->add_option("--data", load.data, ".csv or .jsonl: a row per request, in turns")
        ->check(CLI::ExistingFile)
        ->group(group);
}

void describe_load_checks(CLI::App* app, LoadCommand& load) {
    const std::string group = "What counts as a success";
    app->add_option("--timeout", load.timeout, "of one request")->capture_default_str()->group(group);
    app->add_option("--expect-status", load.expect_status, "the right status; default: any below 400")
        ->check(CLI::Range(100, 599))
        ->group(group);
    app->add_option("--expect-header", load.expect_headers, "'Name: value'; may be repeated")
        ->allow_extra_args(false)
        ->group(group);
    app->add_option("--expect-body", load.expect_body, "text that the body contains")->group(group);
    app->add_option("--expect-regex", load.expect_regex, "found in the body")->group(group);
    app->add_option("--expect-json", load.expect_json, "'{\"ok\":true}': members that the body has")
        ->group(group);
    app->add_option(
           "--retries", load.retries,
           "times a failed request is sent again at once, its time going on; never a POST that was sent")
        ->check(CLI::Range(0, 100))
        ->capture_default_str()
        ->group(group);
    app->add_option("--fail-if", load.fail_if,
                    "exit code 4 if so: 'p99>200ms', 'mean>50ms', 'max>1s', 'errors>1%', 'rps<1000'; may be "
                    "repeated")
        ->allow_extra_args(false)
        ->group(group);
}

void describe_load_connections(CLI::App* app, LoadCommand& load) {
    const std::string group = "Connections and threads";
    app->add_option("--requests-per-connection", load.requests_per_connection,
                    "then it is closed; 1: a new one for each [no bound]")
        ->check(CLI::PositiveNumber)
        ->group(group);
    app->add_flag("--insecure", load.insecure, "accept any certificate")->group(group);
    app->add_option("--cacert", load.ca_file, "PEM: trust these instead of the system's")
        ->check(CLI::ExistingFile)
        ->group(group);
    app->add_option("--server-name", load.server_name, "in the certificate, instead of the URL's host")
        ->group(group);
    app->add_option("-t,--threads", load.threads, "load threads")
        ->check(CLI::Range(1, 256))
        ->capture_default_str()
        ->group(group);
    app->add_option("--io", load.io, "auto, uring or epoll")
        ->check(CLI::IsMember({"auto", "uring", "epoll"}))
        ->capture_default_str()
        ->group(group);
    app->add_flag("--spin", load.spin, "of a rate: poll before a due time; more exact for a whole CPU")
        ->group(group);
    app->add_option("--seed", load.seed, "of every random choice")->capture_default_str()->group(group);
}

}  // namespace

void describe_load(CLI::App* app, LoadCommand& load) {
    app->add_option("url", load.urls,
                    "http://, https:// or unix:/path/of.sock[:/path]; several are compared in turns, ratios "
                    "refer to the first")
        ->required();
    describe_load_model(app, load);
    describe_load_end(app, load);
    describe_load_request(app, load);
    describe_load_checks(app, load);
    describe_load_connections(app, load);
    const std::string group = "Results";
    app->add_option("--json", load.json, "as JSON into this file; - is stdout, alone on it")->group(group);
    app->add_option("--csv", load.csv, "a row per second into this file; several URLs: per slice")
        ->group(group);
    app->add_option("--hlog", load.hlog, "the histograms as HdrHistogram log into this file")->group(group);
    app->footer(
        "Exit codes: 0 done, 1 failed, 2 wrong input, 3 the generator itself was in the way (see "
        "self-check), "
        "4 --fail-if.");
}

}  // namespace joust::cli
