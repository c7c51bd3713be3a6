// container_words() of docker_runtime.hpp: a program and its limits in the words of the `docker` command.
#include "runtime/docker_runtime.hpp"
#include "runtime/limit_check.hpp"

namespace joust::runtime {
namespace {

// The engine counts weights as cgroups v1 does, where 1024 is a single one; here that is 100.
unsigned shares_of(unsigned weight) {
    return std::max(2U, weight * 1024 / 100);
}

void add_limits(std::vector<std::string>& words, const Confinement& confinement) {
    if (!confinement.limits) return;
    const std::string memory = std::to_string(confinement.limits->memory.count);
    // Memory and swap together as much as memory alone: no swap.
    words.insert(words.end(), {"--memory", memory, "--memory-swap", memory});
    const std::optional<double> quota =
        confinement.cpu ? confinement.cpu->quota : std::optional(confinement.limits->cpus);
    if (quota) words.insert(words.end(), {"--cpus", fmt::format("{:.3f}", *quota)});
    if (!confinement.cpu) return;
    if (!confinement.cpu->cpus.empty())
        words.insert(words.end(), {"--cpuset-cpus", host::to_cpu_list(confinement.cpu->cpus)});
    words.insert(words.end(), {"--cpu-shares", std::to_string(shares_of(confinement.cpu->weight))});
}

}  // namespace

std::vector<std::string> container_words(const Program& program, const Confinement& confinement,
                                         const ContainerSpec& spec) {
    std::vector<std::string> words = {"--name",
                                      spec.name,
                                      "--label",
                                      fmt::format("{}={}", host::k_docker_run_label, spec.run),
                                      "--network",
                                      "host",
                                      "--workdir",
                                      program.directory.string(),
                                      "--env-file",
                                      spec.environment_file.string(),
                                      "--cap-drop",
                                      "ALL",
                                      "--security-opt",
                                      "no-new-privileges",
                                      "--pids-limit",
                                      std::to_string(k_most_processes),
                                      "--ulimit",
                                      fmt::format("nofile={0}:{0}", spec.open_files),
                                      "--ulimit",
                                      "core=0",
                                      "--oom-score-adj",
                                      std::to_string(k_oom_score_adj),
                                      "--log-driver",  // the output goes to Joust alone, as a process's does
                                      "none"};
    if (program.user)
        words.insert(words.end(), {"--user", fmt::format("{}:{}", program.user->uid, program.user->gid)});
    for (const Folder* folder : program.folders)
        words.insert(words.end(), {"--mount", fmt::format("type=volume,source={},target={}", folder->name(),
                                                          folder->inside().string())});
    for (const Path& shared : program.shared)
        words.insert(words.end(),
                     {"--mount", fmt::format("type=bind,source={0},target={0}", shared.string())});
    add_limits(words, confinement);
    words.insert(words.end(), {"--entrypoint", program.command.front(), program.image});
    words.insert(words.end(), program.command.begin() + 1, program.command.end());
    return words;
}

}  // namespace joust::runtime
