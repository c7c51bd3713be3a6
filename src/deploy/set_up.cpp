// set_up() of stage.hpp: making a contender's virtual environment.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <thread>

#include "base/tree.hpp"
#include "deploy/command.hpp"
#include "deploy/stage.hpp"
#include "deploy/venv.hpp"

namespace joust::deploy {
namespace {

namespace fs = std::filesystem;

// What leads a package installer through a company's network, and nothing that leads a program to a Python or
// a library which the unprivileged user cannot reach.
bool is_passed_on(std::string_view name) {
    for (const std::string_view prefix : {"PIP_", "UV_", "SSL_CERT_", "npm_config_"})
        if (name.starts_with(prefix)) return true;
    for (const std::string_view suffix : {"_proxy", "_PROXY"})
        if (name.ends_with(suffix)) return true;
    return name == "HOME" || name == "REQUESTS_CA_BUNDLE" || name == "CURL_CA_BUNDLE" ||
           name == "NODE_EXTRA_CA_CERTS";
}

host::Environment set_up_environment(const host::Environment& manifest, const Path& venv) {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos && is_passed_on(text.substr(0, equals)))
            variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    for (const auto& [name, value] : manifest)
        if (name != "HOME" || !variables.contains("HOME")) variables[name] = value;
    variables["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin";
    variables["JOUST_VENV"] = venv.string();
    return {variables.begin(), variables.end()};
}

// Waits while another Joust makes or removes the same environment.
Result<Fd> lock(const Path& venv, const Interrupted& interrupted) {
    for (;;) {
        JOUST_TRY(std::optional<Fd> held, lock_venv(venv));
        if (held) return std::move(*held);
        if (interrupted && interrupted())
            return fail(ErrorKind::interrupted, "waiting for another set-up was interrupted");
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

Status make_venvs_directory(const Path& directory) {
    JOUST_CHECK(make_directories(directory));
    if (::chmod(directory.c_str(), 0755) != 0)
        return fail(ErrorKind::io, "cannot set the mode of {}: {}", directory.string(), errno_text());
    return {};
}

}  // namespace

Status set_up(const model::Contender& contender, const Staged& staged, host::RunState& run, const Path& log,
              const Interrupted& interrupted) {
    JOUST_CHECK(make_venvs_directory(staged.venv.parent_path()));
    JOUST_TRY(const Fd held, lock(staged.venv, interrupted));
    JOUST_CHECK(run.record_use(staged.venv));
    const Path ready = ready_mark(staged.venv);
    std::error_code failed;
    const bool whole = fs::exists(ready, failed);
    // Gone until the command has ended well: whatever ends this in between leaves no mark.
    fs::remove(ready, failed);
    if (failed)
        return fail(ErrorKind::io, "cannot clear the half-made {}: {}", staged.venv.string(),
                    failed.message());
    if (!whole) JOUST_CHECK(remove_tree(staged.venv));
    JOUST_TRY(FilledCommand filled, fill_command(contender, "setup", contender.setup,
                                                 {.venv = staged.venv, .scratch = staged.source}));
    // The unprivileged user has to read what is made, whatever umask this was called with.
    std::vector<std::string> command = {"/bin/sh", "-c", "umask 022; exec \"$0\" \"$@\""};
    command.insert(command.end(), filled.argv.begin(), filled.argv.end());
    JOUST_CHECK(runtime::run_errand(
        {.what = "setting up " + contender.name,
         .advice = "remove the cause (without a network, no package can be fetched) and start again",
         .limit = std::chrono::minutes(30),
         .program = {.command = std::move(command),
                     .environment = set_up_environment(filled.environment, staged.venv),
                     .directory = staged.source,
                     .log = log}},
        run, interrupted));
    JOUST_CHECK(write_atomically(ready, ""));
    remove_old_venvs(contender.name, staged.venv);
    return {};
}

}  // namespace joust::deploy
