#pragma once

#include <functional>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "model/files_by_answer.hpp"
#include "model/workload.hpp"

namespace joust::experiment {

/// Requests of one user, one after the other, to a service that has nothing else to do.
struct FileRequests {
    std::optional<Path> folder;  ///< the service's scratch folder; empty where it is out of reach
    int count = 0;
    std::function<model::FileEffects(int)> declared;  ///< by the request of this number
    std::function<Status(int)> ask;                   ///< returns as the answer is there
};

/// What of each request had been done to files when its answer was there. Where it can be, opening a file
/// takes longer meanwhile, for whoever opens it. Errors: unsupported (nothing could be told of them); those
/// of `ask`.
Result<model::FilesByAnswer> files_by_answer(const FileRequests& requests);

}  // namespace joust::experiment
