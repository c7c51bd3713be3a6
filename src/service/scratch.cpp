#include "service/scratch.hpp"

#include <sys/stat.h>

#include <cstdlib>

namespace joust::service {

namespace fs = std::filesystem;

Result<ScratchFolder> ScratchFolder::make(const host::RunState& run, const std::string& label,
                                          const host::User& user) {
    const Path parent = run.directory() / "scratch";
    JOUST_CHECK(make_directories(parent));
    if (::chmod(parent.c_str(), 0711) != 0)
        return fail(ErrorKind::io, "cannot set the mode of {}: {}", parent.string(), errno_text());
    std::string path = (parent / (label + "-XXXXXX")).string();
    if (::mkdtemp(path.data()) == nullptr)
        return fail(ErrorKind::io, "cannot make the scratch folder {}: {}", path, errno_text());
    ScratchFolder folder{Path(path)};
    JOUST_CHECK(host::give_to(user, folder.path()));
    return folder;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

std::size_t ScratchFolder::count_files() const {
    std::size_t count = 0;
    std::error_code failed;
    for (fs::recursive_directory_iterator entry(path_, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        std::error_code gone;
        if (!fs::is_directory(entry->symlink_status(gone))) ++count;
    }
    return count;
}

}  // namespace joust::service
