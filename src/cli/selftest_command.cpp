#include <algorithm>

#include "analysis/next_trials.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/installation.hpp"
#include "cli/selftest_cases.hpp"
#include "cli/signals.hpp"
#include "cli/temporary.hpp"
#include "experiment/experiment.hpp"
#include "experiment/verify.hpp"
#include "files/benchmark_toml.hpp"
#include "files/contender_toml.hpp"
#include "files/diagnostics.hpp"
#include "files/workload_toml.hpp"
#include "host/state_root.hpp"
#include "report/table.hpp"
#include "report/words/charges.hpp"
#include "report/words/rules.hpp"
#include "rules/judge.hpp"
#include "rules/verification.hpp"
#include "terminal/progress.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

constexpr std::string_view k_contender = "beast";

// Each case enters once. Short windows do: what is looked for is there in every request, or in one of the
// first.
constexpr std::string_view k_benchmark = R"(
schema = 1
name = "selftest"
title = "Self-test"
workload = "io-intensive"
baseline = "honest"
[limits.contender]
cpus = 1.0
memory = "512MiB"
[limits.database]
cpus = 1.0
memory = "512MiB"
[load]
levels = [8]
duration = "1500ms"
timeout = "5s"
warmup = { min = "500ms", max = "2500ms" }
[experiment]
blocks = { min = 1, max = 1 }
)";

std::string benchmark_text() {
    std::string text(k_benchmark);
    for (const SelftestCase& one : selftest_cases()) {
        text += fmt::format("[[entrants]]\nlabel = \"{}\"\ncontender = \"{}\"\n", one.label, k_contender);
        if (one.label != "honest") text += fmt::format("environment = {{ FAULT = \"{}\" }}\n", one.label);
    }
    return text;
}

Result<experiment::RunSpec> read_spec(const Installation& installation, const Path& results) {
    files::Diagnostics diagnostics;
    const auto benchmark = files::parse_benchmark(benchmark_text(), "selftest", diagnostics);
    auto workload = files::read_workload(installation.workloads(), "io-intensive", diagnostics);
    auto contender = files::read_contender(installation.contenders(), std::string(k_contender), diagnostics);
    if (!benchmark || !workload || !contender) return tl::unexpected(diagnostics.error());
    return experiment::RunSpec{.benchmark = *benchmark,
                               .workload = std::move(*workload),
                               .contenders = {std::move(*contender)},
                               .limits_off = false,
                               .port = {},
                               .one_by_one = true,
                               .results = results,
                               .state_root = host::default_state_root(),
                               .docker_files = installation.docker(),
                               .docker_bases = docker_bases(),
                               .about = {}};
}

struct Line {
    SelftestEnd end;
    std::string by;
    std::string why;  ///< where it fails: what the rules said
};

using Verifications = std::vector<model::Verification>;

// What was seen beside the trial; empty where the case was not verified.
std::vector<model::Misdeed> misdeeds_of(const SelftestCase& one, const Verifications& verifications) {
    for (const model::Verification& verification : verifications)
        if (verification.entrant == one.label) return rules::misdeeds(verification);
    return {};
}

// What had to be named first: "rows lost, rolled back". Rules that accuse of nothing come last: "littles
// law".
std::string found_by(const SelftestCase& one, const model::Judgement& judgement, model::Charges found) {
    std::vector<std::string> parts;
    const model::Charges others = found.without(one.named);
    for (const model::Charges charges : {found.without(others), others})
        if (!charges.empty()) parts.push_back(report::words::charges_text(charges));
    for (const model::Finding& finding : judgement.findings)
        if (model::row(finding.rule).doing == model::Doing::contender && model::charges(finding).empty())
            parts.push_back(report::words::short_name(finding.rule));
    return joined(parts, ", ");
}

Line line_of(const SelftestCase& one, const model::TrialResult& trial, const Verifications& verifications,
             const model::ExperimentSpec& experiment) {
    const model::Judgement judgement = rules::judge(trial, experiment);
    const std::vector<model::Misdeed> misdeeds = misdeeds_of(one, verifications);
    Line line{.end = end_of(one, judgement, misdeeds),
              .by = found_by(one, judgement, charges(judgement, misdeeds)),
              .why = {}};
    if (!fails(line.end)) return line;
    if (!one.named.empty())
        line.why += fmt::format("  {}: {}\n", one.label,
                                report::words::expected_text(one.named, one.more.exactly != nullptr));
    for (const model::Finding& finding : judgement.findings)
        line.why += fmt::format("  {}: {}\n", one.label, report::words::sentence(finding));
    return line;
}

// Whether all is as expected.
Result<bool> print_lines(const experiment::Outcome& outcome, const Verifications& verifications,
                         const model::ExperimentSpec& experiment) {
    report::Table table{.columns = {{"variant", report::Align::left},
                                    {"what it does", report::Align::left},
                                    {"Joust", report::Align::left},
                                    {"caught by", report::Align::left},
                                    {"proof", report::Align::left}},
                        .rows = {}};
    std::string reasons;
    bool all = true;
    for (const SelftestCase& one : selftest_cases()) {
        const auto trial = std::find_if(outcome.trials.begin(), outcome.trials.end(),
                                        [&](const auto& each) { return each.plan.entrant == one.label; });
        if (trial == outcome.trials.end()) {
            all = false;
            continue;
        }
        const Line line = line_of(one, *trial, verifications, experiment);
        all = all && !fails(line.end);
        reasons += line.why;
        table.rows.push_back({std::string(one.label), std::string(one.what), std::string(words(line.end)),
                              line.by, std::string(one.proof)});
    }
    JOUST_CHECK(terminal::print_text(printable_lines(table.plain() + reasons)));
    return all;
}

std::string expected_text(const SelftestCase& one) {
    if (!one.more.explained.empty()) return fmt::format("valid, and named: `{}`", codes(one.more.explained));
    if (one.named.empty()) return "valid";
    if (one.more.gap == Gap::open) return "*not caught yet*";
    return fmt::format("caught: `{}` ({})", codes(one.named), report::words::charges_text(one.named));
}

// What is expected, as it stands in the README.
ExitCode print_expected() {
    report::Table table{.columns = {{"what the service does", report::Align::left},
                                    {"Joust says", report::Align::left},
                                    {"proof", report::Align::left}},
                        .rows = {}};
    for (const SelftestCase& one : selftest_cases())
        table.rows.push_back({std::string(one.what), expected_text(one), std::string(one.proof)});
    const Status printed = terminal::print_text(table.markdown());
    return printed ? ExitCode::done : complain(printed.error());
}

Result<bool> run_cases(const Installation& installation, const Path& results,
                       const std::vector<std::string>& command_line) {
    JOUST_TRY(experiment::RunSpec spec, read_spec(installation, results));
    spec.about = about(installation, command_line);
    auto progress = terminal::make_progress(terminal::screen(), spec.benchmark);
    const auto interrupted = [] { return interruption() != 0; };
    Verifications verifications;
    const auto outcome = experiment::run_experiment(
        spec, *progress, interrupted,
        [](const model::Benchmark& benchmark, const std::vector<model::TrialResult>& finished) {
            return analysis::next_trials(benchmark, finished);
        },
        [&](experiment::Rig& rig) -> Status {
            for (const SelftestCase& one : selftest_cases()) {
                if (!one.more.verified) continue;
                JOUST_TRY(auto verification,
                          experiment::verify(rig, spec, std::string(one.label), *progress, interrupted));
                verifications.push_back(std::move(verification));
            }
            return {};
        });
    progress.reset();
    if (!outcome) return tl::unexpected(outcome.error());
    JOUST_TRY(const bool all, print_lines(*outcome, verifications, spec.benchmark.experiment));
    if (outcome->stopped_by) return tl::unexpected(*outcome->stopped_by);
    return all;
}

}  // namespace

ExitCode selftest(const SelftestCommand& command, const std::vector<std::string>& command_line) {
    if (command.list) return print_expected();
    catch_interruptions();
    const auto installation = find_installation();
    if (!installation) return complain(installation.error());
    const auto results = results_or_temporary(command.results);
    if (!results) return complain(results.error());
    const auto all = run_cases(*installation, results->path, command_line);
    const bool whole = all && *all;
    if (const Status kept = remove_or_tell(*results, whole); !kept) return complain(kept.error());
    if (!all) return complain(all.error());
    return whole ? ExitCode::done : ExitCode::failed;
}

}  // namespace joust::cli
