#pragma once

#include <memory>

#include "host/process.hpp"
#include "model/entrant.hpp"
#include "runtime/errand.hpp"
#include "runtime/folder.hpp"
#include "runtime/party.hpp"
#include "runtime/program.hpp"

namespace joust::runtime {

/// What an image is made of.
struct ImageSpec {
    std::string name;     ///< [a-z0-9._-]: "fastapi"
    Path context;         ///< a folder of this host, sent to the engine
    std::string file;     ///< the Dockerfile, below the context
    Path log;             ///< what the build prints is appended
    std::string purpose;  ///< for messages: "the image of fastapi"
};

/// Makes images for programs; what was made before is kept by the engine and used again.
class Images {
public:
    virtual ~Images() = default;
    /// What Program::image has to be. A failure (service) has the build's last lines.
    virtual Result<std::string> build(const ImageSpec& spec, const Interrupted& interrupted) = 0;
};

/// A way to run programs in limits. Each runtime has parties of its own kind, which it outlives.
class Runtime {
public:
    virtual ~Runtime() = default;
    [[nodiscard]] virtual model::RuntimeKind kind() const = 0;

    /// Returns as soon as the program runs. Fails with `unsupported` if limits are wanted that cannot be set,
    /// and if what the kernel reads back is not what was asked for.
    virtual Result<std::unique_ptr<Party>> start(const Program& program, const Confinement& confinement) = 0;
    /// The process of this host that runs the program to its end, without limits. `name` is unique in the
    /// run.
    virtual Result<host::ProcessSpec> errand(const Program& program, const std::string& name) = 0;
    /// A new folder for programs of this runtime that run as `user`. `inside` is where they see it, if the
    /// runtime can choose that: there the image has to have a directory that everybody may write to.
    virtual Result<std::unique_ptr<Folder>> make_folder(const std::string& label, const host::User& user,
                                                        const Path& inside) = 0;
    /// Null where programs run as they lie on this host.
    virtual Images* images() { return nullptr; }
};

}  // namespace joust::runtime
