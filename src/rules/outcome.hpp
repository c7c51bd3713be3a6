#pragma once

#include <variant>

#include "model/finding.hpp"

namespace joust::rules {

/// The rule was evaluated and holds, or it does not apply.
struct Holds {};

/// What one rule says of one trial: it holds, it was broken, or there was no data to tell.
using Outcome = std::variant<Holds, model::Finding, model::NotEvaluated>;

/// Adds the outcome to a judgement, whose validity is left alone.
inline void add(model::Judgement& judgement, Outcome outcome) {
    if (auto* finding = std::get_if<model::Finding>(&outcome))
        judgement.findings.push_back(std::move(*finding));
    if (auto* silent = std::get_if<model::NotEvaluated>(&outcome)) judgement.not_evaluated.push_back(*silent);
}

}  // namespace joust::rules
