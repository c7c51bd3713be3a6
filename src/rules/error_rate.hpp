#pragma once

#include "model/finding.hpp"

namespace joust::rules {

/// How the requests of a trial or of a cell ended.
struct Endings {
    const model::RequestErrors& errors;
    const model::StatusCounts& statuses;
};

/// The error rate of a trial or a cell with its limit, the most frequent kind of error, and that most answers
/// are redirects, where they are.
model::ErrorShare error_share(double share, double limit, const Endings& endings);

}  // namespace joust::rules
