#pragma once

#include "host/cgroup.hpp"
#include "host/run_state.hpp"
#include "runtime/runtime.hpp"

namespace joust::runtime {

/// The runtime that starts a program as processes of this host, confined by cgroups. With limits off a cgroup
/// is still used, for accounting and killing, where the host has any.
class ProcessRuntime final : public Runtime {
public:
    /// Records in `run` what it makes. Both outlive it.
    ProcessRuntime(const host::CgroupHost& cgroups, host::RunState& run) : cgroups_(cgroups), run_(run) {}
    [[nodiscard]] model::RuntimeKind kind() const override { return model::RuntimeKind::process; }
    Result<std::unique_ptr<Party>> start(const Program& program, const Confinement& confinement) override;
    Result<host::ProcessSpec> errand(const Program& program, const std::string& name) override;
    Result<std::unique_ptr<Folder>> make_folder(const std::string& label, const host::User& user,
                                                const Path& inside) override;

private:
    const host::CgroupHost& cgroups_;
    host::RunState& run_;
};

}  // namespace joust::runtime
