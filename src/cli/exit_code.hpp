#pragma once

#include <csignal>

#include "base/error.hpp"

namespace joust::cli {

/// The exit code that the shell is told; a promise to scripts, never renumbered.
enum class ExitCode : int {
    done = 0,              ///< suspect results included
    failed = 1,            ///< Joust could not do its work
    bad_input = 2,         ///< wrong file, key or argument; nothing was started
    not_comparable = 3,    ///< run: no pair has goodput on both sides; load: the self-check is invalid
    criterion_missed = 4,  ///< a stated criterion was missed
    interrupted = 130,     ///< SIGINT
    terminated = 143,      ///< SIGTERM, or SIGHUP: the terminal or ssh session has gone
};

/// The code for an error; `signal` is the one that interrupted, where one did.
constexpr ExitCode exit_code(const Error& error, int signal) {
    switch (error.kind) {
        case ErrorKind::bad_input:
            return ExitCode::bad_input;
        case ErrorKind::interrupted:
            return signal == SIGTERM || signal == SIGHUP ? ExitCode::terminated : ExitCode::interrupted;
        default:
            return ExitCode::failed;
    }
}

}  // namespace joust::cli
