#include "model/finding.hpp"

#include <algorithm>
#include <array>

namespace joust::model {

std::string_view name(Validity validity) {
    constexpr std::array<std::string_view, 3> names{"valid", "suspect", "invalid"};
    return names[static_cast<std::size_t>(validity)];
}

bool Judgement::has(Rule rule) const {
    return std::any_of(findings.begin(), findings.end(),
                       [rule](const Finding& finding) { return finding.rule == rule; });
}

Validity validity_of(const std::vector<Finding>& findings) {
    Effect worst = Effect::none;
    for (const Finding& finding : findings)
        worst = std::max(worst, finding.effects().worst());
    if (has_effect(findings, Effect::voids, Aspect::goodput)) return Validity::invalid;
    return worst >= Effect::doubts ? Validity::suspect : Validity::valid;
}

bool has_effect(const std::vector<Finding>& findings, Effect effect, Aspect aspect) {
    return std::any_of(findings.begin(), findings.end(),
                       [=](const Finding& finding) { return finding.effects().on(aspect) == effect; });
}

bool users_starve(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.rule == Rule::littles_law && finding.effects().latency == Effect::bounds;
    });
}

Fault fault_of(const std::vector<Finding>& findings) {
    const auto voids = [](const Finding& finding) { return finding.effects().goodput == Effect::voids; };
    const bool several = std::count_if(findings.begin(), findings.end(), voids) > 1;
    Fault gravest = Fault::none;
    for (const Finding& finding : findings)
        if (voids(finding) && !(several && finding.rule == Rule::few_operations))
            gravest = std::max(gravest, row(finding.rule).fault);
    return gravest;
}

}  // namespace joust::model
