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
    Path results;            ///< where runs are written to if the user names no other directory
    bool installed = false;  ///< root is <prefix>/share/joust of the program, which may be read-only

    [[nodiscard]] Path benchmarks() const { return root / "benchmarks"; }
    [[nodiscard]] Path workloads() const { return root / "workloads"; }
    [[nodiscard]] Path contenders() const { return root / "contenders"; }
    [[nodiscard]] Path docker() const { return root / "docker"; }
};

/// The nearest directory with benchmarks/, workloads/ and contenders/: from the working directory upwards,
/// then from the program's own place upwards, then <prefix>/share/joust of the program <prefix>/bin/joust.
/// Results go below it, but for the last: then to results/ of the working directory. Both paths are absolute.
Result<Installation> find_installation(const Path& working_directory, const Path& program);
/// The same for this process.
Result<Installation> find_installation();

/// The commit of the checkout, or the one that an installed tree was made of; "" where there is none to tell.
std::string commit_of(const Installation& installation);

/// A benchmark's file, by path or by its name below benchmarks/; a bad_input error lists the names there are.
Result<Path> find_benchmark(const Installation& installation, const std::string& wanted);

/// Names of the entries that can be given to `joust run`, sorted.
std::vector<std::string> benchmark_names(const Installation& installation);

/// The images that Docker images may be built from, the best first: what $JOUST_DOCKER_BASE names; else what
/// tools/docker.sh has made, or Debian's own, in the release of this host, so that both runtimes have the
/// same versions; on other systems in bookworm.
std::vector<std::string> docker_bases(const Path& os_release = "/etc/os-release");

std::string_view version();

/// Version, command line, commit and whether files differed from it; the rest of the environment is left
/// empty.
model::Environment about(const Installation& installation, const std::vector<std::string>& command_line);

}  // namespace joust::cli
