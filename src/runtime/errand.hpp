#pragma once

#include <functional>
#include <string>

#include "host/process.hpp"
#include "host/run_state.hpp"

namespace joust::runtime {

/// Asked now and then by what takes long; true ends it with an `interrupted` error.
using Interrupted = std::function<bool()>;

/// A program that is needed run to its end.
struct Errand {
    std::string what;           ///< for messages: "setting up fastapi"
    std::string advice;         ///< what to do when it fails, a clause
    Nanoseconds limit{};        ///< killed after it
    host::ProcessSpec program;  ///< `before_start` is set here; its log is appended
};

/// Runs it, recorded in the run. A failure (service) tells how it ended, its last lines and where the others
/// are.
Status run_errand(Errand errand, host::RunState& run, const Interrupted& interrupted);

}  // namespace joust::runtime
