#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/proc.hpp"

namespace joust::host {

/// A process that a reused pid cannot be mistaken for.
struct ProcessIdentity {
    pid_t pid = 0;
    std::uint64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat: clock ticks after boot

    friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// The space in which process numbers mean something: the same number is another process after a restart of
/// the host and in another PID namespace.
struct ProcessSpace {
    std::string boot;                 ///< /proc/sys/kernel/random/boot_id; "" where it cannot be read
    std::uint64_t pid_namespace = 0;  ///< inode of /proc/self/ns/pid

    friend bool operator==(const ProcessSpace&, const ProcessSpace&) = default;
};
/// The space that this process is in.
ProcessSpace process_space();

/// The identity of the process with that number now; empty when there is none (a zombie still is one).
std::optional<ProcessIdentity> identify(pid_t pid);
/// The process has neither exited nor become a zombie, and is the one that was meant.
bool alive(const ProcessIdentity& process);

/// One process as /proc/PID/stat tells it.
struct ProcessEntry {
    ProcessIdentity identity;
    pid_t parent = 0;
    pid_t session = 0;
    bool dead = false;  ///< a zombie
};
/// All that can be seen in /proc.
std::vector<ProcessEntry> all_processes();

/// Sends a signal if `is_meant` says of the process with this number that it is the one: it is asked when the
/// process is held by a descriptor, so that no other one can take the number in between.
void signal_if(pid_t pid, int number, const std::function<bool()>& is_meant);

/// Living processes of a session, zombies left out.
std::vector<pid_t> pids_of_session(pid_t session);
/// SIGKILLs every process of the leader's session until none is left or two seconds have passed. Does nothing
/// unless the leader itself is there, dead or alive: without it, nothing tells its session from a later one
/// of the same number.
Status kill_session(const ProcessIdentity& leader);

}  // namespace joust::host
