#include "report/environment_facts.hpp"

namespace joust::report {

const model::ContenderFacts* facts_of(const model::Environment& environment, const std::string& contender) {
    for (const model::ContenderFacts& facts : environment.contenders)
        if (facts.name == contender) return &facts;
    return nullptr;
}

std::string title_of(const model::Environment& environment, const std::string& contender) {
    const model::ContenderFacts* facts = facts_of(environment, contender);
    return facts != nullptr && !facts->title.empty() ? facts->title : contender;
}

std::optional<double> statements_per_request(const model::Environment& environment,
                                             const std::string& contender) {
    const model::ContenderFacts* facts = facts_of(environment, contender);
    if (facts == nullptr || !facts->statements || facts->statements->requests == 0) return std::nullopt;
    return facts->statements->per_request();
}

}  // namespace joust::report
