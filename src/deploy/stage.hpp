#pragma once

#include <functional>
#include <string>

#include "host/run_state.hpp"
#include "host/user.hpp"
#include "model/contender.hpp"

namespace joust::deploy {

/// Asked now and then by what takes long; true ends it with an `interrupted` error.
using Interrupted = std::function<bool()>;

/// A contender's files where the unprivileged user can read them.
struct Staged {
    Path directory;  ///< <run>/contenders/<name>, owned by Joust, read-only for the unprivileged user
    Path venv;       ///< <state root>/venvs/<name>-<hash of setup and lock files>, kept between runs
};

/// Copies the contender's folders one over the other below the run's directory. What a checkout leaves lying
/// about (__pycache__, virtual environments, .git) is left out.
Result<Staged> stage(const model::Contender& contender, const Path& state_root, const host::RunState& run);

/// Runs the set-up command as this user, with JOUST_VENV naming the directory to make, and a PATH of system
/// directories only; of the caller's environment it gets HOME and what leads to packages (PIP_*, proxies,
/// certificates). Its output is appended to `log`. Idempotent and safe beside another Joust: one waits for
/// the other. What a killed set-up left behind is made anew.
Status set_up(const model::Contender& contender, const Staged& staged, host::RunState& run, const Path& log,
              const Interrupted& interrupted);

/// Runs the migrate command as the unprivileged user on an empty database. It has the environment of the
/// start command, overlaid by its own.
Status migrate(const model::Contender& contender, const Staged& staged, const std::string& database_url,
               host::RunState& run, const host::User& user, const Path& log);

}  // namespace joust::deploy
