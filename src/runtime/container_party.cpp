#include "runtime/container_party.hpp"

#include <algorithm>
#include <csignal>
#include <thread>

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "runtime/limit_check.hpp"

namespace joust::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_start_limit = 60s;

/// What the engine says of a container.
struct ContainerState {
    std::string id;
    std::string status;  ///< "created", "running", "exited", …
    pid_t pid = 0;
    int exit_code = 0;
    bool out_of_memory = false;
    std::string error;  ///< why it could not be started
};

Result<ContainerState> state_of(const host::Docker& docker, const std::string& name) {
    JOUST_TRY(const auto values,
              docker.query({"inspect", "--type", "container", name},
                           {"{{.Id}}", "{{.State.Status}}", "{{.State.Pid}}", "{{.State.ExitCode}}",
                            "{{.State.OOMKilled}}", "{{.State.Error}}"}));
    return ContainerState{.id = values[0],
                          .status = values[1],
                          .pid = static_cast<pid_t>(std::strtol(values[2].c_str(), nullptr, 10)),
                          .exit_code = static_cast<int>(std::strtol(values[3].c_str(), nullptr, 10)),
                          .out_of_memory = values[4] == "true",
                          .error = values[5]};
}

// The engine writes an end by signal as a shell does, 128 and its number.
host::ExitStatus exit_status(int code) {
    constexpr int k_signalled = 128;
    if (code > k_signalled && code <= k_signalled + SIGRTMAX)
        return {.code = std::nullopt, .signal = code - k_signalled};
    return {.code = code, .signal = std::nullopt};
}

// Its id is part of the group's name: a number of a process alone could be another host's.
Result<host::GroupFiles> group_of_container(const ContainerState& state) {
    if (state.pid <= 0) return fail(ErrorKind::io, "it has ended");
    JOUST_TRY(host::GroupFiles group, host::group_of(state.pid));
    if (group.places.front().directory.string().find(state.id) == std::string::npos)
        return fail(ErrorKind::unsupported, "process {} of this host is another one", state.pid);
    return group;
}

}  // namespace

Status ContainerParty::wait_until_started() {
    const TimePoint deadline = now() + k_start_limit;
    ContainerState state;
    for (;;) {
        const bool attached = attached_.running();
        JOUST_TRY(state, state_of(docker_, container_));
        if (state.status != "created") break;
        if (!attached)
            return fail(ErrorKind::io, "cannot start {} in its container: {}", confinement_.name,
                        state.error.empty() ? "the engine did not say why" : state.error);
        if (now() > deadline)
            return fail(ErrorKind::timed_out, "the container of {} did not start within {}",
                        confinement_.name, spoken(k_start_limit));
        std::this_thread::sleep_for(10ms);
    }
    pid_ = state.pid;
    const Result<host::GroupFiles> group = group_of_container(state);
    if (!group) {
        if (!attached_.wait_for(1s))
            return fail(
                ErrorKind::unsupported,
                "the containers of the Docker engine at {} cannot be seen from here ({}), so neither "
                "their limits nor what they use can be read; run Joust on the engine's own host, or in a "
                "container there with `--pid host --cgroupns host -v "
                "/sys/fs/cgroup:/sys/fs/cgroup:ro`",
                docker_.address(), group.error().message);
        group_ = std::make_unique<host::GroupFiles>(
            host::GroupFiles{.version = host::CgroupVersion::v2, .places = {}});
        return {};  // it has ended already, which its user will see
    }
    group_ = std::make_unique<host::GroupFiles>(*group);
    auto limits = group_->read_limits();
    if (!limits) return attached_.wait_for(500ms) ? Status{} : tl::unexpected(limits.error());
    limits_at_start_ = *limits;
    if (const auto differences = limits_not_as_asked(confinement_, *limits); !differences.empty())
        return fail(ErrorKind::unsupported, "the limits of {} are not in force in its container: {}",
                    confinement_.name, joined(differences, ", "));
    return {};
}

bool ContainerParty::wait_for(Nanoseconds limit) const {
    if (ended_) return true;
    if (!attached_.wait_for(limit)) return false;
    log_->drain();
    return true;
}

Result<model::LimitsInForce> ContainerParty::limits_in_force() const {
    if (!confinement_.limits && group_->places.empty()) return model::LimitsInForce{.cgroup_version = "none"};
    auto limits = group_->read_limits();
    // The group goes with the container; nobody can have changed it since.
    if (!limits || group_->pids().empty()) return limits_at_start_;
    return limits;
}

std::uint64_t ContainerParty::oom_kills() const {
    // The group goes with the container; then the engine tells.
    if (!ended_ && !attached_.running()) ended_ = ending();
    if (group_)
        if (const auto kills = group_->oom_kills()) oom_kills_ = std::max(oom_kills_, *kills);
    return oom_kills_;
}

std::string ContainerParty::ending() const {
    const auto state = state_of(docker_, container_);
    if (!state)
        lost_ = fmt::format("the Docker engine at {} does not answer any more ({})", docker_.address(),
                            state.error().message);
    else if (state->status == "running")
        lost_ = fmt::format("the connection to the Docker engine at {} broke", docker_.address());
    if (lost_) return "was lost: " + *lost_;
    if (state->out_of_memory) oom_kills_ = std::max<std::uint64_t>(oom_kills_, 1);
    const host::ExitStatus status = exit_status(state->exit_code);
    const std::string limit = confinement_.limits ? to_text(confinement_.limits->memory) : "the host";
    if (status.signal == SIGKILL && oom_kills_ > 0)
        return fmt::format("was killed by signal 9 (out of memory in its limit of {})", limit);
    std::string text = host::to_text(status);
    if (oom_kills_ > 0)
        text += fmt::format("; the kernel killed {} of its processes (out of memory in its limit of {})",
                            oom_kills_, limit);
    return text;
}

std::optional<std::string> ContainerParty::lost() const {
    if (!ended_ && !attached_.running()) ended_ = ending();
    return lost_;
}

std::string ContainerParty::description() const {
    if (ended_) return *ended_;
    if (attached_.running()) {
        const std::uint64_t kills = oom_kills();
        return kills == 0
                   ? "runs"
                   : fmt::format(
                         "runs; the kernel killed {} of its processes (out of memory in its "
                         "limit of {})",
                         kills, confinement_.limits ? to_text(confinement_.limits->memory) : "the host");
    }
    ended_ = ending();
    return *ended_;
}

std::string ContainerParty::stop(Nanoseconds grace) {
    if (running() && grace > 0ns) {
        static_cast<void>(oom_kills());  // the group goes with the container
        signal(SIGTERM);
        static_cast<void>(attached_.wait_for(grace));
    }
    if (running()) {
        signal(SIGKILL);
        static_cast<void>(attached_.wait_for(10s));
    }
    std::string last = description();
    remove();
    log_->end_section();
    return last;
}

void ContainerParty::remove() {
    if (container_.empty()) return;
    // What cannot be removed now is tried again at the run's end.
    static_cast<void>(docker_.run({"rm", "--force", "--volumes", container_}));
    if (!ended_) ended_ = "was removed";
    container_.clear();
}

}  // namespace joust::runtime
