#include "deploy/venv.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <vector>

#include "base/tree.hpp"
#include "deploy/digest.hpp"
#include "host/run_state.hpp"

namespace joust::deploy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_hash_digits = 16;

// "<contender>-<16 hexadecimal digits>", as venv_path() names them.
bool is_venv_name(std::string_view name) {
    if (name.size() < k_hash_digits + 2 || name[name.size() - k_hash_digits - 1] != '-') return false;
    return name.substr(name.size() - k_hash_digits).find_first_not_of("0123456789abcdef") ==
           std::string_view::npos;
}

Path beside(const Path& venv, const char* suffix) {
    Path path = venv;
    path += suffix;
    return path;
}

// What is installed, and what is compiled.
bool decides_setup(const std::string& name) {
    for (const std::string_view ending : {".c", ".h", ".cc", ".cpp", ".hpp", ".go", ".rs", "CMakeLists.txt"})
        if (name.ends_with(ending)) return true;
    return name.starts_with("setup") || name.starts_with("requirements") || name.ends_with(".lock") ||
           name.ends_with(".sum") || name.ends_with("-lock.json") || name.ends_with("-lock.yaml");
}

void add_field(Digest& digest, std::string_view text) {
    digest.add(fmt::format("{}:", text.size()));  // the length first: fields cannot run into each other
    digest.add(text);
}

}  // namespace

Path ready_mark(const Path& venv) {
    return beside(venv, ".ready");
}

Path lock_file(const Path& venv) {
    return beside(venv, ".lock");
}

Result<Path> venv_path(const model::Contender& contender, const Path& staged_directory,
                       const Path& state_root) {
    std::vector<Path> files;
    std::error_code failed;
    for (const auto& entry : fs::recursive_directory_iterator(staged_directory, failed))
        if (entry.is_regular_file() && decides_setup(entry.path().filename())) files.push_back(entry.path());
    if (failed) return fail(ErrorKind::io, "cannot read {}: {}", staged_directory.string(), failed.message());
    std::sort(files.begin(), files.end());
    Digest digest;
    for (const std::string& word : contender.setup.argv)
        add_field(digest, word);
    for (const auto& [name, value] : contender.setup.environment)
        add_field(digest, name + "=" + value);
    for (const Path& file : files) {
        JOUST_TRY(const std::string content, read_file(file));
        add_field(digest, file.lexically_relative(staged_directory).string());
        add_field(digest, content);
    }
    return state_root / "venvs" /
           fmt::format("{}-{}", contender.name, digest.finish().substr(0, k_hash_digits));
}

Result<std::optional<Fd>> lock_venv(const Path& venv) {
    const Path path = lock_file(venv);
    for (;;) {
        Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
        if (!file) return fail(ErrorKind::io, "cannot open {}: {}", path.string(), errno_text());
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK || errno == EINTR) return std::nullopt;
            return fail(ErrorKind::io, "cannot lock {}: {}", path.string(), errno_text());
        }
        // Who removed the environment removed this file with it: the lock is worth nothing then.
        struct stat held{};
        if (::fstat(file.get(), &held) == 0 && held.st_nlink > 0) return file;
    }
}

std::vector<Path> all_venvs(const Path& state_root) {
    std::set<Path> venvs;
    std::error_code failed;
    for (fs::directory_iterator entry(state_root / "venvs", failed), end; !failed && entry != end;
         entry.increment(failed)) {
        Path path = entry->path();
        if (path.extension() == ".lock" || path.extension() == ".ready") path.replace_extension();
        if (is_venv_name(path.filename().native())) venvs.insert(path);
    }
    return {venvs.begin(), venvs.end()};
}

Result<VenvFate> remove_venv(const Path& venv, bool only_tell) {
    std::error_code failed;
    const bool had_lock_file = fs::exists(lock_file(venv), failed);
    JOUST_TRY(const std::optional<Fd> held, lock_venv(venv));
    if (!held) return VenvFate::being_made;
    // Under the lock: a run records its use before it lets go of it.
    const bool used = host::look_at_runs(venv.parent_path().parent_path()).used.contains(venv);
    if (!used && !only_tell) {
        // The mark first: what is left of a removal that is cut short counts as half made.
        JOUST_CHECK(remove_tree(ready_mark(venv)));
        JOUST_CHECK(remove_tree(venv));
    }
    if ((!used && !only_tell) || !had_lock_file) fs::remove(lock_file(venv), failed);
    return used ? VenvFate::used_by_a_run : VenvFate::removed;
}

void remove_old_venvs(const std::string& contender, const Path& keep) {
    const auto oldest = fs::file_time_type::clock::now() - std::chrono::days(30);
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(keep.parent_path(), failed)) {
        const std::string name = entry.path().filename();
        const bool of_contender =
            name.size() == contender.size() + 1 + k_hash_digits && name.starts_with(contender + "-");
        if (!of_contender || entry.path() == keep) continue;
        std::error_code ignored;
        const auto used = fs::last_write_time(ready_mark(entry.path()), ignored);
        if (!ignored && used <= oldest) static_cast<void>(remove_venv(entry.path()));
    }
}

}  // namespace joust::deploy
