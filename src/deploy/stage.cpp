#include "deploy/stage.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "deploy/command.hpp"
#include "deploy/digest.hpp"
#include "deploy/venv.hpp"

namespace joust::deploy {
namespace {

namespace fs = std::filesystem;

bool is_left_behind(const Path& name) {
    static constexpr std::array<std::string_view, 8> k_names = {
        "__pycache__",  ".git",          ".venv",       "venv",
        "node_modules", ".pytest_cache", ".mypy_cache", ".ruff_cache"};
    return std::find(k_names.begin(), k_names.end(), name.string()) != k_names.end() ||
           name.extension() == ".pyc";
}

// All files that copy_tree() would copy, by their path in the folder; a later folder's take the place of an
// earlier one's.
Status find_files(const Path& folder, const Path& below, std::map<std::string, Path>& files) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder / below, failed)) {
        const Path name = below / entry.path().filename();
        if (is_left_behind(entry.path().filename())) continue;
        if (entry.is_directory() && !entry.is_symlink()) {
            JOUST_CHECK(find_files(folder, name, files));
        } else if (entry.is_regular_file()) {
            files[name.string()] = entry.path();
        }
    }
    if (failed)
        return fail(ErrorKind::io, "cannot read the folder {}: {}", (folder / below).string(),
                    failed.message());
    return {};
}

Status set_mode(const Path& path, mode_t mode) {
    if (::chmod(path.c_str(), mode) != 0)
        return fail(ErrorKind::io, "cannot set the mode of {}: {}", path.string(), errno_text());
    return {};
}

// Modes are made anew: those of a checkout may keep the unprivileged user out.
Status copy_one(const Path& from, const Path& to) {
    std::error_code failed;
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, failed);
    if (failed)
        return fail(ErrorKind::io, "cannot copy {} to {}: {}", from.string(), to.string(), failed.message());
    const bool program = (fs::status(from, failed).permissions() & fs::perms::owner_exec) != fs::perms::none;
    return set_mode(to, program ? 0755 : 0644);
}

// Root can read what whoever wrote the folder cannot, and what is copied can be read by others.
Status check_link(const Path& link, const Path& folder) {
    std::error_code failed;
    const Path target = fs::canonical(link, failed);
    const Path inside = fs::canonical(folder, failed);
    if (!failed &&
        std::mismatch(inside.begin(), inside.end(), target.begin(), target.end()).first == inside.end())
        return {};
    return fail(ErrorKind::bad_input,
                "{} is a symbolic link to something outside of {}; put the file itself there", link.string(),
                folder.string());
}

Status copy_tree(const Path& from, const Path& to, const Path& folder) {
    JOUST_CHECK(make_directories(to));
    JOUST_CHECK(set_mode(to, 0755));
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(from, failed)) {
        const Path name = entry.path().filename();
        if (is_left_behind(name)) continue;
        if (entry.is_directory() && entry.is_symlink())
            return fail(ErrorKind::bad_input,
                        "{} is a symbolic link to a directory; put the directory itself there",
                        entry.path().string());
        if (entry.is_directory()) {
            JOUST_CHECK(copy_tree(entry.path(), to / name, folder));
        } else if (entry.is_regular_file()) {
            if (entry.is_symlink()) JOUST_CHECK(check_link(entry.path(), folder));
            JOUST_CHECK(copy_one(entry.path(), to / name));
        }
    }
    if (failed) return fail(ErrorKind::io, "cannot read the folder {}: {}", from.string(), failed.message());
    return {};
}

// Every user of the host can read the words of a command in /proc, and the URL has a password.
Status check_secrets(const model::Contender& contender, const std::string& section,
                     const model::Command& command) {
    for (const std::string& word : command.argv)
        if (word.find("{database_url}") != std::string::npos)
            return fail(
                ErrorKind::bad_input,
                "{}: {}.command has {{database_url}}, which holds a password, and every user of this host "
                "can read the words of a command; put it into [{}.environment]",
                contender.manifest.string(), section, section);
    return {};
}

// Mistakes in commands show before anything is set up or started.
Status check_commands(const model::Contender& contender) {
    const Placeholders none{.venv = "", .port = std::uint16_t{1}, .database_url = "", .scratch = ""};
    JOUST_CHECK(fill_command(contender, "setup", contender.setup, none));
    JOUST_CHECK(fill_command(contender, "migrate", contender.migrate, none));
    JOUST_CHECK(fill_command(contender, "start", contender.start, none));
    JOUST_CHECK(check_secrets(contender, "migrate", contender.migrate));
    JOUST_CHECK(check_secrets(contender, "start", contender.start));
    return {};
}

}  // namespace

Result<std::string> source_digest(const model::Contender& contender) {
    std::map<std::string, Path> files;
    for (const Path& folder : contender.folders)
        JOUST_CHECK(find_files(folder, "", files));
    Digest digest;
    for (const auto& [name, file] : files) {
        JOUST_TRY(const std::string content, read_file(file));
        digest.add(fmt::format("{}:{}:{}:", name.size(), name, content.size()));
        digest.add(content);
    }
    return digest.finish();
}

Result<Staged> stage(const model::Contender& contender, const Path& state_root, const host::RunState& run,
                     model::RuntimeKind kind) {
    JOUST_CHECK(check_commands(contender));
    const Path all = run.directory() / "contenders";
    JOUST_CHECK(make_directories(all));
    JOUST_CHECK(set_mode(all, 0711));
    Staged staged;
    staged.source = all / contender.name;
    for (const Path& folder : contender.folders)
        JOUST_CHECK(copy_tree(folder, staged.source, folder));
    if (kind == model::RuntimeKind::docker) {
        std::error_code failed;
        if (!fs::is_regular_file(staged.source / contender.dockerfile, failed))
            return fail(
                ErrorKind::bad_input,
                "{}: {} has no {}, which --runtime docker builds its image from; write one, or name it "
                "with [docker] file = \"…\"",
                contender.manifest.string(), contender.name, contender.dockerfile);
        staged.directory = k_image_directory;
        staged.venv = k_image_venv;
        return staged;
    }
    staged.directory = staged.source;
    JOUST_TRY(staged.venv, venv_path(contender, staged.source, state_root));
    return staged;
}

Status build_image(const model::Contender& contender, Staged& staged, runtime::Images& images,
                   const Path& log, const Interrupted& interrupted) {
    JOUST_TRY(staged.image, images.build({.name = contender.name,
                                          .context = staged.source,
                                          .file = contender.dockerfile,
                                          .log = log,
                                          .purpose = "the image of " + contender.name},
                                         interrupted));
    return {};
}

Status migrate(const model::Contender& contender, const Staged& staged, const DatabaseAccess& database,
               runtime::Runtime& runtime, host::RunState& run, const host::User& user, const Path& log) {
    const std::string name = "migrate-" + contender.name;
    JOUST_TRY(const std::unique_ptr<runtime::Folder> scratch,
              runtime.make_folder(name, user, k_image_scratch));
    model::Command command = contender.migrate;
    // What the start command needs to find the database, the migration needs too; but nothing listens here.
    for (const auto& [variable, value] : contender.start.environment)
        if (value.find("{port}") == std::string::npos) command.environment.emplace(variable, value);
    JOUST_TRY(
        FilledCommand filled,
        fill_command(contender, "migrate", command,
                     {.venv = staged.venv, .database_url = database.url, .scratch = scratch->inside()}));
    runtime::Program program{.command = std::move(filled.argv),
                             .environment = std::move(filled.environment),
                             .directory = staged.directory,
                             .log = log,
                             .user = user,
                             .image = staged.image,
                             .folders = {scratch.get()}};
    if (database.directory) program.shared.push_back(*database.directory);
    JOUST_TRY(host::ProcessSpec process, runtime.errand(program, name));
    return runtime::run_errand(
        {.what = "migrating the database of " + contender.name,
         .advice = fmt::format("check the [migrate] command of {}", contender.manifest.string()),
         .limit = std::chrono::minutes(2),
         .program = std::move(process)},
        run, {});
}

}  // namespace joust::deploy
