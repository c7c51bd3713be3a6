#include "cli/installation.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/secrets.hpp"
#include "base/text.hpp"
#include "cli/checkout.hpp"
#include "model/name_rules.hpp"

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
        if (entry.path().extension() == ".toml" && model::is_name(entry.path().stem().string()))
            names.push_back(entry.path().stem());
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

std::string docker_base(const Path& os_release) {
    if (const char* const named = std::getenv("JOUST_DOCKER_BASE"); named && *named != '\0') return named;
    const std::string text = read_file(os_release).value_or("");
    for (const char* const release : {"bookworm", "trixie"})
        if (text.find(fmt::format("\nVERSION_CODENAME={}\n", release)) != std::string::npos &&
            text.find("\nID=debian\n") != std::string::npos)
            return fmt::format("debian:{}-slim", release);
    return "debian:bookworm-slim";
}

std::string_view version() {
    return JOUST_VERSION;
}

model::Environment about(const Installation& installation, const std::vector<std::string>& command_line) {
    model::Environment environment;
    environment.joust_version = version();
    environment.command_line = masked_command(command_line);
    environment.git_commit = git_commit(installation.root);
    environment.git_dirty = git_dirty(installation.root);
    return environment;
}

}  // namespace joust::cli
