#pragma once

#include "analysis/lint.hpp"

namespace joust::analysis {

/// One for each setting that role or database of one entrant have of their own in the server, and those of
/// another have not, or otherwise. Of invalid trials nothing is taken.
std::vector<model::Lint> database_settings(const LintCase& about);

}  // namespace joust::analysis
