#pragma once

#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace joust::host {

/// The right to measure on this host, which one run at a time has: two would take each other's CPUs, and
/// neither result would be true. Held by an abstract Unix socket, so that it ends with the process, is the
/// same for all users, and leaves no file; runs in another network namespace do not see it.
class MeasuringLock {
public:
    /// Fails (timed_out) with the process of another run while that has it.
    static Result<MeasuringLock> take(const std::string& name = "joust-measures");

private:
    explicit MeasuringLock(Fd socket) : socket_(std::move(socket)) {}
    Fd socket_;
};

}  // namespace joust::host
