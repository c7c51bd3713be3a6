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
/// Does not know of wrong ids.
model::ErrorShare error_share(double share, double limit, const Endings& endings);

/// Most wrong answers have another text where their request's id has to stand: of all over the whole run.
bool mostly_wrong_ids(const std::vector<model::IssuedIds>& ids);

}  // namespace joust::rules
