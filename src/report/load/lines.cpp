#include "report/load/lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "base/text_width.hpp"
#include "model/wording.hpp"
#include "report/table.hpp"
#include "report/words/rules.hpp"

namespace joust::report {
namespace {

constexpr std::size_t k_label = 15;
constexpr std::size_t k_columns = 80;

std::string kinds(const model::Samples& samples) {
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    };
    constexpr auto k_own = model::RequestErrorKind::generator;
    for (std::size_t kind = 0; kind < model::k_request_error_kinds; ++kind)
        if (static_cast<model::RequestErrorKind>(kind) != k_own)
            add(samples.errors.count[kind], name(static_cast<model::RequestErrorKind>(kind)));
    add(samples.requests.unfinished, "unfinished");
    text = text.empty() ? "none"
                        : fmt::format("{} of the requests: {}", model::percent(samples.error_rate()), text);
    if (samples.errors[k_own] > 0)
        text += fmt::format("; {} failed in the load generator (see self-check)",
                            model::counted(static_cast<std::int64_t>(samples.errors[k_own]), "more request"));
    return text;
}

// The first line of what came, at most `columns` wide.
std::string shortened(std::string_view detail, std::size_t columns) {
    const std::string_view text = trimmed(detail);
    const std::string line = printable(text.substr(0, text.find_first_of("\r\n")));
    const std::string_view fitting = cut_to_width(line, columns);
    return std::string(fitting) + (fitting.size() < line.size() ? "…" : "");
}

std::string example_text(const model::RequestErrorExample& example) {
    constexpr std::size_t k_most = 60;
    const std::string status = fmt::format("status {}", example.status);
    const std::string detail = shortened(example.detail, k_most);
    // Of a wrong status the detail itself says which.
    const bool said = example.status == 0 || example.detail.starts_with(status + " instead of ");
    return fmt::format("{}{}", said ? "" : status + ", ", detail.empty() ? "no body" : detail);
}

// At blanks, but "5 %" is one word.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (const std::string_view word : split(text, ' ')) {
        if (!words.empty() && word.starts_with('%'))
            words.back() = {words.back().data(), words.back().size() + 1 + word.size()};
        else
            words.push_back(word);
    }
    return words;
}

}  // namespace

std::string labelled(std::string_view label, std::string_view text) {
    std::string lines(label);
    lines.append(k_label - std::min(k_label, display_width(label)), ' ');
    std::size_t width = k_label;
    bool begins = true;  // a line
    for (const std::string_view word : words_of(text)) {
        const std::size_t length = display_width(word);
        if (!begins && width + 1 + length > k_columns) {
            lines.append("\n").append(k_label, ' ');
            width = k_label;
            begins = true;
        }
        if (!begins) lines += ' ';
        lines += word;
        width += length + (begins ? 0 : 1);
        begins = false;
    }
    return lines + '\n';
}

std::string error_lines(std::string_view label, const model::Samples& samples) {
    std::string text = labelled(label, kinds(samples));
    std::array<bool, model::k_request_error_kinds> shown{};
    for (const model::RequestErrorExample& example : samples.examples) {
        bool& seen = shown[static_cast<std::size_t>(example.kind)];
        if (seen || samples.errors[example.kind] == 0) continue;
        seen = true;
        text += labelled("", fmt::format("{}: {}", name(example.kind), example_text(example)));
    }
    return text;
}

std::string status_lines(std::string_view label, const model::StatusCounts& statuses) {
    return statuses.empty() ? "" : labelled(label, model::statuses_text(statuses));
}

std::string warning_lines(std::string_view label, const std::vector<model::Finding>& warnings) {
    std::string text;
    for (const model::Finding& warning : warnings)
        text += labelled(label, words::sentence(warning));
    return text;
}

std::string self_check_lines(std::string_view label, const model::Judgement& judgement) {
    std::string text = labelled(label, name(judgement.validity));
    for (const model::Finding& finding : judgement.findings)
        text += labelled("", words::sentence(finding));
    for (const model::NotEvaluated& rule : judgement.not_evaluated)
        text += labelled("", fmt::format("{} not evaluated: {}", code(rule.rule), words::sentence(rule)));
    return text;
}

std::string time_text(double nanoseconds, bool at_least) {
    return (at_least ? "≥ " : "") + model::duration_text(nanoseconds);
}

}  // namespace joust::report
