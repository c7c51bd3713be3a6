#pragma once

#include <set>

#include "host/docker.hpp"
#include "host/run_state.hpp"
#include "model/environment.hpp"
#include "runtime/runtime.hpp"

namespace joust::runtime {

/// What a container is told at its creation.
struct ContainerSpec {
    std::string name;
    std::string run;        ///< the run's id
    Path environment_file;  ///< NAME=VALUE lines: in the words of a command others could read them
    std::uint64_t open_files = 1024;
};
/// The words after `docker create` or `docker run` that make a container out of a program and its limits.
std::vector<std::string> container_words(const Program& program, const Confinement& confinement,
                                         const ContainerSpec& spec);

/// The runtime that starts programs in Docker containers, limited by the engine. Containers have the host's
/// network, so that no proxy stands in the measured path, and the engine has to be on this host: their limits
/// and what they use are read from their cgroups.
class DockerRuntime final : public Runtime, public Images {
public:
    /// Records the engine in `run`, which outlives the runtime. Other images are built from the first of
    /// `bases` that the engine has, else from the last one, which it may be able to fetch.
    static Result<std::unique_ptr<DockerRuntime>> connect(host::RunState& run,
                                                          const std::vector<std::string>& bases);

    [[nodiscard]] model::RuntimeKind kind() const override { return model::RuntimeKind::docker; }
    Result<std::unique_ptr<Party>> start(const Program& program, const Confinement& confinement) override;
    Result<host::ProcessSpec> errand(const Program& program, const std::string& name) override;
    Result<std::unique_ptr<Folder>> make_folder(const std::string& label, const host::User& user,
                                                const Path& inside) override;
    Images* images() override { return this; }
    Result<std::string> build(const ImageSpec& spec, const Interrupted& interrupted) override;

    [[nodiscard]] const host::Docker& docker() const { return docker_; }
    Result<model::EngineFacts> facts() const;

private:
    DockerRuntime(host::Docker docker, host::RunState& run, std::string base)
        : docker_(std::move(docker)), run_(run), base_(std::move(base)) {}
    /// The error of a command, or that the engine is gone, which would be the error of any.
    [[nodiscard]] Error explained(const std::string& doing, const Error& error) const;
    Status check_there(const Path& shared, const std::string& image);
    std::string container_name(const std::string& party);
    Result<Path> write_environment(const Program& program, const std::string& container) const;
    Result<ContainerSpec> prepare(const Program& program, const std::string& party);
    Result<std::unique_ptr<Party>> start_container(const Program& program, const Confinement& confinement,
                                                   const std::string& name);

    host::Docker docker_;
    host::RunState& run_;
    std::string base_;
    std::set<Path> shared_;  ///< folders of this host that the engine has, too
    Path of_errand_;         ///< the environment of the last errand
    unsigned made_ = 0;      ///< containers and volumes so far: their names are unique in the run
};

}  // namespace joust::runtime
