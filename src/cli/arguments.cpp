#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <sstream>

#include "base/text.hpp"
#include "cli/installation.hpp"
#include "cli/load_arguments.hpp"
#include "cli/whole_number.hpp"

namespace joust::cli {
namespace {

bool whole_numbers(const std::vector<std::string_view>& texts) {
    return std::all_of(texts.begin(), texts.end(), [](std::string_view text) {
        return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    });
}

// "4,50,200" or "50:1000:50" as the TOML value of load.levels.
std::string levels_value(const std::string& text) {
    const auto range = split(text, ':');
    if (!whole_numbers(range.size() == 3 ? range : split(text, ',')))
        throw CLI::ValidationError(
            "--levels",
            fmt::format("\"{}\" is no list of levels; write for example 4,50,200 or 50:1000:50", text));
    if (range.size() == 3)
        return fmt::format("{{ from = {}, to = {}, step = {} }}", range[0], range[1], range[2]);
    return fmt::format("[{}]", text);
}

std::string list_value(const std::string& text) {
    std::vector<std::string> quoted;
    for (const std::string_view part : split(text, ','))
        quoted.push_back(fmt::format("\"{}\"", trimmed(part)));
    return fmt::format("[{}]", joined(quoted, ", "));
}

// An option whose value becomes a TOML assignment; it is checked where all TOML is, with all other mistakes.
CLI::Option* add_assignment(CLI::App* app, const std::string& flag, const std::string& key,
                            const std::string& help, std::vector<std::string>& assignments,
                            const std::function<std::string(const std::string&)>& value) {
    return app->add_option_function<std::string>(
        flag,
        [&assignments, key, value](const std::string& text) {
            assignments.push_back(key + " = " + value(text));
        },
        help);
}

std::string quoted_value(const std::string& text) {
    return fmt::format("\"{}\"", text);
}
std::string raw_value(const std::string& text) {
    return text;
}

// Who takes part, and on what.
void describe_place(CLI::App* app, std::vector<std::string>& assignments, bool& limits_off) {
    add_assignment(app, "--database", "database.engine", "postgres or sqlite", assignments, quoted_value);
    add_assignment(app, "--runtime", "runtime",
                   "process (default), or docker: the database and all contenders in containers", assignments,
                   quoted_value);
    add_assignment(app, "--contenders", "contenders",
                   "comma-separated; where the benchmark's baseline is left out, the last one is it",
                   assignments, list_value);
    // Appends like the ones above; binding the list itself would make it forget them.
    app->add_option_function<std::vector<std::string>>(
        "--set",
        [&assignments](const std::vector<std::string>& texts) {
            assignments.insert(assignments.end(), texts.begin(), texts.end());
        },
        "any other key, as TOML: --set 'database.settings.work_mem = \"8MB\"'");
    app->add_option_function<std::string>(
           "--limits", [&limits_off](const std::string& text) { limits_off = text == "off"; },
           "off: run without equal limits, every result is marked")
        ->check(CLI::IsMember({"on", "off"}));
}

void describe_verify(CLI::App* app, VerifyCommand& verify) {
    app->add_option("benchmark", verify.benchmark, "name below benchmarks/, or a file")
        ->capture_default_str();
    describe_place(app, verify.assignments, verify.limits_off);
    app->add_option("--results", verify.results,
                    "directory for the run's directory; default a temporary one, removed where nothing is "
                    "wrong");
    app->add_option("--json", verify.json, "also write what was found as JSON to this file; - is stdout");
}

void describe_run(CLI::App* app, RunCommand& run) {
    app->add_option("benchmark", run.benchmark, "name below benchmarks/, or a file")->capture_default_str();
    app->add_option("--profile", run.profile,
                    "overrides of the benchmark: smoke, quick (default), full, seed, seed-sqlite");
    describe_place(app, run.assignments, run.limits_off);
    add_assignment(app, "--baseline", "baseline", "the contender that ratios refer to", run.assignments,
                   quoted_value);
    add_assignment(app, "--levels", "load.levels", "4,50,200 or 50:1000:50", run.assignments, levels_value);
    add_assignment(app, "--duration", "load.duration", "of the measured window: 10s", run.assignments,
                   quoted_value);
    add_assignment(app, "--timeout", "load.timeout", "of one request: 60s", run.assignments, quoted_value);
    add_assignment(app, "--blocks", "experiment.blocks",
                   "repetitions of everything, of which no profile's budget cuts any", run.assignments,
                   [](const std::string& text) { return fmt::format("{{ min = {0}, max = {0} }}", text); })
        ->check(whole(1, 1000));
    add_assignment(app, "--budget", "experiment.budget",
                   "10m: spends so long, on levels whose verdict is open, up to 12 blocks", run.assignments,
                   quoted_value);
    app->add_option_function<std::string>(
           "--aa",
           [&run](const std::string& name) {
               run.assignments.push_back("contenders = " + list_value(name));
               run.assignments.push_back("baseline = " + quoted_value(name));
               run.assignments.emplace_back("experiment.calibration = true");
           },
           "this contender alone against itself: what the host can tell apart")
        ->excludes("--contenders")
        ->excludes("--baseline")
        ->check(
            [](const std::string& text) {
                return text.find(',') == std::string::npos
                           ? std::string()
                           : fmt::format(
                                 "\"{}\" is more than one contender; write one name, which runs "
                                 "against itself: --aa {}",
                                 printable(text), printable(text.substr(0, text.find(','))));
            },
            "");
    add_assignment(app, "--seed", "experiment.seed", "of every random choice", run.assignments, raw_value)
        ->check(whole(0, std::numeric_limits<std::int64_t>::max()));
    app->add_option("--port", run.port, "contenders listen here; default: a free port each time")
        ->check(CLI::Range(1, 65535));
    app->add_option("--results", run.results,
                    "directory for the run's directory; default results/ of the checkout, else of the "
                    "working directory");
    app->add_option("--json", run.json, "also write the results as JSON to this file; - is stdout");
    app->add_flag("--plan", run.plan_only,
                  "only say what would be run, or with --resume is left, and how long it takes");
    CLI::Option* const resume =
        app->add_option("--resume", run.resume,
                        "go on with this run, for example results/latest: it says itself what is run");
    for (const char* const flag : {"benchmark", "--profile", "--database", "--runtime", "--contenders",
                                   "--baseline", "--levels", "--duration", "--timeout", "--blocks",
                                   "--budget", "--aa", "--seed", "--port", "--set", "--limits", "--results"})
        resume->excludes(flag);
}

// An empty value, as of a variable that is not set, must not look like a flag that was left out.
void refuse_empty(CLI::App& command, std::initializer_list<const char*> flags) {
    for (const char* const flag : flags)
        command.get_option(flag)->check(
            [](const std::string& text) {
                return text.empty() ? std::string("the value is empty; write one, or leave the flag out")
                                    : "";
            },
            "");
}

// A first word that is none of the commands, or none at all: CLI11 would only say that one is required.
std::optional<Answered> unknown_command(const std::vector<std::string>& arguments, const CLI::App& app) {
    std::vector<std::string> known;
    for (const CLI::App* command : app.get_subcommands(nullptr))
        known.push_back(command->get_name());
    const std::string listed = joined(known, ", ");
    std::string problem;
    if (arguments.empty()) {
        problem = "write a command: " + listed;
    } else if (const std::string& first = arguments.front();
               !first.starts_with('-') && std::find(known.begin(), known.end(), first) == known.end()) {
        const std::string near = nearest(first, known);
        problem =
            fmt::format("there is no command \"{}\"; {}", first,
                        near.empty() ? "write one of: " + listed : fmt::format("did you mean {}?", near));
    } else {
        return std::nullopt;
    }
    return Answered{ExitCode::bad_input, "",
                    fmt::format("error: {}\n  `joust --help-all` explains every flag\n", problem)};
}

}  // namespace

std::variant<Command, Answered> parse_arguments(const std::vector<std::string>& arguments) {
    CLI::App app("Fair, reproducible, head-to-head benchmarks of web services.", "joust");
    app.set_version_flag("--version", fmt::format("joust {}", version()));
    app.require_subcommand(1);
    app.set_help_all_flag("--help-all", "help on every command");
    RunCommand run;
    ReportCommand report;
    LoadCommand load;
    CleanCommand clean;
    SelftestCommand selftest;
    CLI::App* run_app = app.add_subcommand("run", "the main job: measure every contender, write one report");
    describe_run(run_app, run);
    CLI::App* report_app = app.add_subcommand("report", "render a run's report again from its trials.jsonl");
    report_app
        ->add_option("directory", report.run_directory, "the run's directory, for example results/latest")
        ->required();
    CLI::App* list_app = app.add_subcommand("list", "benchmarks, workloads and contenders there are");
    CLI::App* load_app = app.add_subcommand("load", "the load generator alone, on any URL");
    describe_load(load_app, load);
    CLI::App* clean_app = app.add_subcommand(
        "clean", "remove what is kept on this machine between runs; results are never touched");
    clean_app->add_flag("--dry-run", clean.dry_run, "only tell what would be removed");
    CLI::App* selftest_app = app.add_subcommand(
        "selftest", "benchmark of the benchmark: services that misbehave, each of which has to be caught");
    selftest_app->add_flag("--list", selftest.list, "only list the services and what is expected of each");
    selftest_app->add_option("--results", selftest.results,
                             "directory for the run's directory; default a temporary one");
    VerifyCommand verify;
    CLI::App* verify_app = app.add_subcommand(
        "verify", "effects only, no race: does each contender do the work, and before it answers?");
    describe_verify(verify_app, verify);
    refuse_empty(*selftest_app, {"--results"});
    refuse_empty(*verify_app, {"--results", "--json"});
    refuse_empty(*run_app, {"--profile", "--results", "--json", "--resume", "--aa"});
    refuse_empty(*load_app, {"--ramp", "--steps", "--method", "--server-name", "--json", "--csv", "--hlog"});
    if (auto unknown = unknown_command(arguments, app)) return std::move(*unknown);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    // CLI11 reports through exceptions only; this is the one place that sees them.
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream err;
        if (app.exit(error, out, err) == 0) return Answered{ExitCode::done, out.str(), ""};
        std::string command = "joust";
        for (const CLI::App* chosen : app.get_subcommands())
            command += " " + chosen->get_name();
        return Answered{ExitCode::bad_input, "",
                        fmt::format("error: {}\n  `{} --help` explains every flag\n", error.what(), command)};
    }
    if (run_app->parsed()) return run;
    if (report_app->parsed()) return report;
    if (load_app->parsed()) return load;
    if (clean_app->parsed()) return clean;
    if (selftest_app->parsed()) return selftest;
    if (verify_app->parsed()) return verify;
    static_cast<void>(list_app);
    return ListCommand{};
}

}  // namespace joust::cli
