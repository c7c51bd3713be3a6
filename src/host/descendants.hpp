#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "host/proc.hpp"

namespace joust::host {

/// What process `starter` puts into the environment of all that it starts: NAME and value. The value is
/// unique over processes, restarts of the host and PID namespaces, so that those who inherit it can be found
/// when neither parent nor session tells of them any more.
std::pair<std::string, std::string> start_mark(const ProcessIdentity& starter, const ProcessSpace& space);
/// The mark of what this process starts.
std::pair<std::string, std::string> own_start_mark();

/// SIGKILLs all processes that carry the mark in their environment, as far as this process may read that,
/// until none is left or two seconds have passed.
Status kill_marked(const std::pair<std::string, std::string>& mark);

/// From now on the kernel gives this process the orphans among its descendants, whatever sessions and groups
/// they made (PR_SET_CHILD_SUBREAPER): none of them can get away.
Status adopt_orphans();

/// The children of this process as they are now.
std::vector<ProcessIdentity> own_children();

/// SIGKILLs the children of this process that are not `known`, with all their descendants, and reaps them:
/// orphans that it has adopted. Gives up after two seconds.
Status end_strays(const std::vector<ProcessIdentity>& known);

}  // namespace joust::host
