#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::host {

/// Has each open of a file that lies right in a folder take longer, for whoever opens it and nobody else, by
/// fanotify(7). For root. A resource: at the end of its life, or of this process, files open as before.
class OpenDelay {
public:
    /// Fails (unsupported) where the kernel or the user does not allow it.
    static Result<OpenDelay> begin(const Path& folder, Nanoseconds delay);

    OpenDelay(OpenDelay&&) noexcept;
    ~OpenDelay();

private:
    class Doorkeeper;
    explicit OpenDelay(std::unique_ptr<Doorkeeper> doorkeeper);
    std::unique_ptr<Doorkeeper> doorkeeper_;  ///< empty when moved from
};

}  // namespace joust::host
