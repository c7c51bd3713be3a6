#include "runtime/docker_runtime.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "base/tree.hpp"
#include "host/bounded_log.hpp"
#include "host/group_files.hpp"
#include "host/owned_files.hpp"
#include "runtime/limit_check.hpp"

namespace joust::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_start_limit = 60s;
constexpr Nanoseconds k_build_limit = 30min;

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

/// A volume of the engine.
class Volume final : public Folder {
public:
    Volume(const host::Docker& docker, std::string name, Path inside, std::optional<Path> here)
        : docker_(docker), name_(std::move(name)), inside_(std::move(inside)), here_(std::move(here)) {}
    Volume(const Volume&) = delete;
    Volume& operator=(const Volume&) = delete;
    ~Volume() override {
        // What cannot be removed now is tried again at the run's end.
        static_cast<void>(docker_.run({"volume", "rm", "--force", name_}));
    }
    [[nodiscard]] const Path& inside() const override { return inside_; }
    [[nodiscard]] std::optional<Path> here() const override { return here_; }
    [[nodiscard]] std::string name() const override { return name_; }

private:
    const host::Docker& docker_;
    std::string name_;
    Path inside_;
    std::optional<Path> here_;
};

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

Error not_shared(const Path& shared) {
    return {ErrorKind::unsupported,
            fmt::format(
                "the Docker engine has another {} than this host, as where Joust itself runs in a container: "
                "SQLite needs Joust on the engine's own host; use PostgreSQL there",
                shared.string())};
}

// A folder of that name may be there: on another host, or outside of a container
// that Joust runs in.
Status check_shared(const Program& program, pid_t pid) {
    for (const Path& shared : program.shared) {
        struct stat here{};
        struct stat inside{};
        const std::string seen = fmt::format("/proc/{}/root{}", pid, shared.string());
        if (::stat(shared.c_str(), &here) != 0 || ::stat(seen.c_str(), &inside) != 0) continue;
        if (here.st_ino != inside.st_ino || here.st_dev != inside.st_dev)
            return tl::unexpected(not_shared(shared));
    }
    return {};
}

std::uint64_t most_open_files() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    constexpr std::uint64_t k_most = 1048576;
    return std::min<std::uint64_t>(limit.rlim_max, k_most);
}

}  // namespace

Result<std::unique_ptr<DockerRuntime>> DockerRuntime::connect(host::RunState& run,
                                                              const std::vector<std::string>& bases) {
    JOUST_TRY(host::Docker docker, host::Docker::connect());
    JOUST_CHECK(run.record_engine(docker.address()));
    const auto there = std::find_if(bases.begin(), bases.end(), [&](const std::string& base) {
        return docker.run({"image", "inspect", base}).has_value();
    });
    std::string base = there == bases.end() ? bases.back() : *there;
    return std::unique_ptr<DockerRuntime>(new DockerRuntime(std::move(docker), run, std::move(base)));
}

Result<model::EngineFacts> DockerRuntime::facts() const {
    JOUST_TRY(const auto values,
              docker_.query({"info"}, {"{{.ServerVersion}}", "{{.Driver}}", "{{.CgroupDriver}}"}));
    return model::EngineFacts{values[0], values[1], values[2]};
}

Error DockerRuntime::explained(const std::string& doing, const Error& error) const {
    if (docker_.run({"version"})) {
        const bool gone = error.message.find("No such image") != std::string::npos;
        return {error.kind,
                fmt::format("cannot {}: {}{}", doing, error.message,
                            gone ? "; somebody has removed the image that this run built: start again, "
                                   "and it is built anew"
                                 : "")};
    }
    return {ErrorKind::service,
            fmt::format(
                "the Docker engine at {} does not answer any more ({}); start it again: the next start of "
                "joust removes what is left in it",
                docker_.address(), error.message)};
}

std::string DockerRuntime::container_name(const std::string& party) {
    return fmt::format("joust-{}-{}-{}", run_.id(), party, ++made_);
}

// In a file that only this user can read. That of a party is gone as soon as the engine has it, that of an
// errand, which may not have read it yet, before the next container.
Result<Path> DockerRuntime::write_environment(const Program& program, const std::string& container) const {
    std::string lines;
    for (const auto& [name, value] : program.environment) {
        if (value.find('\n') != std::string::npos)
            return fail(
                ErrorKind::bad_input,
                "the environment variable {} has a line break, which cannot be handed to a container; "
                "write it without",
                name);
        lines += fmt::format("{}={}\n", name, value);
    }
    Path file = run_.directory() / (container + ".env");
    JOUST_CHECK(host::write_file_of(host::current_user(), file, lines));
    return file;
}

// The engine refuses a folder that it does not have when it makes a container.
Status DockerRuntime::check_there(const Path& shared, const std::string& image) {
    if (!shared_.insert(shared).second) return {};
    const std::string name = container_name("probe");
    const auto made = docker_.run({"create", "--name", name, "--label",
                                   fmt::format("{}={}", host::k_docker_run_label, run_.id()), "--mount",
                                   fmt::format("type=bind,source={0},target={0}", shared.string()), image});
    if (!made && made.error().message.find("source path does not exist") != std::string::npos)
        return tl::unexpected(not_shared(shared));
    if (!made) return tl::unexpected(explained("make a container", made.error()));
    return docker_.run({"rm", "--force", name}).map([](const std::string&) {});
}

Result<ContainerSpec> DockerRuntime::prepare(const Program& program, const std::string& party) {
    for (const Path& shared : program.shared)
        JOUST_CHECK(check_there(shared, program.image));
    if (!of_errand_.empty()) ::unlink(of_errand_.c_str());
    const std::string name = container_name(party);
    JOUST_TRY(Path environment, write_environment(program, name));
    return ContainerSpec{.name = name,
                         .run = run_.id(),
                         .environment_file = std::move(environment),
                         .open_files = most_open_files()};
}

Result<std::unique_ptr<Party>> DockerRuntime::start(const Program& program, const Confinement& confinement) {
    JOUST_TRY(const ContainerSpec spec, prepare(program, confinement.name));
    std::vector<std::string> words = {"create"};
    for (std::string& word : container_words(program, confinement, spec))
        words.push_back(std::move(word));
    const auto created = docker_.run(words);
    ::unlink(spec.environment_file.c_str());
    if (!created)
        return tl::unexpected(explained("make the container of " + confinement.name, created.error()));
    auto party = start_container(program, confinement, spec.name);
    if (!party) static_cast<void>(docker_.run({"rm", "--force", "--volumes", spec.name}));
    return party;
}

Result<std::unique_ptr<Party>> DockerRuntime::start_container(const Program& program,
                                                              const Confinement& confinement,
                                                              const std::string& name) {
    for (const ProgramFile& file : program.files) {
        const Path copy = run_.directory() / (name + ".file");
        JOUST_CHECK(write_atomically(copy, file.content));
        const auto copied =
            docker_.run({"cp", copy.string(), fmt::format("{}:{}", name, file.path.string())});
        ::unlink(copy.c_str());
        if (!copied)
            return tl::unexpected(
                explained("copy files into the container of " + confinement.name, copied.error()));
    }
    JOUST_TRY(std::unique_ptr<host::BoundedLog> log, host::BoundedLog::open(program.log, std::nullopt));
    host::ProcessSpec attach = docker_.command({"start", "--attach", name});
    attach.output = log->input();
    attach.before_start = [&](const host::ProcessIdentity& leader) { return run_.record_session(leader); };
    JOUST_TRY(host::Process process, host::Process::start(attach));
    log->close_input();
    auto party =
        std::make_unique<ContainerParty>(docker_, name, confinement, std::move(log), std::move(process));
    if (const Status started = party->wait_until_started(); !started) {
        if (docker_.run({"version"})) return tl::unexpected(started.error());
        return tl::unexpected(explained("start " + confinement.name, started.error()));
    }
    JOUST_CHECK(check_shared(program, party->pid()));
    return party;
}

Result<host::ProcessSpec> DockerRuntime::errand(const Program& program, const std::string& name) {
    JOUST_TRY(const ContainerSpec spec, prepare(program, name));
    of_errand_ = spec.environment_file;
    std::vector<std::string> words = {"run", "--rm"};
    for (std::string& word : container_words(program, {.name = name, .limits = {}, .cpu = {}}, spec))
        words.push_back(std::move(word));
    host::ProcessSpec process = docker_.command(words);
    process.log = program.log;
    return process;
}

Result<std::unique_ptr<Folder>> DockerRuntime::make_folder(const std::string& label, const host::User& user,
                                                           const Path& inside) {
    const std::string name = container_name(label);
    const auto created = docker_.run(
        {"volume", "create", "--label", fmt::format("{}={}", host::k_docker_run_label, run_.id()), name});
    if (!created) return tl::unexpected(explained("make a volume for " + label, created.error()));
    std::optional<Path> here;
    const auto place = docker_.query({"volume", "inspect", name}, {"{{.Mountpoint}}"});
    if (place && ::access(place->front().c_str(), R_OK | X_OK) == 0) here = place->front();
    auto volume = std::make_unique<Volume>(docker_, name, inside, here);
    // For images that have no such directory: of theirs the engine takes owner and mode.
    if (here) JOUST_CHECK(host::give_to(user, *here));
    return volume;
}

Result<std::string> DockerRuntime::build(const ImageSpec& spec, const Interrupted& interrupted) {
    const Path id_file = run_.directory() / (spec.name + ".image");
    ::unlink(id_file.c_str());
    host::ProcessSpec program = docker_.command(
        {"build", "--force-rm", "--network", "host", "--build-arg", "BASE=" + base_, "--label",
         fmt::format("{}=image", host::k_docker_cache_label), "--tag", "joust/" + spec.name, "--iidfile",
         id_file.string(), "--file", (spec.context / spec.file).string(), spec.context.string()});
    program.log = spec.log;
    JOUST_CHECK(run_errand(
        {.what = "building " + spec.purpose,
         .advice =
             fmt::format("remove the cause (the base image is {}; JOUST_DOCKER_BASE names another, and "
                         "`./start_benchmark.sh --runtime docker` makes one where none can be pulled) and "
                         "start again",
                         base_),
         .limit = k_build_limit,
         .program = std::move(program)},
        run_, interrupted));
    JOUST_TRY(const std::string id, read_file(id_file));
    ::unlink(id_file.c_str());
    // The ones before it that have lost their name to it; an image that a container was made of stays.
    static_cast<void>(docker_.run({"image", "prune", "--force", "--filter",
                                   fmt::format("label={}=image", host::k_docker_cache_label)}));
    return std::string(trimmed(id));
}

}  // namespace joust::runtime
