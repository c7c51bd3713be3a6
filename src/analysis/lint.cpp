#include "analysis/lint.hpp"

#include <array>

#include "analysis/lint_declared.hpp"
#include "analysis/lint_observed.hpp"
#include "analysis/lint_operations.hpp"
#include "analysis/lint_settings.hpp"

namespace joust::analysis {
namespace {

// In the order of the kinds.
using Find = std::vector<model::Lint> (*)(const LintCase&);

constexpr std::array<Find, model::k_lint_kinds> k_finds{mixed_operations,      operation_order,
                                                        differing_connections, sessions_seen,
                                                        differing_workers,     differing_processes,
                                                        differing_threads,     threads_seen,
                                                        differing_notes,       differing_versions,
                                                        differing_recycling,   differing_keep_alive,
                                                        database_settings,     differing_constraints,
                                                        development,           printed,
                                                        new_connections,       new_database_connections,
                                                        differing_statements,  answer_sizes,
                                                        growing_answers,       growing_work,
                                                        constant_latency,      few_operations_per_user,
                                                        standstills,           threads_waiting};

}  // namespace

std::vector<std::string> compared_entrants(const LintCase& about) {
    std::vector<std::string> entrants;
    for (const std::string& entrant : about.comparison.entrants)
        if (entrant != about.comparison.again) entrants.push_back(entrant);
    return entrants;
}

const model::Cell* sound_cell(const LintCase& about, const std::string& entrant, std::int64_t level) {
    const model::Cell* cell = about.comparison.cell(entrant, level);
    return cell == nullptr || model::invalid(*cell) ? nullptr : cell;
}

std::vector<model::Lint> lint(const LintCase& about) {
    std::vector<model::Lint> all;
    for (const Find find : k_finds) {
        const std::vector<model::Lint> found = find(about);
        all.insert(all.end(), found.begin(), found.end());
    }
    return all;
}

}  // namespace joust::analysis
