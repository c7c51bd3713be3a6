#pragma once

#include <optional>

#include "base/directory.hpp"
#include "files/diagnostics.hpp"
#include "files/trial_json.hpp"
#include "model/benchmark.hpp"
#include "model/environment.hpp"
#include "model/trial_result.hpp"
#include "model/workload.hpp"

namespace joust::files {

inline constexpr const char* k_benchmark_file = "benchmark.toml";
inline constexpr const char* k_workload_file = "workload.toml";

/// The directory of one run, the boundary between measuring and computing: results/<UTC time>_<benchmark>/.
/// It is held open, so that whoever owns it or results/ cannot lead what is read or written elsewhere.
class RunDirectory {
public:
    /// Makes the directory with its logs/ and histograms/; a second run within the same second gets "-2" and
    /// so on. Where that fails, nothing of it is left.
    static Result<RunDirectory> create(const Path& results, const std::string& benchmark, WallTime started);
    /// Opens a run to read it, or to write what is computed from it. bad_input where it is no run's directory
    /// or the run ended before its first trial.
    static Result<RunDirectory> open(const Path& path);
    /// Opens a run to add trials to it; a last line that was cut off when joust was killed is removed.
    static Result<RunDirectory> resume(const Path& path);

    [[nodiscard]] const Path& path() const { return run_.path(); }
    [[nodiscard]] const Directory& directory() const { return run_; }
    /// The folder logs/ of a run that was created or resumed, by way of its open descriptor: whoever renames
    /// it or puts a link in its place leads nothing elsewhere. Valid in this process while this object lives.
    [[nodiscard]] Path logs() const { return fmt::format("/proc/self/fd/{}", writer_->logs.fd()); }

    /// Whether anything was printed to a file in logs(). Only for a run that was created or resumed.
    [[nodiscard]] bool has_logs() const;
    /// Removes the directory, and of results/ what create() made and nothing else is in. Only for a run that
    /// was created.
    [[nodiscard]] Status remove() const;

    Status write(const model::Benchmark& benchmark) const;
    Status write(const model::Workload& workload) const;
    Status write(const model::Environment& environment) const;
    /// Histograms first, then the line; both are on the disk when it returns. The first one makes
    /// results/latest point here. Only for a run that was created or resumed.
    Status append(const model::TrialResult& trial);

    /// Empty where it has mistakes, which go to `diagnostics`.
    std::optional<model::Benchmark> read_benchmark(Diagnostics& diagnostics) const;
    /// Empty where it has mistakes, which go to `diagnostics`; runs of earlier versions have no such file.
    std::optional<model::Workload> read_workload(Diagnostics& diagnostics) const;
    [[nodiscard]] Result<model::Environment> read_environment() const;
    [[nodiscard]] Result<StoredTrials> read_trials() const;

private:
    struct Writer {
        Directory parent;
        Directory logs;
        AppendFile trials;
        Path made = {};  ///< the topmost directory above this one that was made for it; empty: none
        bool latest = false;
    };
    explicit RunDirectory(Directory run) : run_(std::move(run)) {}
    static Result<RunDirectory> create_in(const Path& results, const std::string& name, const Path& made);
    /// Takes `parent` where it succeeds, and only there.
    Status make_writer(Directory& parent, Path made);

    Directory run_;
    std::optional<Writer> writer_;  ///< of a run that was created or resumed
};

}  // namespace joust::files
