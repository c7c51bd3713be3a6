#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <sys/types.h>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace joust::host {

/// What happens to the files of some folders, and of all that are made below them meanwhile, by fanotify(7)
/// on their whole file system: so nothing in a new folder is missed, however short its life. For root, from
/// Linux 5.17 on. A resource: whoever writes to the file system causes an event each time, from its beginning
/// to its end.
///
/// Events are told in the bits of inotify(7). Those of one file that were not yet taken come as one event
/// with the bits of all of them.
class TreeEvents {
public:
    struct Event {
        int folder;          ///< its number; -1: of the queue, not of a folder
        std::uint32_t mask;  ///< IN_…
        std::uint32_t cookie;
        std::string_view name;
    };

    /// Begins on the file system of `folder`, none of whose folders is known yet. Fails (unsupported) where
    /// the kernel, the user or the file system does not allow it.
    static Result<TreeEvents> begin(const Fd& folder);

    /// Makes a folder known whose events are to be told; its number. Fails (unsupported) on another file
    /// system.
    Result<int> know(const Fd& folder);

    /// Not all of the folders below were made known: of each that something happens in, it is looked up
    /// whether it is one of them.
    void find_further() { further_ = true; }

    /// Hands over what the kernel has queued, which is 16 384 events at most.
    void take(const std::function<void(const Event&)>& each);

private:
    TreeEvents(Fd group, Fd top, dev_t device)
        : group_(std::move(group)), top_(std::move(top)), device_(device) {}
    int number(const std::string& handle);
    [[nodiscard]] bool is_below(const std::string& handle) const;
    std::optional<int> known(const std::string& handle);

    Fd group_;
    Fd top_;
    dev_t device_;
    bool further_ = false;
    std::unordered_map<std::string, int> folders_;  ///< by the file system's handle
    std::unordered_set<std::string> elsewhere_;     ///< likewise, of those that were looked up
    std::uint32_t renames_ = 0;
};

}  // namespace joust::host
