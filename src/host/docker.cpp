#include "host/docker.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "base/quantity.hpp"
#include "base/text.hpp"

namespace joust::host {
namespace {

// Stands before each line of values: the command prints its warnings among them.
constexpr std::string_view k_mark = "joust-values:";
// Between two values; no name, number or message of an engine has it.
constexpr std::string_view k_between = "|:|";

Environment whole_environment() {
    Environment environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos && equals > 0)
            environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    if (std::none_of(environment.begin(), environment.end(), [](const auto& e) { return e.first == "PATH"; }))
        environment.emplace_back("PATH", "/usr/local/bin:/usr/bin:/bin");
    return environment;
}

// Of what `docker` printed, the line that tells why.
std::string reason(const std::string& printed) {
    std::string last;
    for (const std::string_view line : split(printed, '\n')) {
        const std::string_view text = trimmed(line);
        if (text.empty() || text.starts_with("See 'docker") || text.starts_with("errors pretty printing"))
            continue;
        last = text;
    }
    return last;
}

Error unreachable(const std::string& address, const std::string& why) {
    const bool forbidden = why.find("permission denied") != std::string::npos;
    return {
        ErrorKind::unsupported,
        fmt::format("--runtime docker needs a Docker engine, and none answers{}: {}; {}",
                    address.empty() ? "" : " at " + address, why,
                    forbidden ? "run as root (sudo), or as a member of the group that may use it, who can "
                                "then do on this host whatever root can"
                              : "start it (`systemctl start docker`, or `dockerd` as root), or let "
                                "`./start_benchmark.sh --runtime docker` do it")};
}

std::vector<std::string> values_in(const std::string& printed, std::size_t count) {
    std::vector<std::string> values;
    for (const std::string_view line : split(printed, '\n')) {
        if (!line.starts_with(k_mark)) continue;
        std::string_view rest = line.substr(k_mark.size());
        for (std::size_t end = 0; (end = rest.find(k_between)) != std::string_view::npos;
             rest.remove_prefix(end + k_between.size()))
            values.emplace_back(rest.substr(0, end));
        values.emplace_back(rest);
        break;
    }
    values.resize(count);
    return values;
}

// What a listing with --quiet names; a warning of the command, which is printed among it, has blanks.
std::vector<std::string> names_in(const std::string& printed) {
    std::vector<std::string> names;
    for (const std::string_view line : split(printed, '\n'))
        if (!line.empty() && line.find(' ') == std::string_view::npos) names.emplace_back(line);
    return names;
}

}  // namespace

ProcessSpec Docker::command(const std::vector<std::string>& arguments) const {
    ProcessSpec spec{.command = {"docker"}, .environment = whole_environment()};
    if (by_address_) spec.command.insert(spec.command.end(), {"--host", address_});
    spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
    return spec;
}

Result<std::string> Docker::run(const std::vector<std::string>& arguments, Nanoseconds limit) const {
    const Fd output(::memfd_create("output", MFD_CLOEXEC));
    if (!output) return fail(ErrorKind::io, "cannot make a place for output: {}", errno_text());
    ProcessSpec spec = command(arguments);
    spec.log = fmt::format("/proc/self/fd/{}", output.get());
    auto process = Process::start(spec);
    if (!process) return fail(ErrorKind::unsupported, "{}", process.error().message);
    const std::optional<ExitStatus> status = process->wait_for(limit);
    JOUST_TRY(std::string printed, read_file(spec.log));
    if (!status)
        return fail(ErrorKind::timed_out, "`docker {}` did not end within {}", arguments.front(),
                    spoken(limit));
    if (!status->success())
        return fail(ErrorKind::service, "`docker {}` failed: {}", arguments.front(), reason(printed));
    return printed;
}

Result<std::vector<std::string>> Docker::query(std::vector<std::string> arguments,
                                               const std::vector<std::string>& templates) const {
    std::string format(k_mark);
    for (const std::string& one : templates)
        format += fmt::format("{}{}", format.size() == k_mark.size() ? "" : k_between, one);
    arguments.insert(arguments.end(), {"--format", format});
    JOUST_TRY(const std::string printed, run(arguments));
    return values_in(printed, templates.size());
}

bool Docker::installed() {
    return Docker().run({"--version"}).has_value();
}

Result<Docker> Docker::connect() {
    Docker docker;
    if (const auto version = docker.run({"--version"}); !version)
        return fail(
            ErrorKind::unsupported,
            "--runtime docker needs the command `docker`, which is not here ({}); install it (Debian: "
            "`apt-get install docker.io`), or let `./start_benchmark.sh --runtime docker` do it",
            version.error().message);
    auto address = docker.query({"context", "inspect"}, {"{{.Endpoints.docker.Host}}"});
    if (!address) return fail(ErrorKind::unsupported, "{}", address.error().message);
    docker.address_ = address->front();
    const auto answer = docker.query({"version"}, {"{{.Server.Version}}"});
    if (!answer) return tl::unexpected(unreachable(docker.address_, answer.error().message));
    return docker;
}

Result<std::vector<Docker::CachedImage>> Docker::cached_images() const {
    std::vector<CachedImage> images;
    for (const char* const kind : {"image", "base"}) {
        JOUST_TRY(const std::string printed,
                  run({"image", "ls", "--no-trunc", "--filter",
                       fmt::format("label={}={}", k_docker_cache_label, kind), "--format",
                       fmt::format("{}{{{{.ID}}}}{}{{{{.Repository}}}}:{{{{.Tag}}}}", k_mark, k_between)}));
        for (const std::string_view line : split(printed, '\n')) {
            const std::vector<std::string> values = values_in(std::string(line), 2);
            if (values[0].empty()) continue;
            const bool nameless = values[1] == "<none>:<none>";
            if (!nameless && !values[1].starts_with("joust/")) continue;
            const std::string name = nameless ? values[0] : values[1];
            if (std::any_of(images.begin(), images.end(),
                            [&](const auto& other) { return other.name == name; }))
                continue;
            JOUST_TRY(const std::string users,
                      run({"ps", "--all", "--quiet", "--filter", "ancestor=" + values[0]}));
            images.push_back({name, !names_in(users).empty()});
        }
    }
    return images;
}

Status Docker::remove_image(const std::string& name) const {
    return run({"image", "rm", name}).map([](const std::string&) {});
}

Result<bool> Docker::has_runs() const {
    const std::string filter = fmt::format("label={}", k_docker_run_label);
    JOUST_TRY(const std::string containers, run({"ps", "--all", "--quiet", "--filter", filter}));
    JOUST_TRY(const std::string volumes, run({"volume", "ls", "--quiet", "--filter", filter}));
    return !names_in(containers).empty() || !names_in(volumes).empty();
}

Status Docker::remove_run(const std::string& run_id) const {
    const std::string filter = fmt::format("label={}={}", k_docker_run_label, run_id);
    const auto remove = [&](std::vector<std::string> list, std::vector<std::string> command) -> Status {
        list.insert(list.end(), {"--quiet", "--filter", filter});
        JOUST_TRY(const std::string printed, run(list));
        const std::vector<std::string> names = names_in(printed);
        if (names.empty()) return {};
        command.insert(command.end(), names.begin(), names.end());
        if (const auto removed = run(command); !removed) {
            // Somebody else may have removed one of them meanwhile.
            JOUST_TRY(const std::string left, run(list));
            if (!names_in(left).empty()) return tl::unexpected(removed.error());
        }
        return {};
    };
    JOUST_CHECK(remove({"ps", "--all", "--no-trunc"}, {"rm", "--force", "--volumes"}));
    return remove({"volume", "ls"}, {"volume", "rm", "--force"});
}

}  // namespace joust::host
