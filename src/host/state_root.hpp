#pragma once

#include "base/file.hpp"

namespace joust::host {

/// The folder for what Joust keeps on a machine: for root /var/lib/joust, else $XDG_STATE_HOME/joust or
/// ~/.local/state/joust.
Path default_state_root();

/// Fails (unsupported) if the directory belongs to a user who could lead this process astray: neither the one
/// it runs as nor root.
Status check_nobody_else_writes(const Path& directory);

/// The file in a state root that says whose it is: nothing is cleaned where it is missing.
Path state_root_mark(const Path& state_root);
/// Makes that file where there is none.
Status mark_state_root(const Path& state_root);

/// bad_input unless whatever lies below can be removed without harm to others: a directory that Joust has
/// marked, no symbolic link, not writable by others, with folders that are no links either. One that is not
/// there is fine.
Status check_state_root(const Path& state_root);

}  // namespace joust::host
