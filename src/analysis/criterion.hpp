#pragma once

#include "model/criterion.hpp"
#include "model/samples.hpp"

namespace joust::analysis {

/// The value that the criterion looks at, of the samples; `timeout` is the one that they were measured with.
model::FoundValue found(const model::Criterion& criterion, const model::Samples& samples,
                        Nanoseconds timeout);
/// Whether a result fails, or cannot be known not to: a lower bound may be above any limit.
bool missed(const model::Criterion& criterion, const model::FoundValue& found);

}  // namespace joust::analysis
