#include "experiment/resume.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "deploy/digest.hpp"
#include "files/workload_toml.hpp"
#include "host/facts.hpp"

namespace joust::experiment {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{16} << 20U;

// Collects what differs. What was not recorded, or is not known yet, differs from nothing.
class Differences {
public:
    void text(std::string_view what, const std::string& before, const std::string& now) {
        if (before.empty() || now.empty() || before == now) return;
        found_.push_back(fmt::format("{} was {} and is {}", what, printable(before), printable(now)));
    }
    void changed(std::string_view what, const std::string& before, const std::string& now) {
        if (!before.empty() && !now.empty() && before != now)
            found_.push_back(fmt::format("{} changed", what));
    }
    void add(std::string sentence) { found_.push_back(std::move(sentence)); }
    std::vector<std::string> take() { return std::move(found_); }

private:
    std::vector<std::string> found_;
};

void compare_hosts(Differences& found, const model::HostFacts& before, const model::HostFacts& now) {
    if (now.kernel.empty()) return;
    const auto number = [](auto value) { return fmt::format("{}", value); };
    found.text("the kernel", before.kernel, now.kernel);
    found.text("the distribution", before.distribution, now.distribution);
    found.text("the CPU", before.cpu_model, now.cpu_model);
    found.text("the number of CPUs", number(before.cpus_online), number(now.cpus_online));
    found.text("the CPUs that Joust may use", fmt::format("{}", fmt::join(before.cpus_allowed, ",")),
               fmt::format("{}", fmt::join(now.cpus_allowed, ",")));
    found.text("the memory in bytes", number(before.memory_total.count), number(now.memory_total.count));
    found.text("the version of cgroups", before.cgroup_version, now.cgroup_version);
    found.text("the virtualisation", before.virtualisation.value_or("none"),
               now.virtualisation.value_or("none"));
    found.text("the clock source", before.clock_source, now.clock_source);
    found.text("the file system of the data", before.storage.file_system, now.storage.file_system);
}

void compare_contenders(Differences& found, const model::ContenderFacts& before,
                        const model::ContenderFacts& now) {
    found.changed(fmt::format("the sources of {}", before.name), before.source_sha256, now.source_sha256);
    found.changed(fmt::format("the lock file of {}", before.name), before.lock_sha256, now.lock_sha256);
    found.changed(fmt::format("the image of {}", before.name), before.image, now.image);
    if (now.versions.empty()) return;
    std::set<std::string> packages;
    for (const auto* versions : {&before.versions, &now.versions})
        for (const auto& [package, version] : *versions)
            packages.insert(package);
    const auto version = [](const model::ContenderFacts& facts, const std::string& package) {
        const auto known = facts.versions.find(package);
        return known == facts.versions.end() ? std::string("none") : known->second;
    };
    for (const std::string& package : packages)
        found.text(fmt::format("{} of {}", package, before.name), version(before, package),
                   version(now, package));
}

Status refuse(const std::vector<std::string>& differences, const Path& run_directory) {
    if (differences.empty()) return {};
    return fail(ErrorKind::bad_input,
                "{} cannot go on, for what would be measured now is not what it has measured:\n- {}\n"
                "put that back as it was, or begin a new run",
                run_directory.string(), joined(differences, "\n- "));
}

// What is known before anything is set up.
Result<model::Environment> environment_of(const RunSpec& spec, const files::RunDirectory& directory) {
    model::Environment now = spec.about;
    now.host = host::read_facts(directory.path());
    now.host.storage = {};  // of the data, which lie where the run's state does
    JOUST_TRY(const std::string benchmark, directory.directory().read(files::k_benchmark_file, k_most_bytes));
    now.benchmark_sha256 = deploy::sha256(benchmark);
    for (const model::Entrant& entrant : spec.benchmark.entrants) {
        const auto contender =
            std::find_if(spec.contenders.begin(), spec.contenders.end(),
                         [&](const model::Contender& one) { return one.name == entrant.contender; });
        model::ContenderFacts facts;
        facts.name = entrant.label;
        JOUST_TRY(facts.source_sha256, deploy::source_digest(*contender));
        now.contenders.push_back(std::move(facts));
    }
    return now;
}

}  // namespace

std::vector<std::string> differences(const model::Environment& before, const model::Environment& now) {
    Differences found;
    found.text("the version of Joust", before.joust_version, now.joust_version);
    found.changed("the program of Joust", before.program_sha256, now.program_sha256);
    found.text("Joust's commit", before.git_commit, now.git_commit);
    if (before.git_dirty != now.git_dirty)
        found.add(before.git_dirty ? "Joust's checkout had changes and has none"
                                   : "Joust's checkout had no changes and has some");
    found.text("the file of JOUST_STEAL_FILE", before.added_steal_file.value_or("none"),
               now.added_steal_file.value_or("none"));
    if (before.users_separated && now.users_separated && before.users_separated != now.users_separated)
        found.add(*now.users_separated
                      ? "contenders ran as the one who called Joust and have users of their own"
                      : "contenders had users of their own and run as the one who called Joust");
    found.text("the Docker engine", before.engine.value_or(model::EngineFacts{}).version,
               now.engine.value_or(model::EngineFacts{}).version);
    found.changed("benchmark.toml", before.benchmark_sha256, now.benchmark_sha256);
    compare_hosts(found, before.host, now.host);
    found.text("the database's version", before.database.version, now.database.version);
    for (const model::ContenderFacts& one : before.contenders)
        for (const model::ContenderFacts& other : now.contenders)
            if (one.name == other.name) compare_contenders(found, one, other);
    return found.take();
}

Status check_resumable(const RunSpec& spec, const files::RunDirectory& directory) {
    JOUST_TRY(const model::Environment before, directory.read_environment());
    JOUST_TRY(const model::Environment now, environment_of(spec, directory));
    std::vector<std::string> found = differences(before, now);
    JOUST_TRY(const std::string workload, directory.directory().read(files::k_workload_file, k_most_bytes));
    if (workload != files::to_toml(spec.workload))
        found.push_back(fmt::format("the workload {} is not that of its workload.toml", spec.workload.name));
    return refuse(found, directory.path());
}

Status check_unchanged(const model::Environment& before, const model::Environment& now,
                       const Path& run_directory) {
    return refuse(differences(before, now), run_directory);
}

}  // namespace joust::experiment
