#include "rules/stood_still.hpp"

#include <algorithm>

namespace joust::rules {

Outcome stood_still(const model::TrialResult& trial) {
    const model::Samples& samples = trial.samples;
    if (!samples.silences) return model::NotEvaluated{model::Rule::stood_still, {}};
    const auto answers = static_cast<double>(samples.completed_in_window + samples.errors_in_window);
    if (answers == 0) return Holds{};
    const double pace_s = seconds(samples.window) / answers;
    model::StoodStill found;
    for (const model::Silence& silence : *samples.silences) {
        if (seconds(silence.length) < k_silence_to_pace * pace_s) continue;
        ++found.times;
        found.longest = std::max(found.longest, silence.length);
        found.total += silence.length;
    }
    if (found.times == 0 || seconds(found.total) > k_silent_share_max * seconds(samples.window))
        return Holds{};
    return model::Finding{.rule = model::Rule::stood_still, .facts = found};
}

}  // namespace joust::rules
