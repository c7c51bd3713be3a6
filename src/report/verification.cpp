#include "report/verification.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/text.hpp"
#include "files/single_requests_json.hpp"
#include "model/wording.hpp"
#include "report/effects_table.hpp"
#include "report/judgement_json.hpp"
#include "report/table.hpp"
#include "report/words/effects.hpp"
#include "report/words/files.hpp"
#include "report/words/rules.hpp"
#include "report/words/single_requests.hpp"
#include "report/words/verification.hpp"

namespace joust::report {
namespace {

using model::ObservedEffects;

// One line of the table: a title, what the contract says, and what an entrant did.
struct Line {
    std::string title;
    std::string contract;
    std::function<std::string(const VerifiedEntrant&)> observed;
};

constexpr const char* k_unknown = "–";

const ObservedEffects* counted_effects(const VerifiedEntrant& entrant) {
    const auto& effects = entrant.trial.effects;
    return effects && effects->declared() && effects->not_read.empty() ? &*effects : nullptr;
}

// Of the first entrant that has it; a benchmark has one workload.
template <typename Part>
auto first_of(const std::vector<VerifiedEntrant>& entrants, Part part) {
    for (const VerifiedEntrant& entrant : entrants)
        if (const auto* found = part(entrant)) return found;
    return decltype(part(entrants.front())){nullptr};
}

// Of a kind of change that a trial does not tell.
std::string changed_one_by_one(const VerifiedEntrant& entrant, const std::string& table, std::size_t kind) {
    const auto& single = entrant.verification.single;
    if (!single || !single->rows) return k_unknown;
    const auto found = single->rows->rows.find(table);
    const model::RowEffects rows = found == single->rows->rows.end() ? model::RowEffects{} : found->second;
    return words::per_request(model::count(rows, model::k_row_changes.at(kind)), single->rows->requests);
}

void add_rows(std::vector<Line>& lines, const ObservedEffects& contract) {
    constexpr std::array kinds{"inserted", "updated", "deleted"};
    for (const auto& [table, rows] : contract.contract) {
        const std::array counts{rows.inserted, rows.updated, rows.deleted};
        for (std::size_t kind = 0; kind < kinds.size(); ++kind)
            lines.push_back({fmt::format("rows of {} {}", table, kinds.at(kind)),
                             std::to_string(counts.at(kind)),
                             [name = table, kind](const VerifiedEntrant& entrant) {
                                 const ObservedEffects* const effects = counted_effects(entrant);
                                 if (effects == nullptr) return std::string(k_unknown);
                                 if (const auto known = changed_rows(*effects, name).at(kind))
                                     return words::per_request(*known, effects->acknowledged);
                                 return changed_one_by_one(entrant, name, kind);
                             }});
    }
}

void add_log(std::vector<Line>& lines, const std::vector<VerifiedEntrant>& entrants) {
    const ObservedEffects* const contract = first_of(entrants, counted_effects);
    if (contract == nullptr) return;
    lines.push_back(
        {"transactions", contract->transactions > 0 ? std::to_string(contract->transactions) : k_unknown,
         [](const VerifiedEntrant& entrant) {
             const ObservedEffects* const effects = counted_effects(entrant);
             if (effects == nullptr) return std::string(k_unknown);
             return words::per_request(static_cast<std::int64_t>(effects->commits()), effects->acknowledged);
         }});
    add_rows(lines, *contract);
}

const model::Audit* audit_of(const VerifiedEntrant& entrant) {
    return entrant.trial.audit ? &*entrant.trial.audit : nullptr;
}

void add_audit(std::vector<Line>& lines, const std::vector<VerifiedEntrant>& entrants) {
    const model::Audit* const contract = first_of(entrants, audit_of);
    if (contract == nullptr) return;
    std::string wanted = fmt::format("{} of {}", contract->rows_left, contract->table);
    for (const auto& [column, value] : contract->values)
        wanted += fmt::format(", {} = {}", column, value);
    lines.push_back({"rows left, by request", wanted, [](const VerifiedEntrant& entrant) {
                         const model::Audit* const audit = audit_of(entrant);
                         if (audit == nullptr) return std::string(k_unknown);
                         return audit->problem.empty() ? words::audited_text(*audit) : audit->problem;
                     }});
}

const model::ObservedFiles* files_of(const VerifiedEntrant& entrant) {
    const auto& files = entrant.trial.files;
    return files && files->declared() ? &*files : nullptr;
}

void add_files(std::vector<Line>& lines, const std::vector<VerifiedEntrant>& entrants) {
    const model::ObservedFiles* const contract = first_of(entrants, files_of);
    if (contract == nullptr) return;
    for (const model::FileDeed deed : model::k_file_deeds)
        lines.push_back({fmt::format("files {}", name(deed)),
                         std::to_string(model::count(contract->contract, deed)),
                         [deed](const VerifiedEntrant& entrant) {
                             const model::ObservedFiles* const files = files_of(entrant);
                             if (files == nullptr || !files->evaluated()) return std::string(k_unknown);
                             return words::files_per_request(*files, deed);
                         }});
}

// `part` gives a pointer to what was tried of a verification, or null.
template <typename Part, typename Text>
void add_tried(std::vector<Line>& lines, const std::vector<VerifiedEntrant>& entrants, const char* title,
               const std::string& contract, Part part, Text text) {
    const auto known = [&](const VerifiedEntrant& entrant) { return part(entrant.verification) != nullptr; };
    if (std::none_of(entrants.begin(), entrants.end(), known)) return;
    lines.push_back({title, contract, [part, text](const VerifiedEntrant& entrant) {
                         const auto* const tried = part(entrant.verification);
                         return tried != nullptr ? text(*tried) : std::string(k_unknown);
                     }});
}

const model::SlowCommits* slow_commits(const model::Verification& one) {
    return one.slow_commits ? &*one.slow_commits : nullptr;
}
const model::Audit* crash(const model::Verification& one) {
    return one.crash ? &*one.crash : nullptr;
}
const model::FilesByAnswer* files_by_answer(const model::Verification& one) {
    return one.files ? &*one.files : nullptr;
}
const model::OneByOne* single_rows(const model::Verification& one) {
    return one.single && one.single->rows ? &*one.single->rows : nullptr;
}
const model::CommitSyncs* single_syncs(const model::Verification& one) {
    return one.single && one.single->syncs ? &*one.single->syncs : nullptr;
}

std::vector<Line> lines_of(const std::vector<VerifiedEntrant>& entrants) {
    std::vector<Line> lines;
    lines.push_back({"requests answered rightly", k_unknown, [](const VerifiedEntrant& entrant) {
                         return std::to_string(entrant.trial.samples.completed_in_window);
                     }});
    add_log(lines, entrants);
    add_audit(lines, entrants);
    add_files(lines, entrants);
    add_tried(lines, entrants, "as the contract, one by one", "all", single_rows, words::one_by_one_text);
    add_tried(lines, entrants, "answered when durable", "all", slow_commits, words::slow_commits_text);
    add_tried(lines, entrants, "files done when answered", "all", files_by_answer,
              words::files_by_answer_text);
    add_tried(lines, entrants, "left after a crash", "all", crash, words::audited_text);
    add_tried(lines, entrants, "syncs of files", "one a transaction", single_syncs,
              [](const model::CommitSyncs& syncs) {
                  return words::per_request(static_cast<std::int64_t>(syncs.syncs), syncs.requests);
              });
    if (std::any_of(entrants.begin(), entrants.end(), [](const auto& one) { return one.statements; }))
        lines.push_back({"SQL statements", k_unknown, [](const VerifiedEntrant& entrant) {
                             if (!entrant.statements) return std::string(k_unknown);
                             return words::per_request(
                                 static_cast<std::int64_t>(entrant.statements->statements),
                                 entrant.statements->requests);
                         }});
    lines.push_back(
        {"effects", "", [](const VerifiedEntrant& entrant) { return words::proof_text(entrant.proof); }});
    return lines;
}

// Why rows and transactions of the trial are not known, and what single requests did not tell.
void add_reasons(std::vector<std::string>& sentences, const VerifiedEntrant& entrant) {
    const auto& effects = entrant.trial.effects;
    if (effects && effects->declared() && !effects->not_read.empty())
        sentences.push_back(words::not_counted_text(effects->not_read));
    const auto& left = entrant.judgement.not_evaluated;
    const bool told = std::any_of(left.begin(), left.end(), [](const model::NotEvaluated& one) {
        return one.rule == model::Rule::effects && one.in_counters && one.single;
    });
    if (told || !entrant.verification.single) return;
    for (const model::NotTried& one : entrant.verification.single->left_out)
        sentences.push_back(words::not_tried_text(one));
}

// Whatever is not as it should be, or not known.
std::vector<std::string> sentences_of(const VerifiedEntrant& entrant) {
    std::vector<std::string> sentences;
    for (const model::Finding& finding : entrant.judgement.findings)
        if (finding.effects().worst() == model::Effect::voids) sentences.push_back(words::sentence(finding));
    for (const model::Misdeed misdeed : entrant.misdeeds)
        sentences.push_back(words::misdeed_text(misdeed, entrant.verification));
    for (const model::NotEvaluated& left : entrant.judgement.not_evaluated)
        if (left.rule == model::Rule::effects && entrant.proof != model::Proof::proven)
            sentences.push_back(words::sentence(left));
    add_reasons(sentences, entrant);
    for (const model::NotTried& left : entrant.verification.left_out)
        sentences.push_back(words::not_tried_text(left));
    return sentences;
}

nlohmann::ordered_json crash_json(const model::Audit& audit) {
    return {{"acknowledged", audit.acknowledged()},
            {"right", audit.right},
            {"lost", audit.lost},
            {"partial", audit.partial},
            {"duplicate", audit.duplicate},
            {"wrong_values", audit.wrong_values}};
}

}  // namespace

std::string verification_text(const std::string& title, const std::vector<VerifiedEntrant>& entrants) {
    Table table{{{"each request", Align::left}, {"contract", Align::left}}, {}};
    for (const VerifiedEntrant& entrant : entrants)
        table.columns.push_back({entrant.verification.entrant, Align::left});
    for (const Line& line : lines_of(entrants)) {
        std::vector<std::string> row{line.title, line.contract};
        for (const VerifiedEntrant& entrant : entrants)
            row.push_back(line.observed(entrant));
        table.rows.push_back(std::move(row));
    }
    std::string text = fmt::format("{}\n\n{}", title, table.plain());
    for (const VerifiedEntrant& entrant : entrants)
        for (const std::string& sentence : sentences_of(entrant))
            text += fmt::format("\n{}: {}.", entrant.verification.entrant, sentence);
    return text + (text.back() == '\n' ? "" : "\n");
}

nlohmann::ordered_json verification_json(const std::vector<VerifiedEntrant>& entrants) {
    auto list = nlohmann::ordered_json::array();
    for (const VerifiedEntrant& entrant : entrants) {
        const model::Verification& one = entrant.verification;
        nlohmann::ordered_json json{{"entrant", one.entrant}, {"effects", model::name(entrant.proof)}};
        json["slow_commits"] = files::JsonWriter::encoded(one.slow_commits);
        json["crash"] = one.crash ? crash_json(*one.crash) : nullptr;
        const model::SingleRequests single = one.single.value_or(model::SingleRequests{});
        json["syncs"] = files::JsonWriter::encoded(single.syncs);
        json["one_by_one"] = files::JsonWriter::encoded(single.rows);
        json["files_by_answer"] = one.files ? nlohmann::ordered_json{{"requests", one.files->requests},
                                                                     {"in_time", one.files->in_time},
                                                                     {"late", one.files->late},
                                                                     {"held_up", one.files->held_up}}
                                            : nullptr;
        json["statements_per_request"] =
            entrant.statements ? nlohmann::ordered_json(entrant.statements->per_request()) : nullptr;
        auto texts = nlohmann::ordered_json::array();
        for (const std::string& sentence : sentences_of(entrant))
            texts.push_back(sentence);
        json["texts"] = std::move(texts);
        json["findings"] = findings_json(entrant.judgement.findings);
        json["not_evaluated"] = not_evaluated_json(entrant.judgement.not_evaluated);
        list.push_back(std::move(json));
    }
    return {{"schema_version", 1}, {"entrants", std::move(list)}};
}

}  // namespace joust::report
