#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/bounded_log.hpp"
#include "host/docker.hpp"
#include "host/group_files.hpp"
#include "runtime/limit_check.hpp"
#include "runtime/party.hpp"

namespace joust::runtime {

/// A program in a container. A process of this host, the `docker` command that is attached to it, hands its
/// output on and ends when it does.
class ContainerParty final : public Party {
public:
    ContainerParty(const host::Docker& docker, std::string container, Confinement confinement,
                   std::unique_ptr<host::BoundedLog> log, host::Process attached)
        : docker_(docker),
          container_(std::move(container)),
          confinement_(std::move(confinement)),
          log_(std::move(log)),
          attached_(std::move(attached)) {}
    ContainerParty(const ContainerParty&) = delete;
    ContainerParty& operator=(const ContainerParty&) = delete;
    ~ContainerParty() override { remove(); }

    /// Waits until it runs or has ended, and finds its cgroup.
    Status wait_until_started();

    [[nodiscard]] const std::string& name() const override { return confinement_.name; }
    [[nodiscard]] pid_t pid() const override { return pid_; }
    [[nodiscard]] std::vector<pid_t> pids() const override {
        return group_ ? group_->pids() : std::vector<pid_t>();
    }
    [[nodiscard]] bool running() const override { return !ended_ && attached_.running(); }
    [[nodiscard]] bool wait_for(Nanoseconds limit) const override;
    [[nodiscard]] std::optional<std::string> lost() const override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] Result<model::LimitsInForce> limits_in_force() const override;
    [[nodiscard]] std::vector<std::string> limits_not_in_force(
        const model::LimitsInForce& in_force) const override {
        return limits_not_as_asked(confinement_, in_force);
    }
    [[nodiscard]] std::uint64_t oom_kills() const override;
    [[nodiscard]] host::UsageSource usage_source(bool threads) const override {
        return host::GroupSource{.group = group_.get(), .threads = threads, .may_vanish = true};
    }
    void update_log() const override { log_->end_section(); }
    [[nodiscard]] std::uint64_t printed_bytes() const override { return log_->taken(); }
    [[nodiscard]] std::uint64_t left_out_of_log() const override { return log_->left_out(); }
    void signal(int number) const override {
        static_cast<void>(docker_.run({"kill", "--signal", std::to_string(number), container_}));
    }
    std::string stop(Nanoseconds grace) override;

private:
    [[nodiscard]] std::string ending() const;
    void remove();

    const host::Docker& docker_;
    std::string container_;
    Confinement confinement_;
    std::unique_ptr<host::BoundedLog> log_;  ///< before the process that writes to it
    host::Process attached_;
    pid_t pid_ = 0;
    std::unique_ptr<host::GroupFiles> group_;  ///< stable address for usage sources
    model::LimitsInForce limits_at_start_;
    mutable std::uint64_t oom_kills_ = 0;  ///< as last seen: the group goes with the last process
    mutable std::optional<std::string> lost_;
    mutable std::optional<std::string> ended_;  ///< what became of it, once it has ended
};

}  // namespace joust::runtime
