#pragma once

#include <memory>

#include "runtime/party.hpp"
#include "runtime/program.hpp"

namespace joust::runtime {

/// A way to run programs in limits. Each runtime has parties of its own kind, which it outlives.
class Runtime {
public:
    virtual ~Runtime() = default;
    /// Returns as soon as the program runs. Fails with `unsupported` if limits are wanted that cannot be set,
    /// and if what the kernel reads back is not what was asked for.
    virtual Result<std::unique_ptr<Party>> start(const Program& program, const Confinement& confinement) = 0;
};

}  // namespace joust::runtime
