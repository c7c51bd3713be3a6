#include "report/judgement_json.hpp"

#include "report/words/rules.hpp"

namespace joust::report {
namespace {

template <typename Told>
nlohmann::ordered_json told(const std::vector<Told>& all) {
    auto list = nlohmann::ordered_json::array();
    for (const Told& one : all)
        list.push_back({{"code", model::code(one.rule)}, {"text", words::sentence(one)}});
    return list;
}

}  // namespace

nlohmann::ordered_json findings_json(const std::vector<model::Finding>& findings) {
    return told(findings);
}

nlohmann::ordered_json not_evaluated_json(const std::vector<model::NotEvaluated>& rules) {
    return told(rules);
}

}  // namespace joust::report
