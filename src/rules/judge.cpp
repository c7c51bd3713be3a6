#include "rules/judge.hpp"

#include "rules/trial_rules.hpp"

namespace joust::rules {
namespace {

void add_generator_rules(model::Judgement& judgement, const GeneratorCase& load) {
    for (const GeneratorRule rule : generator_rules())
        add(judgement, rule(load));
}

}  // namespace

model::Judgement judge(const model::TrialResult& trial, const model::ExperimentSpec& experiment) {
    model::Judgement judgement;
    for (const TrialRule rule : trial_rules())
        add(judgement, rule(trial, experiment));
    const model::Party* generator = trial.party(model::Role::generator);
    add_generator_rules(judgement, {.samples = trial.samples,
                                    .generator = generator != nullptr ? generator->usage : model::Usage{},
                                    .load_model = trial.load_model});
    // Answers were checked, but rows and files were not counted against the contract.
    judgement.not_evaluated.push_back({model::Rule::effects, {}});
    judgement.validity = validity_of(judgement.findings);
    return judgement;
}

model::Judgement self_check(const GeneratorCase& load) {
    model::Judgement judgement;
    add_generator_rules(judgement, load);
    judgement.validity = validity_of(judgement.findings);
    return judgement;
}

}  // namespace joust::rules
