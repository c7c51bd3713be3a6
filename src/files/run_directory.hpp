#pragma once

#include "base/directory.hpp"
#include "model/benchmark.hpp"
#include "model/environment.hpp"
#include "model/trial_result.hpp"

namespace joust::files {

/// The directory of one run, the boundary between measuring and computing: results/<UTC time>_<benchmark>/.
/// It is held open, so that whoever owns results/ cannot lead what is written elsewhere.
class RunDirectory {
public:
    /// Makes the directory with its logs/ and histograms/; a second run within the same second gets "-2" and
    /// so on.
    static Result<RunDirectory> create(const Path& results, const std::string& benchmark, WallTime started);

    [[nodiscard]] const Path& path() const { return run_.path(); }
    /// The folder logs/ that create() made, by way of its open descriptor: whoever renames it or puts a link
    /// in its place leads nothing elsewhere. Valid in this process while this object lives.
    [[nodiscard]] Path logs() const { return fmt::format("/proc/self/fd/{}", logs_.fd()); }

    Status write(const model::Benchmark& benchmark) const;
    Status write(const model::Environment& environment) const;
    /// Histograms first, then the line; both are on the disk when it returns. The first one makes
    /// results/latest point here.
    Status append(const model::TrialResult& trial);

private:
    RunDirectory(Directory parent, Directory run, Directory logs, AppendFile trials)
        : parent_(std::move(parent)),
          run_(std::move(run)),
          logs_(std::move(logs)),
          trials_(std::move(trials)) {}
    Directory parent_;
    Directory run_;
    Directory logs_;
    AppendFile trials_;
    bool latest_ = false;
};

}  // namespace joust::files
