#pragma once

#include "deploy/stage.hpp"
#include "model/contender.hpp"

namespace joust::deploy {

/// Where the contender's virtual environment is, or will be: named by a hash over its set-up command and all
/// files that decide what it makes (setup*, requirements*, lock files), so that another version of them never
/// finds this one's.
Result<Path> venv_path(const model::Contender& contender, const Path& staged_directory,
                       const Path& state_root);

/// Removes virtual environments of the contender, other than `keep`, that no run has used for 30 days. What
/// cannot be removed stays for the next time.
void remove_old_venvs(const std::string& contender, const Path& keep);

/// What a virtual environment lies beside: "<venv>.ready" is there when it was made whole, and its time is
/// that of the last use; "<venv>.lock" is locked while it is made.
Path ready_mark(const Path& venv);
Path lock_file(const Path& venv);

}  // namespace joust::deploy
