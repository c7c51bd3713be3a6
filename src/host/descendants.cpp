#include "host/descendants.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/proc.hpp"

namespace joust::host {
namespace {

constexpr std::chrono::seconds k_kill_patience(2);
constexpr std::chrono::milliseconds k_kill_pause(2);

bool carries(pid_t pid, const std::string& entry) {
    const std::string environment = read_file(proc_directory(pid) / "environ").value_or("");
    const std::size_t at = environment.find(entry);
    if (at == std::string::npos) return false;
    const std::size_t end = at + entry.size();
    return (at == 0 || environment[at - 1] == '\0') &&
           (end == environment.size() || environment[end] == '\0');
}

// The strays and all below them.
std::vector<ProcessEntry> find_strays(const std::vector<ProcessIdentity>& known) {
    std::multimap<pid_t, ProcessEntry> children;
    for (const ProcessEntry& process : all_processes())
        children.emplace(process.parent, process);
    std::vector<ProcessEntry> found;
    const auto [first, last] = children.equal_range(::getpid());
    for (auto child = first; child != last; ++child)
        if (std::find(known.begin(), known.end(), child->second.identity) == known.end())
            found.push_back(child->second);
    for (std::size_t i = 0; i < found.size(); ++i) {  // grows while it is gone through
        const auto [begin, end] = children.equal_range(found[i].identity.pid);
        for (auto child = begin; child != end; ++child)
            found.push_back(child->second);
    }
    return found;
}

}  // namespace

std::pair<std::string, std::string> start_mark(const ProcessIdentity& starter, const ProcessSpace& space) {
    return {"JOUST_STARTED_BY",
            fmt::format("{}.{}.{}.{}", space.boot, space.pid_namespace, starter.pid, starter.start_ticks)};
}

std::pair<std::string, std::string> own_start_mark() {
    return start_mark(identify(::getpid()).value_or(ProcessIdentity{.pid = ::getpid()}), process_space());
}

Status kill_marked(const std::pair<std::string, std::string>& mark) {
    const std::string entry = mark.first + "=" + mark.second;
    for (const TimePoint give_up = now() + k_kill_patience;;) {
        bool any = false;
        for (const ProcessEntry& process : all_processes()) {
            if (process.dead || process.identity.pid == ::getpid() || !carries(process.identity.pid, entry))
                continue;
            any = true;
            signal_if(process.identity.pid, SIGKILL, [&] { return carries(process.identity.pid, entry); });
        }
        if (!any) return {};
        if (now() > give_up) return fail(ErrorKind::timed_out, "processes of a dead run cannot be killed");
        std::this_thread::sleep_for(k_kill_pause);
    }
}

Status adopt_orphans() {
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0) return {};
    return fail(ErrorKind::io, "cannot take orphans in: {}", errno_text());
}

std::vector<ProcessIdentity> own_children() {
    std::vector<ProcessIdentity> children;
    for (const ProcessEntry& process : all_processes())
        if (process.parent == ::getpid()) children.push_back(process.identity);
    return children;
}

Status end_strays(const std::vector<ProcessIdentity>& known) {
    for (const TimePoint give_up = now() + k_kill_patience;;) {
        const std::vector<ProcessEntry> strays = find_strays(known);
        if (strays.empty()) return {};
        if (now() > give_up)
            return fail(ErrorKind::timed_out, "process {}, whose parent has gone, cannot be killed",
                        strays.front().identity.pid);
        bool all_dead = true;
        for (const ProcessEntry& stray : strays) {
            if (!stray.dead)
                signal_if(stray.identity.pid, SIGKILL,
                          [&] { return identify(stray.identity.pid) == stray.identity; });
            else if (stray.parent == ::getpid())
                ::waitpid(stray.identity.pid, nullptr, WNOHANG);
            all_dead = all_dead && stray.dead;
        }
        // Without a pause as long as some live: they may be forking.
        if (all_dead) std::this_thread::sleep_for(k_kill_pause);
    }
}

}  // namespace joust::host
