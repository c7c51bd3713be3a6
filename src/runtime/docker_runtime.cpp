#include "runtime/docker_runtime.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "base/tree.hpp"
#include "host/bounded_log.hpp"
#include "host/owned_files.hpp"
#include "runtime/container_party.hpp"

namespace joust::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_build_limit = 30min;

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
