#include "cli/cleaning.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/tree.hpp"
#include "deploy/venv.hpp"
#include "host/docker.hpp"
#include "host/run_state.hpp"
#include "host/user.hpp"

namespace joust::cli {
namespace {

void clean_runs(const Path& state_root, bool only_tell, Cleaning& done) {
    const host::Runs runs = host::look_at_runs(state_root);
    for (const std::string& id : runs.alive)
        done.left.push_back(fmt::format("run {}: it is alive", id));
    std::vector<std::string> dead = runs.dead;
    if (!only_tell) {
        host::SweepReport swept = host::sweep_stale(state_root);
        dead = std::move(swept.swept);
        done.failures.insert(done.failures.end(), swept.failures.begin(), swept.failures.end());
    }
    for (const std::string& id : dead)
        done.removed.push_back(fmt::format("what the dead run {} left", id));
}

void clean_environments(const Path& state_root, bool only_tell, Cleaning& done) {
    for (const Path& venv : deploy::all_venvs(state_root)) {
        const std::string name = fmt::format("environment {}", venv.string());
        const auto fate = deploy::remove_venv(venv, only_tell);
        if (!fate)
            done.failures.push_back(fate.error().message);
        else if (*fate == deploy::VenvFate::removed)
            done.removed.push_back(name);
        else
            done.left.push_back(fmt::format(
                "{}: {}", name,
                *fate == deploy::VenvFate::being_made ? "it is being set up" : "a living run uses it"));
    }
}

// The folders go only if they are empty; whatever is in them that is not Joust's stays.
void clean_root(const Path& state_root, bool only_tell, Cleaning& done) {
    const host::Runs runs = host::look_at_runs(state_root);
    if (only_tell || !runs.alive.empty() || !runs.dead.empty()) return;
    ::rmdir((state_root / "venvs").c_str());
    ::rmdir((state_root / "runs").c_str());
    std::vector<Path> others;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(state_root, failed), end; !failed && entry != end;
         entry.increment(failed))
        if (entry->path() != host::state_root_mark(state_root)) others.push_back(entry->path());
    std::sort(others.begin(), others.end());
    for (const Path& other : others)
        done.left.push_back(fmt::format("{}: it is not, or not only, what runs keep there", other.string()));
    if (failed || !others.empty()) return;
    if (const Status removed = remove_tree(host::state_root_mark(state_root)); !removed)
        done.failures.push_back(removed.error().message);
    else if (::rmdir(state_root.c_str()) == 0)
        done.removed.push_back(fmt::format("directory {}", state_root.string()));
}

}  // namespace

Cleaning clean_state(const Path& state_root, bool only_tell) {
    Cleaning done;
    // Each kind of thing that is kept between runs is one line here. Runs come first: dead ones use nothing
    // any more.
    clean_runs(state_root, only_tell, done);
    clean_environments(state_root, only_tell, done);
    clean_root(state_root, only_tell, done);
    return done;
}

Cleaning clean_engine(const Path& state_root, bool only_tell) {
    Cleaning done;
    if (!host::Docker::installed()) return done;
    const auto docker = host::Docker::connect();
    if (!docker) {
        done.left.emplace_back(
            "Docker images with names that begin with joust/, if any: no engine answers; start it, and "
            "`joust clean` "
            "again");
        return done;
    }
    const auto images = docker->cached_images();
    const auto runs = docker->has_runs();
    if (!images || !runs) {
        done.failures.push_back(images ? runs.error().message : images.error().message);
        return done;
    }
    const bool needed = *runs || !host::look_at_runs(state_root).alive.empty();
    for (const host::Docker::CachedImage& image : *images) {
        const std::string name = fmt::format("Docker image {}", image.name);
        if (needed || image.in_use) {
            done.left.push_back(fmt::format(
                "{}: {}", name, image.in_use ? "a container was made of it" : "a run may need it"));
            continue;
        }
        const Status removed = only_tell ? Status{} : docker->remove_image(image.name);
        if (removed)
            done.removed.push_back(name);
        else
            done.failures.push_back(removed.error().message);
    }
    return done;
}

std::vector<std::string> what_stays(const Path& state_root) {
    std::vector<std::string> lines;
    if (::geteuid() == 0) {
        if (host::find_user(host::k_system_user))
            lines.push_back(
                fmt::format("the system user {0}, without login: userdel {0}", host::k_system_user));
        lines.emplace_back(
            "what other users keep, below their ~/.local/state/joust: `joust clean` as each of them");
    } else if (const Path of_root = "/var/lib/joust"; state_root != of_root) {
        lines.push_back(fmt::format("what root keeps, in {}: `joust clean` as root", of_root.string()));
    }
    lines.emplace_back(
        "results of runs, in the directories that they were written to: rm -r what you do not want");
    lines.emplace_back(
        "Debian packages: apt-get remove what you do not want (a set-up in a checkout lists in "
        "build/logs/packages.log what it installed; `apt-get purge joust` removes an installed joust)");
    return lines;
}

}  // namespace joust::cli
