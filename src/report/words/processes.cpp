#include "report/words/processes.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"
#include "model/wording.hpp"

namespace joust::report::words {
namespace {

constexpr std::size_t k_most_told = 5;

std::string processes_text(int count) {
    return fmt::format("{} {}", count, count == 1 ? "process" : "processes");
}

// "beast (4711) used 48 % of a CPU, beast (4712) none"
std::string list(const model::ServiceProcesses& found) {
    std::vector<std::string> parts;
    for (const model::SeenProcess& process : found.seen) {
        if (parts.size() == k_most_told) break;
        const double share = found.span > Nanoseconds{0} ? seconds(process.cpu) / seconds(found.span) : 0.0;
        const std::string used = process.cpu > Nanoseconds{0} ? model::percent(share) : "nothing";
        parts.push_back(fmt::format("{} ({}) used {}{}", process.command, process.pid, used,
                                    parts.empty() ? " of a CPU" : ""));
    }
    const auto more = found.distinct - static_cast<std::int64_t>(parts.size());
    return joust::joined(parts, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace

std::string other_processes(const model::OtherProcesses& facts) {
    const model::ServiceProcesses& found = facts.found;
    const std::string which = list(found);
    switch (facts.mismatch) {
        case model::ProcessMismatch::more:
            return fmt::format("the service ran {} at the same time, and its manifest declares {}: {}",
                               processes_text(facts.count), found.declared, which);
        case model::ProcessMismatch::fewer:
            return fmt::format("the service ran {} at most, and its manifest declares {}: {}",
                               processes_text(facts.count), found.declared, which);
        case model::ProcessMismatch::more_work:
            break;
    }
    return fmt::format("{} of the service worked, and its manifest declares {}: {}",
                       processes_text(facts.count), model::counted(found.workers, "worker"), which);
}

}  // namespace joust::report::words
