#pragma once

#include <optional>
#include <vector>

#include "base/fd.hpp"
#include "deploy/stage.hpp"
#include "model/contender.hpp"

namespace joust::deploy {

/// Where the contender's virtual environment is, or will be: named by a hash over its set-up command and all
/// files that decide what it makes (setup*, requirements*, lock files), so that another version of them never
/// finds this one's.
Result<Path> venv_path(const model::Contender& contender, const Path& staged_directory,
                       const Path& state_root);

/// The virtual environments below a state root, half made ones included; sorted.
std::vector<Path> all_venvs(const Path& state_root);

/// What becomes of a virtual environment that is to be removed.
enum class VenvFate { removed, being_made, used_by_a_run };
/// Removes one, unless a Joust is making it or a living run has recorded that it uses it. An error (io) names
/// what could not be removed. `only_tell`: nothing is removed.
Result<VenvFate> remove_venv(const Path& venv, bool only_tell = false);

/// Removes virtual environments of the contender, other than `keep`, that no run has used for 30 days. What
/// cannot be removed stays for the next time.
void remove_old_venvs(const std::string& contender, const Path& keep);

/// What a virtual environment lies beside: "<venv>.ready" is there when it was made whole, and its time is
/// that of the last use; "<venv>.lock" is locked while it is made or removed.
Path ready_mark(const Path& venv);
Path lock_file(const Path& venv);

/// Takes that lock, at once or not at all; empty if another process has it. Makes the file where there is
/// none.
Result<std::optional<Fd>> lock_venv(const Path& venv);

}  // namespace joust::deploy
