#include "runtime/folder.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cstdlib>

#include "base/fd.hpp"
#include "base/tree.hpp"

namespace joust::runtime {
namespace {

// Ext4 lays folders of this one far from each other. Otherwise they share a group of inodes, and where there
// is no journal, ext4 passes over all that were deleted there in the last minute whenever a file is made:
// each trial would pay for the files of those before it (find_inode_bit() in fs/ext4/ialloc.c). Other file
// systems know no such flag.
void keep_folders_apart(const Path& parent) {
    const Fd folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    int flags = 0;
    if (!folder || ::ioctl(folder.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
    flags |= FS_TOPDIR_FL;
    static_cast<void>(::ioctl(folder.get(), FS_IOC_SETFLAGS, &flags));
}

}  // namespace

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
    keep_folders_apart(parent);
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
