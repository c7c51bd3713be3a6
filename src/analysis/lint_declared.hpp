#pragma once

#include "analysis/lint.hpp"

// Of the lint, what manifests, lock files and commands say. Each finds one kind; without an environment none.
namespace joust::analysis {

std::vector<model::Lint> differing_connections(const LintCase& about);
std::vector<model::Lint> differing_workers(const LintCase& about);
std::vector<model::Lint> differing_threads(const LintCase& about);
/// One for each note that manifests have differently, also where one of them lacks it.
std::vector<model::Lint> differing_notes(const LintCase& about);
/// One for each package that two entrants have in different versions.
std::vector<model::Lint> differing_versions(const LintCase& about);
/// One for each entrant with such a switch in its command, or in the environment that the benchmark sets.
std::vector<model::Lint> development(const LintCase& about);

}  // namespace joust::analysis
