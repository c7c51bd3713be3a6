#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace joust::host {

/// The right to measure on this host, which one run at a time has: two would take each other's CPUs, and
/// neither result would be true. Held by an abstract Unix socket, so that it ends with the process, is the
/// same for all users, and leaves no file; runs in another network namespace do not see it.
///
/// Anybody can take such a name, with or without Joust, so it keeps nobody but root from measuring who does
/// not respect it: runs of root's exclude each other by a file in /run that is root's alone.
class MeasuringLock {
public:
    /// Fails (timed_out) with user and process of another run while that has it. Root does not wait for other
    /// users: it goes on, with a warning().
    static Result<MeasuringLock> take(const std::string& name = "joust-measures");

    MeasuringLock(MeasuringLock&&) noexcept = default;
    MeasuringLock& operator=(MeasuringLock&&) = delete;
    ~MeasuringLock();

    /// A sentence on another user who holds the name all the same; only for root.
    [[nodiscard]] const std::optional<std::string>& warning() const { return warning_; }

private:
    MeasuringLock(std::string name, Fd socket, Fd file, std::optional<std::string> warning)
        : name_(std::move(name)),
          socket_(std::move(socket)),
          file_(std::move(file)),
          warning_(std::move(warning)) {}
    std::string name_;
    Fd socket_;  ///< empty where another user has the name
    Fd file_;    ///< empty but for root
    std::optional<std::string> warning_;
};

}  // namespace joust::host
