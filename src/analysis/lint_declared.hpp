#pragma once

#include "analysis/lint.hpp"

// Of the lint, what manifests, lock files, commands and tables say. Each finds one kind; without an
// environment none.
namespace joust::analysis {

std::vector<model::Lint> differing_connections(const LintCase& about);
std::vector<model::Lint> differing_workers(const LintCase& about);
std::vector<model::Lint> differing_threads(const LintCase& about);
/// One for each note that manifests have differently, also where one of them lacks it.
std::vector<model::Lint> differing_notes(const LintCase& about);
/// One for each package that two entrants have in different versions.
std::vector<model::Lint> differing_versions(const LintCase& about);
/// Where commands have a worker replaced after other numbers of requests, or one of them never.
std::vector<model::Lint> differing_recycling(const LintCase& about);
/// Where commands keep idle connections for other times, or one of them says nothing of it.
std::vector<model::Lint> differing_keep_alive(const LintCase& about);
/// Where the workload's tables have a constraint or an index with one entrant and not with another; each side
/// says in what it is not as most are. Nothing of those whose tables are not known.
std::vector<model::Lint> differing_constraints(const LintCase& about);
/// One for each entrant with such a switch in its command, in the environment that its manifest sets, or in
/// that of the benchmark.
std::vector<model::Lint> development(const LintCase& about);
/// Where one sends more than twice the statements of another; nothing where they were not counted of all.
std::vector<model::Lint> differing_statements(const LintCase& about);

/// What the environment has of an entrant; null where it is not known.
const model::ContenderFacts* known_facts(const LintCase& about, const std::string& entrant);

}  // namespace joust::analysis
