#pragma once

#include <optional>
#include <string>

#include "host/run_state.hpp"
#include "host/user.hpp"
#include "model/contender.hpp"
#include "runtime/runtime.hpp"

namespace joust::deploy {

using runtime::Interrupted;

/// A contender's files where the unprivileged user can read them.
struct Staged {
    Path source;  ///< <run>/contenders/<name>, owned by Joust, read-only for the unprivileged user
    /// As its programs see them: `source`, or in an image k_image_directory.
    Path directory;
    Path venv;  ///< likewise: <state root>/venvs/<name>-<hash of setup, lock and source files>, kept between
                ///< runs
    std::string image = "";  ///< in Docker, once it is set up
};
/// Where an image has the contender's files, its virtual environment, and a directory for temporary files
/// that everybody may write to.
inline constexpr const char* k_image_directory = "/srv/contender";
inline constexpr const char* k_image_venv = "/opt/venv";
inline constexpr const char* k_image_scratch = "/scratch";

/// Copies the contender's folders one over the other below the run's directory. What a checkout leaves lying
/// about (__pycache__, virtual environments, .git) is left out. Fails (bad_input) for Docker without a
/// Dockerfile.
Result<Staged> stage(const model::Contender& contender, const Path& state_root, const host::RunState& run,
                     model::RuntimeKind kind);

/// SHA-256 over names and contents of all files that stage() would copy; bad_input and io as there.
Result<std::string> source_digest(const model::Contender& contender);

/// Builds the image of a contender that was staged for Docker.
Status build_image(const model::Contender& contender, Staged& staged, runtime::Images& images,
                   const Path& log, const Interrupted& interrupted);

/// Runs the set-up command as this user, with JOUST_VENV naming the directory to make, and a PATH of system
/// directories only; of the caller's environment it gets HOME and what leads to packages (PIP_*, proxies,
/// certificates). Its output is appended to `log`. Idempotent and safe beside another Joust: one waits for
/// the other. What a killed set-up left behind is made anew.
Status set_up(const model::Contender& contender, const Staged& staged, host::RunState& run, const Path& log,
              const Interrupted& interrupted);

/// How a contender gets at its database.
struct DatabaseAccess {
    std::string url;                               ///< holds a password
    std::optional<Path> directory = std::nullopt;  ///< of its file, where it is one
};

/// Runs the migrate command as the unprivileged user on an empty database. It has the environment of the
/// start command, overlaid by its own.
Status migrate(const model::Contender& contender, const Staged& staged, const DatabaseAccess& database,
               runtime::Runtime& runtime, host::RunState& run, const host::User& user, const Path& log);

}  // namespace joust::deploy
