#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "host/cgroup_host.hpp"
#include "host/run_state.hpp"
#include "host/user.hpp"
#include "model/limits.hpp"
#include "runtime/process_runtime.hpp"
#include "unit/host/support.hpp"

// What services and databases need around them, for tests that run real ones.
namespace joust::test {

/// A run in a state root of its own, with the limits that this host can set.
class Rig {
public:
    /// In `state_root` if it is given, else in a new one.
    explicit Rig(const std::optional<Path>& state_root = std::nullopt)
        : state_root_(state_root.value_or(own_.path())),
          cgroups_(host::CgroupHost::detect()),
          run_(must(host::RunState::create(state_root_))),
          user_(must(host::unprivileged_user())) {
        std::filesystem::permissions(logs_.path(), std::filesystem::perms(0700));
        if (cgroups_.limits_possible()) must(cgroups_.prepare().map([] { return true; }));
    }

    /// For logs and other results; for the invoking user only, as a home directory of mode 0700.
    [[nodiscard]] const Path& logs() const { return logs_.path(); }
    [[nodiscard]] const Path& state_root() const { return state_root_; }
    [[nodiscard]] host::RunState& run() { return run_; }
    [[nodiscard]] const host::CgroupHost& cgroups() const { return cgroups_; }
    runtime::Runtime& runtime() { return runtime_; }
    [[nodiscard]] const host::User& user() const { return user_; }
    /// `limits` where the host can set them, else none.
    [[nodiscard]] std::optional<model::Limits> if_possible(const model::Limits& limits) const {
        return cgroups_.limits_possible() ? std::optional(limits) : std::nullopt;
    }

private:
    TempDirectory own_;
    TempDirectory logs_;
    Path state_root_;
    host::CgroupHost cgroups_;
    host::RunState run_;  ///< after the directories: it removes what it made before they go
    runtime::ProcessRuntime runtime_{cgroups_, run_};
    host::User user_;
};

}  // namespace joust::test
