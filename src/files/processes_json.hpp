#pragma once

#include "files/json_fields.hpp"
#include "model/service_processes.hpp"

// Which processes a service had in the window: a part of the line of its trial.
namespace joust::files {

template <typename F, Is<model::SeenProcess> P>
void fields(F& f, P& process) {
    f("pid", process.pid);
    f.text("command", process.command);
    f("looks", process.looks);
    f.seconds("cpu_s", process.cpu);
    f("first", process.first);
}

template <typename F, Is<model::ServiceProcesses> S>
void fields(F& f, S& processes) {
    f("declared", processes.declared);
    f("workers", processes.workers);
    f("looks", processes.looks);
    f.seconds("span_s", processes.span);
    f("most", processes.most);
    f.later("most_threads", processes.most_threads);
    f("distinct", processes.distinct);
    f("seen", processes.seen);
}

}  // namespace joust::files
