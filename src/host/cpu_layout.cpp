#include "host/cpu_layout.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace joust::host {
namespace {

// With one CPU: shares that add up to less than it, so that the generator is never starved.
constexpr double k_contender_quota_of_one_cpu = 0.5;
constexpr double k_database_quota_of_one_cpu = 0.3;
// The generator needs little but at once; ten times the weight lets it preempt its neighbour.
constexpr unsigned k_generator_weight = 1000;

std::string cpu_words(const std::vector<int>& cpus) {
    return fmt::format("CPU{} {}", cpus.size() == 1 ? "" : "s", to_cpu_list(cpus));
}

// A quota where `cpus` is less than the set gives.
std::optional<double> quota_for(double cpus, std::size_t set_size) {
    if (cpus < static_cast<double>(set_size)) return cpus;
    return std::nullopt;
}

std::size_t whole(double cpus) {
    return static_cast<std::size_t>(std::ceil(cpus));
}

// In the order in which they are handed out. With `one_per_core` the siblings come last, else behind each
// other, so that a party's CPUs fill whole cores.
std::vector<int> in_order(const CpuTopology& topology, bool one_per_core) {
    std::vector<int> first;
    std::vector<int> siblings;
    for (const std::vector<int>& core : topology.cores)
        for (std::size_t i = 0; i < core.size(); ++i)
            (one_per_core && i > 0 ? siblings : first).push_back(core[i]);
    first.insert(first.end(), siblings.begin(), siblings.end());
    return first;
}

std::vector<int> slice(const std::vector<int>& cpus, std::size_t from, std::size_t count) {
    const auto begin = cpus.begin() + static_cast<std::ptrdiff_t>(from);
    std::vector<int> part(begin, begin + static_cast<std::ptrdiff_t>(count));
    std::sort(part.begin(), part.end());
    return part;
}

bool shares_core(const CpuTopology& topology, const std::vector<int>& a, const std::vector<int>& b) {
    const auto touches = [](const std::vector<int>& core, const std::vector<int>& cpus) {
        return std::find_first_of(core.begin(), core.end(), cpus.begin(), cpus.end()) != core.end();
    };
    return std::any_of(topology.cores.begin(), topology.cores.end(),
                       [&](const std::vector<int>& core) { return touches(core, a) && touches(core, b); });
}

CpuLayout on_one_cpu(int cpu, const CpuWish& wish) {
    CpuLayout layout{.generator_shares = true, .limits_reachable = false};
    layout.contender = {.cpus = {cpu}, .quota = std::min(wish.contender, k_contender_quota_of_one_cpu)};
    layout.database = {.cpus = {cpu},
                       .quota = std::min(wish.database.value_or(1.0), k_database_quota_of_one_cpu)};
    layout.generator = {.cpus = {cpu}, .weight = k_generator_weight};
    layout.notes.push_back(fmt::format(
        "Only CPU {} may be used: contender, database and generator share it, the contender with a quota of "
        "{:.2f} CPU, the database with {:.2f}. The limits of the benchmark cannot be reached, and quotas "
        "stall "
        "a process for up to 100 ms: use a machine with two CPUs or more for results that count.",
        cpu, *layout.contender.quota, *layout.database.quota));
    return layout;
}

CpuLayout with_shared_rest(const CpuTopology& topology, const CpuWish& wish) {
    const std::vector<int> cpus = in_order(topology, false);
    const std::size_t taken = whole(wish.contender);
    CpuLayout layout;
    layout.contender = {.cpus = slice(cpus, 0, taken), .quota = quota_for(wish.contender, taken)};
    const std::vector<int> rest = slice(cpus, taken, cpus.size() - taken);
    layout.generator = {.cpus = rest};
    layout.notes.push_back(fmt::format("The contender is pinned to {}.", cpu_words(layout.contender.cpus)));
    layout.database = {.cpus = rest, .quota = quota_for(*wish.database, rest.size())};
    layout.generator.weight = k_generator_weight;
    layout.generator_shares = true;
    layout.notes.push_back(fmt::format(
        "Database and generator share {} because there are too few CPUs for a set each; the generator goes "
        "first (weight {} to {}), so the database gets what it leaves.",
        cpu_words(rest), layout.generator.weight, layout.database.weight));
    return layout;
}

CpuLayout disjoint(const CpuTopology& topology, const CpuWish& wish) {
    const std::size_t contender = whole(wish.contender);
    const std::size_t database = wish.database ? whole(*wish.database) : 0;
    const bool one_per_core = topology.cores.size() > contender + database;
    const std::vector<int> cpus = in_order(topology, one_per_core);
    // Siblings of the contender's and the database's CPUs stay idle where cores suffice.
    const std::size_t usable = one_per_core ? topology.cores.size() : cpus.size();
    CpuLayout layout;
    layout.contender = {.cpus = slice(cpus, 0, contender), .quota = quota_for(wish.contender, contender)};
    layout.notes.push_back(fmt::format("The contender is pinned to {}.", cpu_words(layout.contender.cpus)));
    if (wish.database) {
        layout.database = {.cpus = slice(cpus, contender, database),
                           .quota = quota_for(*wish.database, database)};
        layout.notes.push_back(fmt::format("The database is pinned to {}.", cpu_words(layout.database.cpus)));
    }
    layout.generator = {.cpus = slice(cpus, contender + database, usable - contender - database)};
    layout.notes.push_back(fmt::format("The generator runs on {}.", cpu_words(layout.generator.cpus)));
    return layout;
}

void note_quotas_and_siblings(CpuLayout& layout, const CpuTopology& topology, bool has_database) {
    const auto note_quota = [&](std::string_view who, const CpuShare& share) {
        if (share.quota && layout.limits_reachable)
            layout.notes.push_back(fmt::format(
                "The {} is held to {:.2f} CPU by a CFS quota, which can stall it for up to 100 ms at a time.",
                who, *share.quota));
    };
    note_quota("contender", layout.contender);
    if (has_database) note_quota("database", layout.database);
    if (layout.limits_reachable && (shares_core(topology, layout.contender.cpus, layout.generator.cpus) ||
                                    shares_core(topology, layout.contender.cpus, layout.database.cpus)))
        layout.notes.push_back(
            "The contender's CPU is a hyperthread whose physical core another party uses too: the load of "
            "one "
            "slows the other.");
}

}  // namespace

Result<std::vector<int>> parse_cpu_list(std::string_view text) {
    std::vector<int> cpus;
    text = trimmed(text);
    if (text.empty()) return cpus;
    for (const std::string_view range : split(text, ',')) {
        const std::vector<std::string_view> ends = split(range, '-');
        int bounds[2] = {};
        bool good = ends.size() <= 2;
        for (std::size_t i = 0; good && i < 2; ++i) {
            const std::string_view end = ends[std::min(i, ends.size() - 1)];
            const auto parsed = std::from_chars(end.data(), end.data() + end.size(), bounds[i]);
            good = parsed.ec == std::errc() && parsed.ptr == end.data() + end.size() && bounds[i] >= 0;
        }
        if (!good || bounds[0] > bounds[1] || bounds[1] >= 1 << 16)
            return fail(ErrorKind::bad_input, "\"{}\" is not a list of CPUs such as \"0-2,5\"", text);
        for (int cpu = bounds[0]; cpu <= bounds[1]; ++cpu)
            cpus.push_back(cpu);
    }
    return cpus;
}

std::string to_cpu_list(const std::vector<int>& cpus) {
    std::vector<std::string> ranges;
    for (std::size_t i = 0; i < cpus.size();) {
        std::size_t last = i;
        while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1)
            ++last;
        ranges.push_back(last == i ? std::to_string(cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[last]));
        i = last + 1;
    }
    return joined(ranges, ",");
}

std::size_t CpuTopology::cpu_count() const {
    std::size_t count = 0;
    for (const std::vector<int>& core : cores)
        count += core.size();
    return count;
}

CpuTopology read_topology(const Path& sys) {
    constexpr int k_most_cpus = 8192;
    cpu_set_t* const set = CPU_ALLOC(k_most_cpus);
    const std::size_t size = CPU_ALLOC_SIZE(k_most_cpus);
    CPU_ZERO_S(size, set);
    CpuTopology topology;
    std::vector<int> allowed;
    if (::sched_getaffinity(0, size, set) == 0)
        for (int cpu = 0; cpu < k_most_cpus; ++cpu)
            if (CPU_ISSET_S(cpu, size, set)) allowed.push_back(cpu);
    CPU_FREE(set);
    for (const int cpu : allowed) {
        const Path file =
            sys / "devices/system/cpu" / fmt::format("cpu{}", cpu) / "topology/thread_siblings_list";
        const Result<std::vector<int>> siblings =
            read_file(file).and_then([](const std::string& text) { return parse_cpu_list(text); });
        const auto core =
            std::find_if(topology.cores.begin(), topology.cores.end(), [&](const std::vector<int>& other) {
                return siblings && std::find(siblings->begin(), siblings->end(), other[0]) != siblings->end();
            });
        if (core == topology.cores.end())
            topology.cores.push_back({cpu});
        else
            core->push_back(cpu);
    }
    return topology;
}

Result<CpuLayout> lay_out_cpus(const CpuTopology& topology, const CpuWish& wish) {
    const std::size_t count = topology.cpu_count();
    if (count == 0) return fail(ErrorKind::io, "the kernel does not say which CPUs may be used");
    const std::size_t contender = whole(wish.contender);
    if (contender > 1 && contender >= count)
        return fail(ErrorKind::bad_input,
                    "the contender is to have {} CPUs, but only {} may be used here and one of them has to "
                    "stay for the generator: set cpus of the contender's limits to {} at most",
                    wish.contender, count, std::max<std::size_t>(count - 1, 1));
    if (count == 1) return on_one_cpu(topology.cores[0][0], wish);
    const std::size_t database = wish.database ? whole(*wish.database) : 0;
    CpuLayout layout =
        contender + database < count ? disjoint(topology, wish) : with_shared_rest(topology, wish);
    note_quotas_and_siblings(layout, topology, wish.database.has_value());
    return layout;
}

}  // namespace joust::host
