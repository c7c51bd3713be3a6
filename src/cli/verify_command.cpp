#include <algorithm>

#include "analysis/next_trials.hpp"
#include "base/directory.hpp"
#include "base/text.hpp"
#include "base/tree.hpp"
#include "cli/commands.hpp"
#include "cli/output_files.hpp"
#include "cli/run_spec.hpp"
#include "cli/signals.hpp"
#include "cli/temporary.hpp"
#include "experiment/experiment.hpp"
#include "experiment/verify.hpp"
#include "host/user.hpp"
#include "report/verification.hpp"
#include "rules/judge.hpp"
#include "rules/verification.hpp"
#include "terminal/progress.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::cli {
namespace {

// One short trial of each entrant shows what its requests do; so few users saturate nothing, and so many
// share transactions and syncs where an entrant does that.
constexpr std::array k_short_trial{
    "load.model = \"closed\"",
    "load.levels = [8]",
    "load.duration = \"3s\"",
    "load.warmup = { min = \"1s\", max = \"3s\" }",
    "experiment.blocks = { min = 1, max = 1 }",
    "experiment.calibration = false",
    "experiment.equal_rate = false",
};

Result<experiment::RunSpec> read_verification(const VerifyCommand& command, const Installation& installation,
                                              const Path& results) {
    RunCommand run{.benchmark = command.benchmark,
                   .resume = {},
                   .profile = {},
                   .assignments = {k_short_trial.begin(), k_short_trial.end()},
                   .limits_off = command.limits_off,
                   .plan_only = false,
                   .port = {},
                   .results = results,
                   .json = {}};
    run.assignments.insert(run.assignments.end(), command.assignments.begin(), command.assignments.end());
    JOUST_TRY(experiment::RunSpec spec, read_run(run, installation));
    spec.one_by_one = true;
    return spec;
}

struct Seen {
    experiment::Outcome outcome;
    std::vector<model::Verification> verifications;  ///< of the entrants, in their order
};

Result<Seen> look(const experiment::RunSpec& spec) {
    const auto interrupted = [] { return interruption() != 0; };
    auto progress = terminal::make_progress(terminal::screen(), spec.benchmark);
    std::vector<model::Verification> verifications;
    auto outcome = experiment::run_experiment(
        spec, *progress, interrupted,
        [](const model::Benchmark& benchmark, const std::vector<model::TrialResult>& finished) {
            return analysis::next_trials(benchmark, finished);
        },
        [&](experiment::Rig& rig) -> Status {
            for (const model::Entrant& entrant : spec.benchmark.entrants) {
                JOUST_TRY(auto one, experiment::verify(rig, spec, entrant.label, *progress, interrupted));
                verifications.push_back(std::move(one));
            }
            return {};
        });
    progress.reset();  // its live line must be gone before anything else is printed
    if (!outcome) return tl::unexpected(outcome.error());
    if (outcome->stopped_by) return tl::unexpected(*outcome->stopped_by);
    for (model::TrialResult& trial : outcome->trials)
        for (const model::Verification& one : verifications)
            if (one.entrant == trial.plan.entrant) trial.single_requests = one.single;
    return Seen{std::move(*outcome), std::move(verifications)};
}

std::optional<model::StatementCount> statements_of(const Seen& seen, const std::string& entrant) {
    for (const model::ContenderFacts& facts : seen.outcome.environment.contenders)
        if (facts.name == entrant) return facts.statements;
    return std::nullopt;
}

// Prints and writes what was seen; the worst that was.
Result<model::Proof> conclude(const VerifyCommand& command, const experiment::RunSpec& spec,
                              const Seen& seen) {
    std::vector<model::Judgement> judgements;
    for (const model::TrialResult& trial : seen.outcome.trials)
        judgements.push_back(rules::judge(trial, spec.benchmark.experiment));
    std::vector<report::VerifiedEntrant> entrants;
    model::Proof worst = model::Proof::proven;
    for (const model::Verification& one : seen.verifications)
        for (std::size_t i = 0; i < judgements.size(); ++i) {
            const model::TrialResult& trial = seen.outcome.trials[i];
            if (trial.plan.entrant != one.entrant) continue;
            const model::Proof proof = rules::proof(judgements[i], one);
            worst = std::max(worst, proof);
            entrants.push_back({.trial = trial,
                                .judgement = judgements[i],
                                .verification = one,
                                .proof = proof,
                                .misdeeds = rules::misdeeds(one),
                                .statements = statements_of(seen, one.entrant)});
        }
    const std::string json = report::verification_json(entrants).dump(2) + "\n";
    JOUST_TRY(const Directory run, Directory::open(seen.outcome.run_directory));
    JOUST_CHECK(run.write(report::k_verification_file, json));
    if (command.json != "-")
        JOUST_CHECK(
            terminal::print_text(printable_lines(report::verification_text(spec.benchmark.title, entrants))));
    if (!command.json.empty()) JOUST_CHECK(write_output(command.json, json));
    return worst;
}

Result<model::Proof> verify_in(const VerifyCommand& command, const Installation& installation,
                               const Path& results, const std::vector<std::string>& command_line) {
    auto spec = [&]() -> Result<experiment::RunSpec> {
        const EndsAtOnce at_once;
        const std::array<NamedFile, 1> outputs{{{"--json", command.json}}};
        const std::array<NamedFile, 1> inputs{{{"benchmark", command.benchmark}}};
        JOUST_CHECK(check_output_files(outputs, inputs));
        return read_verification(command, installation, results);
    }();
    if (!spec) return tl::unexpected(spec.error());
    spec->about = about(installation, command_line);
    JOUST_TRY(const Seen seen, look(*spec));
    return conclude(command, *spec, seen);
}

}  // namespace

ExitCode verify(const VerifyCommand& command, const std::vector<std::string>& command_line) {
    catch_interruptions();
    const auto installation = find_installation();
    if (!installation) return complain(installation.error());
    const auto results = results_or_temporary(command.results);
    if (!results) return complain(results.error());
    const auto proof = verify_in(command, *installation, results->path, command_line);
    const bool sound = proof && *proof != model::Proof::missed;
    if (const Status kept = remove_or_tell(*results, sound); !kept) return complain(kept.error());
    if (!proof) return complain(proof.error());
    return sound ? ExitCode::done : ExitCode::not_comparable;
}

}  // namespace joust::cli
