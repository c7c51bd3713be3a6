#include "runtime/process_runtime.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "base/text.hpp"
#include "host/bounded_log.hpp"
#include "host/run_users.hpp"
#include "runtime/limit_check.hpp"

namespace joust::runtime {
namespace {

std::vector<std::pair<int, std::uint64_t>> ceilings_of(const std::optional<host::User>& user) {
    if (!user || !host::is_run_user(user->uid)) return {};
    return {{RLIMIT_NPROC, k_most_processes}};
}

Result<std::unique_ptr<host::Cgroup>> make_group(const Confinement& confinement,
                                                 const host::CgroupHost& cgroups, host::RunState& run) {
    if (confinement.limits) JOUST_CHECK(cgroups.limits_possible());
    if (!cgroups.version()) return nullptr;
    for (const Path& directory : cgroups.run_directories(run.id()))
        JOUST_CHECK(run.record_group(directory));
    JOUST_TRY(host::Cgroup group, host::Cgroup::create(cgroups, {.run = run.id(),
                                                                 .party = confinement.name,
                                                                 .limits = confinement.limits,
                                                                 .cpu = confinement.cpu}));
    return std::make_unique<host::Cgroup>(std::move(group));
}

/// A program as processes of this host.
class ProcessParty final : public Party {
public:
    ProcessParty(Confinement confinement, std::unique_ptr<host::BoundedLog> log, host::Strays strays,
                 std::unique_ptr<host::Cgroup> group, host::Process process)
        : confinement_(std::move(confinement)),
          log_(std::move(log)),
          strays_(std::move(strays)),
          group_(std::move(group)),
          process_(std::move(process)) {}

    [[nodiscard]] const std::string& name() const override { return confinement_.name; }
    [[nodiscard]] pid_t pid() const override { return process_.pid(); }
    [[nodiscard]] std::vector<pid_t> pids() const override;
    [[nodiscard]] bool running() const override { return process_.running(); }
    [[nodiscard]] bool wait_for(Nanoseconds limit) const override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] Result<model::LimitsInForce> limits_in_force() const override;
    [[nodiscard]] std::vector<std::string> limits_not_in_force(
        const model::LimitsInForce& in_force) const override;
    [[nodiscard]] std::uint64_t oom_kills() const override;
    [[nodiscard]] host::UsageSource usage_source(bool threads) const override;
    void update_log() const override { log_->end_section(); }
    [[nodiscard]] std::uint64_t printed_bytes() const override { return log_->taken(); }
    [[nodiscard]] std::uint64_t left_out_of_log() const override { return log_->left_out(); }
    void signal(int number) const override { process_.signal(number); }
    std::string stop(Nanoseconds grace) override;

private:
    Confinement confinement_;
    std::unique_ptr<host::BoundedLog> log_;  ///< before the others: they write to it as long as they live
    host::Strays strays_;                    ///< before the others: ended when they are
    std::unique_ptr<host::Cgroup> group_;    ///< stable address for usage sources; null without cgroups
    host::Process process_;
};

bool ProcessParty::wait_for(Nanoseconds limit) const {
    if (!process_.wait_for(limit)) return false;
    log_->drain();
    return true;
}

Result<model::LimitsInForce> ProcessParty::limits_in_force() const {
    if (!group_) return model::LimitsInForce{.cgroup_version = "none"};
    return group_->read_limits();
}

std::vector<std::string> ProcessParty::limits_not_in_force(const model::LimitsInForce& in_force) const {
    return limits_not_as_asked(confinement_, in_force);
}

host::UsageSource ProcessParty::usage_source(bool threads) const {
    if (group_) return host::GroupSource{.group = &group_->files(), .threads = threads};
    return host::SessionSource{.session = process_.pid()};
}

std::vector<pid_t> ProcessParty::pids() const {
    return group_ ? group_->pids() : process_.pids();
}

std::uint64_t ProcessParty::oom_kills() const {
    return group_ ? group_->oom_kills().value_or(0) : 0;
}

std::string ProcessParty::description() const {
    const std::uint64_t kills = oom_kills();
    const std::string limit = confinement_.limits ? to_text(confinement_.limits->memory) : "the host";
    const std::optional<host::ExitStatus> status = process_.exit_status();
    if (status && status->signal == SIGKILL && kills > 0)
        return fmt::format("was killed by signal 9 (out of memory in its limit of {})", limit);
    std::string text = status ? host::to_text(*status) : "runs";
    if (kills > 0)
        text += fmt::format("; the kernel killed {} of its processes (out of memory in its limit of {})",
                            kills, limit);
    return text;
}

std::string ProcessParty::stop(Nanoseconds grace) {
    [[maybe_unused]] const std::optional<host::ExitStatus> status = process_.stop(grace);
    std::string last = description();
    // What cannot be ended now is tried again by the destructor, the guardian and the next start.
    if (group_) [[maybe_unused]]
        const Status killed = group_->kill_all();
    [[maybe_unused]] const Status ended = strays_.end();
    log_->end_section();
    return last;
}

Status write_files(const Program& program) {
    for (const ProgramFile& file : program.files)
        JOUST_CHECK(write_atomically(file.path, file.content));
    return {};
}

}  // namespace

Result<host::ProcessSpec> ProcessRuntime::errand(const Program& program, const std::string&) {
    JOUST_CHECK(write_files(program));
    return host::ProcessSpec{.command = program.command,
                             .environment = program.environment,
                             .directory = program.directory,
                             .log = program.log,
                             .user = program.user};
}

Result<std::unique_ptr<Folder>> ProcessRuntime::make_folder(const std::string& label, const host::User& user,
                                                            const Path&) {
    JOUST_TRY(HostFolder folder, HostFolder::make(run_, label, user));
    return std::make_unique<HostFolder>(std::move(folder));
}

Result<std::unique_ptr<Party>> ProcessRuntime::start(const Program& program, const Confinement& confinement) {
    JOUST_TRY(std::unique_ptr<host::Cgroup> group, make_group(confinement, cgroups_, run_));
    if (confinement.limits) {
        JOUST_TRY(const model::LimitsInForce in_force, group->read_limits());
        if (const auto differences = limits_not_as_asked(confinement, in_force); !differences.empty())
            return fail(ErrorKind::unsupported, "the limits of {} are not in force: {}", confinement.name,
                        joined(differences, ", "));
    }
    JOUST_CHECK(write_files(program));
    JOUST_TRY(std::unique_ptr<host::BoundedLog> log, host::BoundedLog::open(program.log, program.user));
    JOUST_TRY(host::Process process,
              host::Process::start({.command = program.command,
                                    .environment = program.environment,
                                    .directory = program.directory,
                                    .output = log->input(),
                                    .user = program.user,
                                    .cgroup = group ? group->entrances() : std::vector<Path>{},
                                    .oom_score_adj = k_oom_score_adj,
                                    .ceilings = ceilings_of(program.user),
                                    .before_start = [&](const host::ProcessIdentity& leader) {
                                        return run_.record_session(leader);
                                    }}));
    log->close_input();
    host::Strays strays(run_, process.identity());
    return std::make_unique<ProcessParty>(confinement, std::move(log), std::move(strays), std::move(group),
                                          std::move(process));
}

}  // namespace joust::runtime
