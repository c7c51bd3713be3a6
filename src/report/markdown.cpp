#include "report/markdown.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/wording.hpp"
#include "report/cell_text.hpp"
#include "report/effects_table.hpp"
#include "report/equal_rate.hpp"
#include "report/markdown_tables.hpp"
#include "report/markdown_text.hpp"
#include "report/operation_table.hpp"
#include "report/words/capacity.hpp"
#include "report/words/explanations.hpp"
#include "report/words/findings.hpp"
#include "report/words/lint.hpp"
#include "report/words/recommendations.hpp"
#include "report/words/rules.hpp"
#include "report/words/verdicts.hpp"

namespace joust::report {
namespace {

std::string heading(std::string_view text) {
    return fmt::format("\n## {}\n\n", text);
}

// A run with the pictures that were drawn of it.
struct Pictured {
    const RunReport& run;
    const std::vector<Figure>& figures;
};

// Nothing where the figure was not drawn, for want of a single point.
std::string picture(const Pictured& pictured, const std::string& quantity, std::string_view alternative) {
    const std::string name = quantity + "_vs_concurrency";
    if (std::none_of(pictured.figures.begin(), pictured.figures.end(),
                     [&](const Figure& figure) { return figure.name == name; }))
        return "";
    return fmt::format("\n![{}]({}.png)\n", alternative, name);
}

std::string bullets(const std::vector<words::Prose>& sentences, std::string_view otherwise) {
    if (sentences.empty()) return std::string(otherwise) + "\n";
    std::string text;
    for (const words::Prose& sentence : sentences)
        text += "- " + marked(sentence) + "\n";
    return text;
}

// What may decide a ranking as much as what the contenders are named after stands before it.
std::string lint(const RunReport& run) {
    if (run.comparison.lints.empty()) return "";
    std::vector<words::Prose> sentences;
    for (const model::Lint& one : run.comparison.lints)
        sentences.emplace_back(words::sentence(one, run.benchmark));
    return heading("Before any verdict") + marked(words::about_lint()) + "\n\n" + bullets(sentences, "");
}

std::string summary(const RunReport& run) {
    std::string text = heading("Summary") + marked(words::strong(words::headline(run.comparison))) + "\n";
    if (const auto warnings = words::warnings(run.comparison); !warnings.empty()) {
        text += "\n";
        for (const std::string& warning : warnings)
            text += "> **Note:** " + marked(words::Prose(warning)) + "\n>\n";
        text.resize(text.size() - 2);
    }
    if (!run.comparison.ratios.empty()) text += "\n" + ratio_table(run).markdown();
    const bool some_interval =
        std::any_of(run.comparison.ratios.begin(), run.comparison.ratios.end(),
                    [](const model::PairedRatio& ratio) { return ratio.among_levels.has_value(); });
    if (run.comparison.levels.size() > 1 && some_interval) text += "\n" + level_ratio_table(run).markdown();
    return text + "\n" +
           marked(words::how_to_read_ratios(run.benchmark.experiment, !run.comparison.floors.empty())) + "\n";
}

std::string throughput(const Pictured& pictured) {
    return heading("Throughput") + marked(words::about_throughput()) + "\n\n" +
           throughput_table(pictured.run).markdown() +
           picture(pictured, "throughput", "Verified operations per second over concurrency");
}

// The law of each contender, with its intervals, or why there is none.
std::string capacity(const RunReport& run) {
    if (run.comparison.capacities.empty()) return "";
    std::vector<words::Prose> sentences;
    for (const model::Capacity& one : run.comparison.capacities)
        sentences.push_back(words::strong(one.entrant) + ": " + words::capacity(one) + ".");
    return heading("Capacity") + marked(words::about_capacity()) + "\n\n" + bullets(sentences, "");
}

std::string latency(const Pictured& pictured) {
    return heading("Latency") + marked(words::about_latency()) + "\n\n" +
           latency_table(pictured.run).markdown() +
           picture(pictured, "latency", "Response time percentiles over concurrency");
}

std::string resources(const Pictured& pictured) {
    return heading("Resources") + marked(words::about_resources()) + "\n\n" +
           resource_table(pictured.run).markdown() + picture(pictured, "cpu", "CPU in use over concurrency") +
           picture(pictured, "memory", "Memory of the service over concurrency");
}

std::string sessions(const RunReport& run) {
    const Table table = session_table(run);
    if (table.rows.empty()) return "";
    return heading("Sessions with the database") + marked(words::about_sessions()) + "\n\n" +
           table.markdown();
}

std::string work(const RunReport& run) {
    const Table table = work_table(run);
    if (table.rows.empty()) return "";
    return heading("Work per operation") + marked(words::about_work()) + "\n\n" + table.markdown();
}

// Rules without an answer, each with the cells that it is about unless those are all of them.
std::vector<words::Prose> unanswered(const RunReport& run) {
    struct Silent {
        model::Rule rule;
        std::string why;
        std::vector<std::string> places;
    };
    std::vector<Silent> rules;
    for (const model::Cell& cell : run.comparison.cells)
        for (const model::NotEvaluated& one : cell.judgement.not_evaluated) {
            const std::string why = words::sentence(one);
            auto known = std::find_if(rules.begin(), rules.end(), [&](const Silent& other) {
                return other.rule == one.rule && other.why == why;
            });
            if (known == rules.end()) known = rules.insert(rules.end(), {one.rule, why, {}});
            known->places.push_back(cell.entrant + " " + at_level(run.benchmark, cell.level));
        }
    std::vector<words::Prose> sentences;
    for (const Silent& one : rules) {
        const bool everywhere = one.places.size() == run.comparison.cells.size();
        sentences.push_back(
            words::code(code(one.rule)) +
            fmt::format("{}: {}", everywhere ? "" : " (" + joined(one.places, "; ") + ")", one.why));
    }
    return sentences;
}

std::string judgements(const RunReport& run) {
    std::vector<words::Prose> sentences;
    for (const model::Cell& cell : run.comparison.cells)
        for (const model::Finding& finding : cell.judgement.findings)
            sentences.emplace_back(fmt::format("{} at {} ({}): {}", cell.entrant,
                                               model::level_text(run.benchmark.load.model, cell.level),
                                               name(cell.judgement.validity), words::sentence(finding)));
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

words::Prose example_text(const RunReport& run, const model::TrialResult& trial,
                          const model::RequestErrorExample& example) {
    std::string when;
    if (example.since_window < Nanoseconds{0}) {
        when = fmt::format(", {} before the window", model::duration_text(-example.since_window));
    } else if (example.since_window > trial.samples.window) {
        when = fmt::format(", {} after the window",
                           model::duration_text(example.since_window - trial.samples.window));
    }
    if (counted(trial, example) == Counted::no) when += ", not counted above";
    return fmt::format("{} at {}, ", trial.plan.entrant,
                       model::level_text(run.benchmark.load.model, trial.plan.level)) +
           words::code(name(example.kind)) +
           fmt::format("{}{}: ", example.status != 0 ? fmt::format(", status {}", example.status) : "",
                       when) +
           words::code(example.detail);
}

// One wrong answer of each contender and kind: the first of those that were kept and that the error table
// counts; where it counts none, the first at all, with a word on that.
std::string examples(const RunReport& run) {
    struct Shown {
        std::string key;
        Counted counted;
        words::Prose text;
    };
    std::vector<Shown> all;
    for (const model::TrialResult& trial : run.trials)
        for (const model::RequestErrorExample& example : trial.samples.examples) {
            const std::string key = trial.plan.entrant + std::string(name(example.kind));
            const Counted how = counted(trial, example);
            const auto known =
                std::find_if(all.begin(), all.end(), [&](const Shown& shown) { return shown.key == key; });
            if (known == all.end()) {
                all.push_back({key, how, example_text(run, trial, example)});
            } else if (how < known->counted) {
                *known = {key, how, example_text(run, trial, example)};
            }
        }
    std::vector<words::Prose> sentences;
    for (const Shown& shown : all)
        sentences.push_back(shown.text);
    return sentences.empty() ? "" : "\n### First wrong answer of each kind\n\n" + bullets(sentences, "");
}

std::string errors(const Pictured& pictured) {
    return heading("Errors") + error_table(pictured.run).markdown() +
           picture(pictured, "error_rate", "Error rate over concurrency") + judgements(pictured.run) +
           examples(pictured.run);
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
    const bool with_logs = std::filesystem::is_directory(run.directory / "logs");
    return text + marked(words::about_repeating(run, with_logs)) + "\n";
}

std::vector<words::Prose> found(const RunReport& run) {
    std::vector<words::Prose> sentences;
    for (const words::Statement& statement : words::findings(run))
        sentences.push_back(words::prose(statement));
    return sentences;
}

}  // namespace

std::string markdown(const RunReport& run, const std::vector<Figure>& figures) {
    const Pictured pictured{run, figures};
    std::string text = fmt::format("# {}\n", markdown_text(run.benchmark.title));
    text += lint(run) + summary(run);
    text += heading("Environment") + environment_table(run).markdown();
    text += heading("Architecture of each contender") + architecture_table(run).markdown();
    if (!run.comparison.cells.empty())
        text += throughput(pictured) + capacity(run) + latency(pictured) + operations_section(run) +
                resources(pictured) + sessions(run) + work(run) + equal_rate_section(run) +
                effects_section(run) + errors(pictured);
    text += heading("Findings") + bullets(found(run), "Nothing was measured, so nothing was found.");
    text += heading("Recommendations") +
            bullets(words::recommendations(run), "No recommendation follows from these numbers.");
    return text + repeat(run);
}

}  // namespace joust::report
