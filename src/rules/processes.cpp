#include "rules/processes.hpp"

#include <algorithm>

namespace joust::rules {
namespace {

using model::ServiceProcesses;

// A tick of the kernel is 10 ms, so that less than five of them tell nothing.
constexpr Nanoseconds k_least_work = std::chrono::milliseconds(50);

bool ended_meanwhile(const model::TrialResult& trial) {
    return trial.service.died ||
           std::any_of(trial.incidents.begin(), trial.incidents.end(), [](const model::Incident& incident) {
               return incident.kind == model::IncidentKind::service_died ||
                      incident.kind == model::IncidentKind::service_restarted;
           });
}

int at_work(const ServiceProcesses& found) {
    Nanoseconds all{0};
    for (const model::SeenProcess& process : found.seen)
        all += process.cpu;
    return static_cast<int>(
        std::count_if(found.seen.begin(), found.seen.end(), [&](const model::SeenProcess& process) {
            return process.cpu >= k_least_work && seconds(process.cpu) >= k_worker_share * seconds(all);
        }));
}

bool has_idle_supervisor(const ServiceProcesses& found) {
    const auto first = std::find_if(found.seen.begin(), found.seen.end(),
                                    [](const model::SeenProcess& process) { return process.first; });
    return first != found.seen.end() && seconds(first->cpu) <= k_supervisor_share * seconds(found.span);
}

model::Finding differs(model::ProcessMismatch mismatch, int count, const ServiceProcesses& found) {
    return {.rule = model::Rule::processes, .facts = model::OtherProcesses{mismatch, count, found}};
}

}  // namespace

Outcome processes(const model::TrialResult& trial) {
    if (ended_meanwhile(trial)) return Holds{};
    if (!trial.processes) return model::NotEvaluated{model::Rule::processes, {}};
    const ServiceProcesses& found = *trial.processes;
    const int forgiven = has_idle_supervisor(found) ? 1 : 0;
    if (found.most > found.declared + forgiven)
        return differs(model::ProcessMismatch::more, found.most, found);
    if (found.most < found.declared) return differs(model::ProcessMismatch::fewer, found.most, found);
    if (const int working = at_work(found); working > found.workers)
        return differs(model::ProcessMismatch::more_work, working, found);
    return Holds{};
}

}  // namespace joust::rules
