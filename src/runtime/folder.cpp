#include "runtime/folder.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "base/tree.hpp"

namespace joust::runtime {

std::optional<std::size_t> Folder::count_files() const {
    const std::optional<Path> path = here();
    if (!path) return std::nullopt;
    return joust::count_files(*path);
}

Result<HostFolder> HostFolder::make(const host::RunState& run, const std::string& label,
                                    const host::User& user) {
    const Path parent = run.directory() / "scratch";
    JOUST_CHECK(make_directories(parent));
    if (::chmod(parent.c_str(), 0711) != 0)
        return fail(ErrorKind::io, "cannot set the mode of {}: {}", parent.string(), errno_text());
    std::string path = (parent / (label + "-XXXXXX")).string();
    if (::mkdtemp(path.data()) == nullptr)
        return fail(ErrorKind::io, "cannot make the folder {}: {}", path, errno_text());
    HostFolder folder{Path(path)};
    JOUST_CHECK(host::give_to(user, folder.inside()));
    return folder;
}

HostFolder::~HostFolder() {
    // What cannot be removed now is tried again with the run's directory.
    if (!path_.empty()) static_cast<void>(remove_tree(path_));
}

}  // namespace joust::runtime
