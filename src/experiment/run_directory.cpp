#include "experiment/run_directory.hpp"

#include <unistd.h>

#include "model/environment_json.hpp"
#include "model/trial_json.hpp"

namespace joust::experiment {

Result<RunDirectory> RunDirectory::create(const Path& results, const std::string& benchmark,
                                          WallTime started) {
    JOUST_CHECK(make_directories(results));
    const std::string name = fmt::format("{}_{}", compact_time(started), benchmark);
    Path path = results / name;
    std::error_code error;
    for (int copy = 2; !std::filesystem::create_directory(path, error); ++copy) {
        if (error) return fail(ErrorKind::io, "cannot make directory {}: {}", path.string(), error.message());
        path = results / fmt::format("{}-{}", name, copy);
    }
    JOUST_CHECK(make_directories(path / "logs"));
    JOUST_CHECK(make_directories(path / "histograms"));
    JOUST_TRY(AppendFile trials, AppendFile::open(path / "trials.jsonl"));
    return RunDirectory(std::move(path), std::move(trials));
}

Status RunDirectory::write(const model::Benchmark& benchmark) const {
    return write_atomically(path_ / "benchmark.toml", to_toml(benchmark));
}

Status RunDirectory::write(const model::Environment& environment) const {
    return write_atomically(path_ / "environment.json", model::environment_json(environment));
}

Status RunDirectory::append(const model::TrialResult& trial) {
    JOUST_CHECK(model::write_histograms(path_, trial));
    JOUST_CHECK(trials_.append_line(model::trial_line(trial)));
    if (latest_) return {};
    latest_ = true;
    return point_latest_at(path_);
}

Status point_latest_at(const Path& run) {
    const Path link = run.parent_path() / "latest";
    const Path temporary = run.parent_path() / fmt::format(".latest.{}", ::getpid());
    std::error_code error;
    std::filesystem::remove(temporary, error);
    std::filesystem::create_directory_symlink(run.filename(), temporary, error);
    if (!error) std::filesystem::rename(temporary, link, error);
    if (!error) return {};
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    return fail(ErrorKind::io, "cannot make {} point at {}: {}", link.string(), run.string(),
                error.message());
}

}  // namespace joust::experiment
