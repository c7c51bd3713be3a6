#include "cli/installation.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/file.hpp"
#include "base/secrets.hpp"
#include "base/text.hpp"
#include "cli/checkout.hpp"
#include "deploy/digest.hpp"
#include "files/environment_json.hpp"
#include "model/name_rules.hpp"

namespace joust::cli {
namespace {

// Written by `cmake --install` out of a checkout: its commit, and behind it "changed" where files differed.
constexpr const char* k_commit_file = "commit";

bool complete(const Path& root) {
    std::error_code unreadable;
    return std::filesystem::is_directory(root / "benchmarks", unreadable) &&
           std::filesystem::is_directory(root / "workloads", unreadable) &&
           std::filesystem::is_directory(root / "contenders", unreadable);
}

Path complete_ancestor(Path path) {
    for (; !path.empty() && path != path.root_path(); path = path.parent_path())
        if (complete(path)) return path;
    return {};
}

// The commit in an installed tree and what is said behind it; both "" where it was not made of a checkout.
std::pair<std::string, std::string> installed_commit(const Path& root) {
    const std::string text = read_file(root / k_commit_file).value_or("");
    const std::vector<std::string_view> words = split(trimmed(text), ' ');
    if (!files::is_commit(words.front())) return {};
    return {std::string(words.front()), words.size() > 1 ? std::string(words[1]) : ""};
}

}  // namespace

Result<Installation> find_installation(const Path& working_directory, const Path& program) {
    const Path shared = program.parent_path().parent_path() / "share/joust";
    Path root = complete_ancestor(working_directory);
    if (root.empty()) root = complete_ancestor(program.parent_path());
    if (root.empty() && complete(shared)) root = shared;
    if (root.empty())
        return fail(
            ErrorKind::bad_input,
            "found no directory with benchmarks/, workloads/ and contenders/: neither here, nor above "
            "the program, nor in {}; run joust inside its checkout, or install it with the files that "
            "belong to it (cmake --install, or its package)",
            shared.string());
    std::error_code error;
    if (std::filesystem::equivalent(root, shared, error))
        return Installation{.root = root, .results = working_directory / "results", .installed = true};
    return Installation{.root = root, .results = root / "results"};
}

Result<Installation> find_installation() {
    std::error_code error;
    const Path working_directory = std::filesystem::current_path(error);
    return find_installation(working_directory, std::filesystem::read_symlink("/proc/self/exe", error));
}

std::string commit_of(const Installation& installation) {
    return installation.installed ? installed_commit(installation.root).first : git_commit(installation.root);
}

std::vector<std::string> benchmark_names(const Installation& installation) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(installation.benchmarks(), error))
        if (entry.path().extension() == ".toml" && model::is_name(entry.path().stem().string()))
            names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

Result<Path> find_benchmark(const Installation& installation, const std::string& wanted) {
    std::error_code error;
    if (std::filesystem::is_regular_file(wanted, error)) return Path(wanted);
    Path named = installation.benchmarks() / (wanted + ".toml");
    if (std::filesystem::is_regular_file(named, error)) return named;
    return fail(ErrorKind::bad_input, "there is no benchmark \"{}\"; write a file's path or one of: {}",
                wanted, joined(benchmark_names(installation), ", "));
}

std::vector<std::string> docker_bases(const Path& os_release) {
    if (const char* const named = std::getenv("JOUST_DOCKER_BASE"); named && *named != '\0') return {named};
    const std::string text = "\n" + read_file(os_release).value_or("") + "\n";
    const bool debian = text.find("\nID=debian\n") != std::string::npos;
    const bool trixie = debian && text.find("\nVERSION_CODENAME=trixie\n") != std::string::npos;
    const std::string release = trixie ? "trixie" : "bookworm";
    return {"joust/base:" + release, fmt::format("debian:{}-slim", release)};
}

std::string_view version() {
    return JOUST_VERSION;
}

model::Environment about(const Installation& installation, const std::vector<std::string>& command_line) {
    model::Environment environment;
    environment.joust_version = version();
    if (const auto program = read_file("/proc/self/exe"))
        environment.program_sha256 = deploy::sha256(*program);
    environment.command_line = masked_command(command_line);
    if (const char* const file = std::getenv("JOUST_STEAL_FILE"); file && *file != '\0')
        environment.added_steal_file = file;
    environment.git_commit = commit_of(installation);
    environment.git_dirty = installation.installed ? installed_commit(installation.root).second == "changed"
                                                   : git_dirty(installation.root);
    return environment;
}

}  // namespace joust::cli
