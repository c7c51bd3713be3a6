#include "report/markdown.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/figure.hpp"
#include "report/findings.hpp"
#include "report/markdown_tables.hpp"
#include "report/markdown_text.hpp"
#include "report/recommendations.hpp"

namespace joust::report {
namespace {

std::string heading(std::string_view text) {
    return fmt::format("\n## {}\n\n", text);
}

// Nothing where the figure was not drawn, for want of a single point.
std::string picture(const RunReport& run, const std::string& quantity, std::string_view alternative) {
    const std::string name = quantity + "_vs_concurrency";
    const std::vector<Figure> drawn = figures(run.benchmark, run.environment, run.comparison);
    if (std::none_of(drawn.begin(), drawn.end(), [&](const Figure& figure) { return figure.name == name; }))
        return "";
    return fmt::format("\n![{}]({}.png)\n", alternative, name);
}

std::string bullets(const std::vector<std::string>& sentences, std::string_view otherwise) {
    if (sentences.empty()) return std::string(otherwise) + "\n";
    std::string text;
    for (const std::string& sentence : sentences)
        text += "- " + sentence + "\n";
    return text;
}

std::string summary(const RunReport& run) {
    const model::Comparison& comparison = run.comparison;
    std::string text = heading("Summary") + "**" + comparison.headline + "**\n";
    if (!comparison.warnings.empty()) {
        text += "\n";
        for (const std::string& warning : comparison.warnings)
            text += "> **Note:** " + warning + "\n>\n";
        text.resize(text.size() - 2);
    }
    if (!comparison.goodput.empty()) text += "\n" + ratio_table(run).markdown();
    text +=
        "\nHow to read it: a *ratio* is contender ÷ baseline, paired within blocks (both run at the same "
        "level, one right "
        "after the other, in random order); the brackets hold its 95 % interval, which there is from three "
        "pairs on. "
        "*Equivalent* means that the whole interval lies within ±" +
        model::percent(run.benchmark.experiment.margin) +
        "; *faster* and *slower*, that it excludes 1; *inconclusive*, neither. *Of valid results*: the same "
        "over "
        "the pairs "
        "in which neither result is suspect; where those are fewer than half of all, the verdict is *not "
        "decided*. A "
        "contender whose error rate exceeds " +
        model::percent(run.benchmark.experiment.error_rate_max) + " is *invalid* and never ranked.\n";
    return text;
}

std::string throughput(const RunReport& run) {
    return heading("Throughput") +
           "*Goodput* counts verified operations only: answered in time, status and body right. *Throughput* "
           "counts every "
           "answer and failure. Brackets: 95 % interval over the blocks.\n\n" +
           throughput_table(run).markdown() +
           picture(run, "throughput", "Verified operations per second over concurrency");
}

std::string latency(const RunReport& run) {
    return heading("Latency") +
           "*Response time* runs from the intended send to the last byte, over the requests that were due in "
           "the "
           "window: the successful ones, and at their age those that never ended. *p99*: 99 % of them took "
           "at "
           "most that long. A request sent before the window is in no figure, even if it waited through all "
           "of "
           "it. \"≥\" marks lower bounds: a figure that touches requests without an answer, or any of a "
           "result "
           "in which more time was spent in flight than the requests due in the window account for (Little's "
           "law fails: users starved). Brackets: 95 % interval over the trials, widened to hold the figure, "
           "which is of all their requests together.\n\n" +
           latency_table(run).markdown() +
           picture(run, "latency", "Response time percentiles over concurrency");
}

std::string resources(const RunReport& run) {
    return heading("Resources") +
           "*CPU* in cores: CPU seconds per second. *CPU/op*: CPU time per verified operation, user and "
           "system apart. "
           "*Memory* is anonymous memory (heap and stacks), without page cache; its peak is the largest "
           "sample of "
           "any trial. *Throttled*: share of the "
           "window in which a "
           "quota stopped the service. Contender, database and load generator are measured apart.\n\n" +
           resource_table(run).markdown() + picture(run, "cpu", "CPU in use over concurrency") +
           picture(run, "memory", "Memory of the service over concurrency");
}

// Rules without an answer, each with the cells that it is about unless those are all of them.
std::vector<std::string> unanswered(const RunReport& run) {
    struct Rule {
        std::string code;
        std::string text;
        std::vector<std::string> places;
    };
    std::vector<Rule> rules;
    for (const model::Cell& cell : run.comparison.cells)
        for (const model::Reason& reason : cell.judgement.not_evaluated) {
            auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& other) {
                return other.code == reason.code && other.text == reason.text;
            });
            if (rule == rules.end()) rule = rules.insert(rules.end(), {reason.code, reason.text, {}});
            rule->places.push_back(cell.contender + " " + at_level(run.benchmark, cell.level));
        }
    std::vector<std::string> sentences;
    for (const Rule& rule : rules) {
        const bool everywhere = rule.places.size() == run.comparison.cells.size();
        sentences.push_back(fmt::format("`{}`{}: {}", rule.code,
                                        everywhere ? "" : " (" + joined(rule.places, "; ") + ")",
                                        markdown_text(rule.text)));
    }
    return sentences;
}

std::string judgements(const RunReport& run) {
    std::vector<std::string> sentences;
    for (const model::Cell& cell : run.comparison.cells)
        for (const model::Reason& reason : cell.judgement.reasons)
            sentences.push_back(fmt::format("{} at {} ({}): {}", cell.contender,
                                            model::level_text(run.benchmark.load.model, cell.level),
                                            name(cell.judgement.validity), markdown_text(reason.text)));
    std::string text =
        "\n### Validity\n\n" + bullets(sentences, "Every trial is valid by every rule that was evaluated.");
    if (const auto rules = unanswered(run); !rules.empty())
        text += "\nRules that could not be evaluated:\n\n" + bullets(rules, "");
    return text;
}

// Of a wrong answer it is known when it ended, not when its request was due, by which the error table counts:
// one that ended after the window may be in the table, if its trial has any of the kind there.
enum class Counted { yes, perhaps, no };

Counted counted(const model::TrialResult& trial, const model::RequestErrorExample& example) {
    if (trial.samples.errors[example.kind] == 0 || example.since_window < Nanoseconds{0}) return Counted::no;
    return example.since_window <= trial.samples.window ? Counted::yes : Counted::perhaps;
}

std::string example_text(const RunReport& run, const model::TrialResult& trial,
                         const model::RequestErrorExample& example) {
    std::string when;
    if (example.since_window < Nanoseconds{0}) {
        when = fmt::format(", {} before the window", model::duration_text(-example.since_window));
    } else if (example.since_window > trial.samples.window) {
        when = fmt::format(", {} after the window",
                           model::duration_text(example.since_window - trial.samples.window));
    }
    if (counted(trial, example) == Counted::no) when += ", not counted above";
    return fmt::format("{} at {}, `{}`{}{}: {}", trial.plan.contender,
                       model::level_text(run.benchmark.load.model, trial.plan.level), name(example.kind),
                       example.status != 0 ? fmt::format(", status {}", example.status) : "", when,
                       code_span(example.detail));
}

// One wrong answer of each contender and kind: the first of those that were kept and that the error table
// counts; where it counts none, the first at all, with a word on that.
std::string examples(const RunReport& run) {
    struct Shown {
        std::string key;
        Counted counted;
        std::string text;
    };
    std::vector<Shown> all;
    for (const model::TrialResult& trial : run.trials)
        for (const model::RequestErrorExample& example : trial.samples.examples) {
            const std::string key = trial.plan.contender + std::string(name(example.kind));
            const Counted how = counted(trial, example);
            const auto known =
                std::find_if(all.begin(), all.end(), [&](const Shown& shown) { return shown.key == key; });
            if (known == all.end()) {
                all.push_back({key, how, example_text(run, trial, example)});
            } else if (how < known->counted) {
                *known = {key, how, example_text(run, trial, example)};
            }
        }
    std::vector<std::string> sentences;
    for (const Shown& shown : all)
        sentences.push_back(shown.text);
    return sentences.empty() ? "" : "\n### First wrong answer of each kind\n\n" + bullets(sentences, "");
}

std::string errors(const RunReport& run) {
    return heading("Errors") + error_table(run).markdown() +
           picture(run, "error_rate", "Error rate over concurrency") + judgements(run) + examples(run);
}

std::string repeat(const RunReport& run) {
    std::string command;
    for (const std::string& word : run.environment.command_line)
        command += (command.empty() ? "" : " ") + shell_word(word);
    std::string text = heading("How to repeat");
    text += fmt::format(
        "```sh\n{}git checkout {}\n{}\n```\n\n",
        run.environment.git_dirty ? "# the checkout had changes\n" : "",
        run.environment.git_commit.empty() ? "# (no git checkout)" : shell_word(run.environment.git_commit),
        command.empty() ? "joust run " + run.benchmark.name : command);
    text += fmt::format(
        "The seed {} decides the order of the trials. `joust report DIR` makes this report again from "
        "[trials.jsonl](trials.jsonl) (one line per trial) and [histograms/](histograms) (HdrHistogram "
        "interval logs). The "
        "benchmark as run: [benchmark.toml](benchmark.toml); host and versions: "
        "[environment.json](environment.json); all "
        "figures of this report: [{}]({}); pictures as gnuplot scripts and data: [figures/](figures)",
        run.benchmark.experiment.seed, k_results_file, k_results_file);
    // An example in a repository comes without them.
    if (std::filesystem::is_directory(run.directory / "logs"))
        text += "; what services and database printed: [logs/](logs)";
    return text + ".\n";
}

}  // namespace

std::string markdown(const RunReport& run) {
    std::string text = fmt::format("# {}\n", markdown_text(run.benchmark.title));
    text += summary(run);
    text += heading("Environment") + environment_table(run).markdown();
    text += heading("Architecture of each contender") + architecture_table(run).markdown();
    if (!run.comparison.cells.empty()) text += throughput(run) + latency(run) + resources(run) + errors(run);
    text += heading("Findings") + bullets(findings(run), "Nothing was measured, so nothing was found.");
    text += heading("Recommendations") +
            bullets(recommendations(run), "No recommendation follows from these numbers.");
    return text + repeat(run);
}

}  // namespace joust::report
