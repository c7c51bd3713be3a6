#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/file.hpp"
#include "cli/exit_code.hpp"

namespace joust::cli {

/// `joust run BENCHMARK`: the main job.
struct RunCommand {
    std::string benchmark = "io-intensive";
    Path resume;                           ///< a run to go on with; then what to run stands in its directory
    std::string profile;                   ///< "" for the benchmark's default
    std::vector<std::string> assignments;  ///< TOML from --database, --levels, --set …
    bool limits_off = false;
    bool plan_only = false;
    std::optional<std::uint16_t> port;
    Path results;      ///< empty: results/ of the checkout, or of the working directory outside of one
    std::string json;  ///< also write the results there; "-" is stdout; "" nowhere
};
/// `joust report DIR`: render again from trials.jsonl.
struct ReportCommand {
    Path run_directory;
};
/// `joust list`: what there is.
struct ListCommand {};
/// `joust clean`: removes what is kept on this machine between runs.
struct CleanCommand {
    bool dry_run = false;  ///< only tells
};

/// `joust load URL`: the load generator alone.
struct LoadCommand {
    std::vector<std::string> urls;        ///< several are compared, the first one is the baseline
    std::optional<int> connections;       ///< users (closed model); default 50
    std::optional<double> rate;           ///< requests per second: makes the model open
    std::string ramp;                     ///< "0:1000:30s": the rate rises from 0 to 1000/s in 30 s
    std::string steps;                    ///< "100,200,400:10s": each rate for 10 s
    std::string arrivals = "constant";    ///< or "poisson"
    std::optional<int> max_connections;   ///< of the open model
    std::string think = "0s";             ///< pause of a user between answer and next request (closed model)
    std::optional<std::string> duration;  ///< default: as long as the ramp or the steps take, else 10 s
    std::optional<std::uint64_t> requests;
    std::optional<std::string> warmup;
    std::string timeout = "30s";
    std::optional<int> rounds;         ///< of a comparison of several URLs; default 10
    std::vector<std::string> stop_if;  ///< as fail_if, of the last second: ends the load
    int retries = 0;
    std::optional<std::uint64_t> requests_per_connection;
    bool spread = false;  ///< connections over all the addresses of the URL's name
    int threads = 1;
    std::string method;                ///< "": GET, or POST with a body
    std::vector<std::string> headers;  ///< "Name: value"
    std::string body;
    Path body_file;
    Path data;  ///< CSV or JSON lines: columns for {placeholders}
    std::optional<int> expect_status;
    std::optional<std::string> expect_body;  ///< a part of the body
    std::optional<std::string> expect_regex;
    std::optional<std::string> expect_json;   ///< what the body is, but for further members
    std::vector<std::string> expect_headers;  ///< "Name: value"
    std::string io = "auto";
    bool insecure = false;
    Path ca_file;             ///< PEM, instead of the system's certificates
    std::string server_name;  ///< for TLS, instead of the URL's host
    bool spin = false;
    std::uint64_t seed = 1;
    std::string json;  ///< "-" is stdout, alone on it
    Path hlog;
    Path csv;
    std::vector<std::string> fail_if;  ///< "p99>200ms", "errors>1%", "goodput<1000"
};

/// `joust selftest`: services that misbehave, each of which has to be caught.
struct SelftestCommand {
    bool list = false;  ///< only tells what is expected
    Path results;       ///< empty: a temporary directory, removed where all is as expected
};

/// `joust verify BENCHMARK`: what each request does, held against the contract; no race.
struct VerifyCommand {
    std::string benchmark = "io-intensive";
    std::vector<std::string> assignments;  ///< as of a run
    bool limits_off = false;
    Path results;      ///< empty: a temporary directory, removed where nothing is wrong
    std::string json;  ///< as of a run
};

using Command = std::variant<RunCommand, ReportCommand, ListCommand, LoadCommand, CleanCommand,
                             SelftestCommand, VerifyCommand>;

/// Each runs one command to its end; errors are printed there. `command_line` is recorded in the environment.
ExitCode run(const RunCommand& command, const std::vector<std::string>& command_line);
ExitCode report(const ReportCommand& command);
ExitCode list(const ListCommand& command);
ExitCode clean(const CleanCommand& command);
ExitCode load(const LoadCommand& command);
ExitCode selftest(const SelftestCommand& command, const std::vector<std::string>& command_line);
ExitCode verify(const VerifyCommand& command, const std::vector<std::string>& command_line);
ExitCode execute(const Command& command, const std::vector<std::string>& command_line);

/// "error: …" on stderr, each further line indented; returns the error's exit code.
ExitCode complain(const Error& error);

}  // namespace joust::cli
