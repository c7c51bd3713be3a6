#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "model/finding.hpp"

// Findings in every JSON file that has some: the rule's code and its sentence.
namespace joust::report {

nlohmann::ordered_json findings_json(const std::vector<model::Finding>& findings);
nlohmann::ordered_json not_evaluated_json(const std::vector<model::NotEvaluated>& rules);

}  // namespace joust::report
