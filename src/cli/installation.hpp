#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "model/environment.hpp"

namespace joust::cli {

/// Where Joust's own files lie: benchmarks/, workloads/, contenders/.
struct Installation {
    Path root;

    [[nodiscard]] Path benchmarks() const { return root / "benchmarks"; }
    [[nodiscard]] Path workloads() const { return root / "workloads"; }
    [[nodiscard]] Path contenders() const { return root / "contenders"; }
    [[nodiscard]] Path docker() const { return root / "docker"; }
};

/// The nearest directory with benchmarks/, workloads/ and contenders/: from the working directory upwards,
/// then from the program's own place upwards.
Result<Installation> find_installation();

/// A benchmark's file, by path or by its name below benchmarks/; a bad_input error lists the names there are.
Result<Path> find_benchmark(const Installation& installation, const std::string& wanted);

/// Names of the entries that can be given to `joust run`, sorted.
std::vector<std::string> benchmark_names(const Installation& installation);

/// The image that Docker images are built from: what $JOUST_DOCKER_BASE names, else Debian in the release of
/// this host, so that both runtimes have the same versions; on other systems bookworm.
std::string docker_base(const Path& os_release = "/etc/os-release");

std::string_view version();

/// Version, command line, commit and whether the checkout was changed; the rest of the environment is left
/// empty.
model::Environment about(const Installation& installation, const std::vector<std::string>& command_line);

}  // namespace joust::cli
