#include "files/run_directory.hpp"

#include "files/benchmark_toml.hpp"
#include "files/environment_json.hpp"
#include "files/trial_json.hpp"

namespace joust::files {

Result<RunDirectory> RunDirectory::create(const Path& results, const std::string& benchmark,
                                          WallTime started) {
    JOUST_CHECK(make_directories(results));
    JOUST_TRY(Directory parent, Directory::open(results));
    const std::string name = fmt::format("{}_{}", compact_time(started), benchmark);
    std::string free = name;
    for (int copy = 2;; ++copy) {
        JOUST_TRY(const bool made, parent.make_new_folder(free));
        if (made) break;
        free = fmt::format("{}-{}", name, copy);
    }
    JOUST_TRY(Directory run, parent.folder(free));
    JOUST_TRY(Directory logs, run.make_folder("logs"));
    JOUST_CHECK(run.make_folder("histograms"));
    JOUST_TRY(AppendFile trials, AppendFile::open(run, files::k_trials_file));
    return RunDirectory(std::move(parent), std::move(run), std::move(logs), std::move(trials));
}

Status RunDirectory::write(const model::Benchmark& benchmark) const {
    return run_.write("benchmark.toml", to_toml(benchmark));
}

Status RunDirectory::write(const model::Environment& environment) const {
    return run_.write(files::k_environment_file, files::environment_json(environment));
}

Status RunDirectory::append(const model::TrialResult& trial) {
    JOUST_CHECK(files::write_histograms(run_, trial));
    JOUST_CHECK(trials_.append_line(files::trial_line(trial)));
    if (latest_) return {};
    latest_ = true;
    return parent_.point("latest", path().filename());
}

}  // namespace joust::files
