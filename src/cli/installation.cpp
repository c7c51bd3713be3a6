#include "cli/installation.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"
#include "host/process.hpp"

namespace joust::cli {
namespace {

bool complete(const Path& root) {
    return std::filesystem::is_directory(root / "benchmarks") &&
           std::filesystem::is_directory(root / "workloads") &&
           std::filesystem::is_directory(root / "contenders");
}

Path complete_ancestor(Path path) {
    for (; !path.empty() && path != path.root_path(); path = path.parent_path())
        if (complete(path)) return path;
    return {};
}

// What git prints, empty where there is no git or no checkout.
std::string git(const Path& root, std::vector<std::string> arguments) {
    host::ProcessSpec spec;
    // A checkout of another user is fine to read: Joust may run as root in it.
    spec.command = {"git", "-c", fmt::format("safe.directory={}", root.string()), "-C", root.string()};
    spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
    spec.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"GIT_OPTIONAL_LOCKS", "0"}};
    const auto printed = host::run_program(std::move(spec), std::chrono::seconds(10));
    return printed ? std::string(trimmed(*printed)) : std::string();
}

}  // namespace

Result<Installation> find_installation() {
    std::error_code error;
    Path root = complete_ancestor(std::filesystem::current_path(error));
    if (root.empty())
        root = complete_ancestor(std::filesystem::read_symlink("/proc/self/exe", error).parent_path());
    if (root.empty())
        return fail(
            ErrorKind::bad_input,
            "found no directory with benchmarks/, workloads/ and contenders/, neither here nor above the "
            "program; run joust inside its checkout");
    return Installation{root};
}

std::vector<std::string> benchmark_names(const Installation& installation) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(installation.benchmarks(), error))
        if (entry.path().extension() == ".toml") names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

Result<Path> find_benchmark(const Installation& installation, const std::string& wanted) {
    std::error_code error;
    if (std::filesystem::is_regular_file(wanted, error)) return Path(wanted);
    const Path named = installation.benchmarks() / (wanted + ".toml");
    if (std::filesystem::is_regular_file(named, error)) return named;
    return fail(ErrorKind::bad_input, "there is no benchmark \"{}\"; write a file's path or one of: {}",
                wanted, joined(benchmark_names(installation), ", "));
}

std::string_view version() {
    return JOUST_VERSION;
}

model::Environment about(const Installation& installation, std::vector<std::string> command_line) {
    model::Environment environment;
    environment.joust_version = version();
    environment.command_line = std::move(command_line);
    environment.git_commit = git(installation.root, {"rev-parse", "HEAD"});
    environment.git_dirty = !git(installation.root, {"status", "--porcelain"}).empty();
    return environment;
}

}  // namespace joust::cli
