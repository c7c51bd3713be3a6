#pragma once

#include "analysis/lint.hpp"

// Of the lint, what trials and cells show. Each finds one kind; of invalid ones nothing is taken.
namespace joust::analysis {

/// For all entrants, where one had more sessions with the database than its manifest declares connections.
std::vector<model::Lint> sessions_seen(const LintCase& about);
/// For all entrants, where more processes ran of one, or are declared, than of another; that one of them only
/// starts the others, as an arbiter does, is no difference.
std::vector<model::Lint> differing_processes(const LintCase& about);
/// For all entrants, where one ran more threads than one for each process and those that serve requests.
std::vector<model::Lint> threads_seen(const LintCase& about);
/// Where one prints a line for each operation and another does not.
std::vector<model::Lint> printed(const LintCase& about);
/// One for all entrants whose connections do not last.
std::vector<model::Lint> new_connections(const LintCase& about);
/// One for all entrants whose sessions with the database do not last, by the server's own count.
std::vector<model::Lint> new_database_connections(const LintCase& about);
/// At the level at which they differ most.
std::vector<model::Lint> answer_sizes(const LintCase& about);
/// One for each entrant whose answers are longer at the highest level than at the lowest.
std::vector<model::Lint> growing_answers(const LintCase& about);
std::vector<model::Lint> growing_work(const LintCase& about);
/// One for each entrant, at its lowest such level.
std::vector<model::Lint> constant_latency(const LintCase& about);
/// One for all entrants; each at the level at which it is the fewest.
std::vector<model::Lint> few_operations_per_user(const LintCase& about);

/// One for each entrant that stood still, with the level at which that was longest.
std::vector<model::Lint> standstills(const LintCase& about);
/// One for each entrant whose threads waited for a CPU all along, nearly one more than those that serve by
/// the manifest can be; with the level at which they were the most.
std::vector<model::Lint> threads_waiting(const LintCase& about);

}  // namespace joust::analysis
