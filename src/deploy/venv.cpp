#include "deploy/venv.hpp"

#include <algorithm>
#include <vector>

#include "base/tree.hpp"
#include "deploy/digest.hpp"

namespace joust::deploy {
namespace {

namespace fs = std::filesystem;

Path beside(const Path& venv, const char* suffix) {
    Path path = venv;
    path += suffix;
    return path;
}

bool decides_setup(const std::string& name) {
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
    constexpr std::size_t digits = 16;
    return state_root / "venvs" / fmt::format("{}-{}", contender.name, digest.finish().substr(0, digits));
}

void remove_old_venvs(const std::string& contender, const Path& keep) {
    const auto oldest = fs::file_time_type::clock::now() - std::chrono::days(30);
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(keep.parent_path(), failed)) {
        const std::string name = entry.path().filename();
        constexpr std::size_t hash = 16;
        const bool of_contender =
            name.size() == contender.size() + 1 + hash && name.starts_with(contender + "-");
        if (!of_contender || entry.path() == keep) continue;
        std::error_code ignored;
        const auto used = fs::last_write_time(ready_mark(entry.path()), ignored);
        if (ignored || used > oldest) continue;
        // The mark first: what is left of a removal that is cut short counts as half made.
        fs::remove(ready_mark(entry.path()), ignored);
        static_cast<void>(remove_tree(entry.path()));
        fs::remove(lock_file(entry.path()), ignored);
    }
}

}  // namespace joust::deploy
