#include "files/run_directory.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/tree.hpp"
#include "files/benchmark_toml.hpp"
#include "files/environment_json.hpp"
#include "files/toml_bounds.hpp"
#include "files/workload_toml.hpp"

namespace joust::files {
namespace {

Status looks_like_a_run(const Directory& run) {
    for (const char* file : {k_benchmark_file, k_trials_file})
        if (!run.has(file))
            return fail(ErrorKind::bad_input,
                        "{} is no run's directory: it has no {}; write for example results/latest",
                        run.path().string(), file);
    // The environment is written when the set-up is done.
    if (!run.has(k_environment_file) && run.read(k_trials_file, 0))
        return fail(
            ErrorKind::bad_input,
            "{}: the run ended before its first trial: there is nothing to report; its logs/ tell why",
            run.path().string());
    return {};
}

// The text of a TOML file; empty where it cannot be read, which is a mistake of the file.
std::optional<std::string> toml_text(const Directory& run, const char* name, Diagnostics& diagnostics) {
    auto text = run.read(name, k_most_toml_bytes);
    if (text) return std::move(*text);
    diagnostics.add({(run.path() / name).string(), 1, 1, text.error().message});
    return std::nullopt;
}

// The topmost directory that has to be made for `path` to be there; empty where it is. A link that leads
// nowhere is there, too: it is the user's.
Path topmost_missing(const Path& path) {
    Path missing;
    std::error_code error;
    for (Path here = path; !here.empty() && std::filesystem::symlink_status(here, error).type() ==
                                                std::filesystem::file_type::not_found;
         here = here.parent_path())
        missing = here;
    return missing;
}

// Removes `results` and the directories above it up to `made`, as far as nothing is in them; empty: none.
void remove_empty(Path results, const Path& made) {
    for (; !made.empty() && !results.empty(); results = results.parent_path()) {
        const bool gone = ::rmdir(results.c_str()) == 0 || errno == ENOENT;
        if (!gone || results == made) break;
    }
}

// Makes a folder that was not there: "NAME", "NAME-2" and so on.
Result<std::string> make_free_folder(const Directory& parent, const std::string& name) {
    std::string free = name;
    for (int copy = 2;; ++copy) {
        JOUST_TRY(const bool is_new, parent.make_new_folder(free));
        if (is_new) return free;
        free = fmt::format("{}-{}", name, copy);
    }
}

// By way of the descriptor, as logs() is.
Status remove_folder(const Directory& parent, const std::string& name) {
    return remove_tree(fmt::format("/proc/self/fd/{}/{}", parent.fd(), name));
}

}  // namespace

Status RunDirectory::make_writer(Directory& parent, Path made) {
    JOUST_TRY(Directory logs, run_.make_folder("logs"));
    JOUST_CHECK(run_.make_folder("histograms"));
    JOUST_TRY(AppendFile trials, AppendFile::open(run_, k_trials_file));
    writer_.emplace(Writer{std::move(parent), std::move(logs), std::move(trials), std::move(made)});
    return {};
}

Result<RunDirectory> RunDirectory::create_in(const Path& results, const std::string& name, const Path& made) {
    JOUST_CHECK(make_directories(results));
    JOUST_TRY(Directory parent, Directory::open(results));
    JOUST_TRY(const std::string free, make_free_folder(parent, name));
    auto created = [&]() -> Result<RunDirectory> {
        JOUST_TRY(Directory folder, parent.folder(free));
        RunDirectory run(std::move(folder));
        JOUST_CHECK(run.make_writer(parent, made));
        return run;
    }();
    if (!created)
        if (const Status removed = remove_folder(parent, free); !removed)
            created.error().message += "\n" + removed.error().message;
    return created;
}

Result<RunDirectory> RunDirectory::create(const Path& results, const std::string& benchmark,
                                          WallTime started) {
    const Path made = topmost_missing(results);
    auto created = create_in(results, fmt::format("{}_{}", compact_time(started), benchmark), made);
    if (!created) remove_empty(results, made);
    return created;
}

Result<RunDirectory> RunDirectory::open(const Path& path) {
    if (std::error_code error; !std::filesystem::is_directory(path, error))
        return fail(ErrorKind::bad_input, "{} is no directory; write for example results/latest",
                    path.string());
    JOUST_TRY(Directory folder, Directory::open(path));
    JOUST_CHECK(looks_like_a_run(folder));
    return RunDirectory(std::move(folder));
}

Result<RunDirectory> RunDirectory::resume(const Path& path) {
    std::error_code error;
    const Path real = std::filesystem::canonical(path, error);  // latest, which append() renews, is a link
    JOUST_TRY(RunDirectory run, open(error ? path : real));
    JOUST_TRY(Directory parent, Directory::open(real.parent_path()));
    JOUST_CHECK(run.make_writer(parent, {}));
    return run;
}

bool RunDirectory::has_logs() const {
    std::error_code ignored;
    const std::filesystem::directory_iterator logs(this->logs(), ignored);
    return std::any_of(begin(logs), end(logs), [](const std::filesystem::directory_entry& log) {
        std::error_code not_there;
        const auto size = log.is_symlink(not_there) ? 0 : log.file_size(not_there);
        return !not_there && size > 0;
    });
}

Status RunDirectory::remove() const {
    JOUST_CHECK(remove_folder(writer_->parent, path().filename()));
    remove_empty(writer_->parent.path(), writer_->made);
    return {};
}

Status RunDirectory::write(const model::Benchmark& benchmark) const {
    return run_.write(k_benchmark_file, to_toml(benchmark));
}

Status RunDirectory::write(const model::Workload& workload) const {
    return run_.write(k_workload_file, to_toml(workload));
}

Status RunDirectory::write(const model::Environment& environment) const {
    return run_.write(k_environment_file, environment_json(environment));
}

Status RunDirectory::append(const model::TrialResult& trial) {
    JOUST_CHECK(write_histograms(run_, trial));
    JOUST_CHECK(writer_->trials.append_line(trial_line(trial)));
    if (writer_->latest) return {};
    writer_->latest = true;
    return writer_->parent.point("latest", path().filename());
}

std::optional<model::Benchmark> RunDirectory::read_benchmark(Diagnostics& diagnostics) const {
    const auto text = toml_text(run_, k_benchmark_file, diagnostics);
    if (!text) return std::nullopt;
    return parse_benchmark(*text, (path() / k_benchmark_file).string(), diagnostics);
}

std::optional<model::Workload> RunDirectory::read_workload(Diagnostics& diagnostics) const {
    const auto text = toml_text(run_, k_workload_file, diagnostics);
    if (!text) return std::nullopt;
    return parse_workload(*text, (path() / k_workload_file).string(), diagnostics);
}

Result<model::Environment> RunDirectory::read_environment() const {
    return files::read_environment(run_);
}

Result<StoredTrials> RunDirectory::read_trials() const {
    return files::read_trials(run_);
}

}  // namespace joust::files
