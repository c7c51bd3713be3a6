#pragma once

#include "base/file.hpp"
#include "model/benchmark.hpp"
#include "model/environment.hpp"
#include "model/trial_result.hpp"

namespace joust::experiment {

/// The directory of one run, the boundary between measuring and computing: results/<UTC time>_<benchmark>/.
class RunDirectory {
public:
    /// Makes the directory with its logs/ and histograms/; a second run within the same second gets "-2" and
    /// so on.
    static Result<RunDirectory> create(const Path& results, const std::string& benchmark, WallTime started);

    [[nodiscard]] const Path& path() const { return path_; }
    [[nodiscard]] Path logs() const { return path_ / "logs"; }

    Status write(const model::Benchmark& benchmark) const;
    Status write(const model::Environment& environment) const;
    /// Histograms first, then the line; both are on the disk when it returns. The first one makes
    /// results/latest point here.
    Status append(const model::TrialResult& trial);

private:
    RunDirectory(Path path, AppendFile trials) : path_(std::move(path)), trials_(std::move(trials)) {}
    Path path_;
    AppendFile trials_;
    bool latest_ = false;
};

/// Makes `results`/latest a symbolic link to the directory `run` beside it, replacing an older link in one
/// step.
Status point_latest_at(const Path& run);

}  // namespace joust::experiment
