#include "host/file_watch.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>

#include "base/text.hpp"

namespace joust::host {
namespace {

constexpr std::uint32_t k_events =
    IN_CREATE | IN_MODIFY | IN_ACCESS | IN_CLOSE_NOWRITE | IN_DELETE | IN_MOVE | IN_ONLYDIR;
constexpr std::size_t k_most_folders = 1000;
constexpr std::size_t k_most_files = 100'000;
constexpr int k_deepest = 20;
constexpr int k_folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr const char* k_trial_file = ".joust-tries-this";

struct CloseFolder {
    void operator()(DIR* open) const { ::closedir(open); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

Status do_all_to(const Path& path) {
    const auto failed = [&] {
        return fail(ErrorKind::io, "cannot write and read {}: {}", path.string(), errno_text());
    };
    char byte = 'x';
    Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file || ::write(file.get(), &byte, 1) != 1) return failed();
    file = Fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file || ::read(file.get(), &byte, 1) != 1) return failed();
    return {};
}

}  // namespace

Result<FileWatch> FileWatch::make(Path folder) {
    Fd inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!inotify) return fail(ErrorKind::io, "the kernel allows no more watchers of files: {}", errno_text());
    return FileWatch(std::move(folder), std::move(inotify));
}

Result<int> FileWatch::watch_number(const Fd& folder) {
    if (tree_) return tree_->know(folder);
    const std::string path = "/proc/self/fd/" + std::to_string(folder.get());
    const int number = ::inotify_add_watch(inotify_.get(), path.c_str(), k_events);
    if (number < 0) return fail(ErrorKind::io, "its folder cannot be watched: {}", errno_text());
    return number;
}

// Watched before it is listed, so that no file falls between the two. The contents are a stranger's: folders
// are opened by descriptor, and no link is followed.
Status FileWatch::watch(const Fd& folder, int depth) {
    JOUST_TRY(const int watch_number, watch_number(folder));
    watches_.push_back(watch_number);
    if (watches_.size() > k_most_folders || depth > k_deepest) {
        if (tree_) {
            tree_->find_further();
            return {};
        }
        beyond_ = true;
        return depth > k_deepest
                   ? fail(ErrorKind::unsupported, "its folders are nested deeper than is watched ({} levels)",
                          k_deepest)
                   : fail(ErrorKind::unsupported, "it has more folders than are watched ({})",
                          k_most_folders);
    }
    Fd copy(::openat(folder.get(), ".", k_folder_flags));
    const OpenFolder listing(copy ? ::fdopendir(copy.get()) : nullptr);
    if (!listing) return fail(ErrorKind::io, "its folder cannot be listed: {}", errno_text());
    static_cast<void>(copy.release());
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string_view name(entry->d_name);
        if (name == "." || name == "..") continue;
        const bool may_be_folder = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
        if (may_be_folder && tree_ && watches_.size() > k_most_folders) continue;
        if (const Fd below(may_be_folder ? ::openat(folder.get(), entry->d_name, k_folder_flags) : -1);
            below) {
            JOUST_CHECK(watch(below, depth + 1));
            continue;
        }
        if (entry->d_type == DT_DIR && errno != ENOENT)
            return fail(ErrorKind::io, "a folder of it cannot be opened: {}", errno_text());
        if (++files_ > k_most_files) {
            if (tree_) continue;
            beyond_ = true;
            return fail(ErrorKind::unsupported, "it has more files at once than are followed ({})",
                        k_most_files);
        }
        lives_.known(watch_number, name);
    }
    return {};
}

Status FileWatch::watch_all() {
    const Fd folder(::open(folder_.c_str(), k_folder_flags));
    if (!folder) return fail(ErrorKind::io, "its folder cannot be opened: {}", errno_text());
    if ((new_folder_ || beyond_) && whole_tree_) {
        JOUST_TRY(tree_, TreeEvents::begin(folder));
    }
    return watch(folder, 0);
}

Status FileWatch::begin() {
    const auto begin_anew = [this] {
        forget();
        lives_ = FileLives();
        files_ = 0;
        missed_.reset();
        return watch_all();
    };
    Status watching = begin_anew();
    if (!watching && beyond_ && whole_tree_ && !tree_) watching = begin_anew();
    if (!watching) forget();
    return watching;
}

void FileWatch::count(int watch, std::uint32_t mask, std::uint32_t cookie, std::string_view name) {
    if ((mask & IN_Q_OVERFLOW) != 0) {
        missed_ = "more happened to its files than the kernel keeps events of";
    } else if ((mask & (IN_IGNORED | IN_UNMOUNT)) != 0) {
        // A folder below was removed; of the topmost one that is the end.
        if (!watches_.empty() && watch == watches_.front()) missed_ = "its folder was removed";
    } else if ((mask & IN_ISDIR) != 0) {
        // What comes from elsewhere has come with folders below it.
        const std::uint32_t unseen = tree_ ? IN_MOVED_TO : IN_CREATE | IN_MOVED_TO;
        new_folder_ = new_folder_ || (mask & (IN_CREATE | IN_MOVED_TO)) != 0;
        if ((mask & unseen) != 0)
            missed_ = "it made a folder meanwhile, in which files may have come and gone unseen";
    } else if (!name.empty()) {
        lives_.event(watch, mask, cookie, name);
    }
}

void FileWatch::take() {
    if (tree_)
        return tree_->take([this](const TreeEvents::Event& event) {
            count(event.folder, event.mask, event.cookie, event.name);
        });
    alignas(inotify_event) std::array<char, 65536> events;
    for (;;) {
        const ssize_t length = ::read(inotify_.get(), events.data(), events.size());
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return;
        for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
            inotify_event event{};
            std::memcpy(&event, events.data() + at, sizeof(event));
            const char* const name = events.data() + at + sizeof(event);
            count(event.wd, event.mask, event.cookie, {name, ::strnlen(name, event.len)});
            at += sizeof(event) + event.len;
        }
    }
}

// What is still queued belongs to no slice.
void FileWatch::forget() {
    if (!tree_)
        for (const int watch : watches_)
            static_cast<void>(::inotify_rm_watch(inotify_.get(), watch));
    tree_.reset();
    watches_.clear();
    take();
}

Result<FileCounts> FileWatch::end() {
    take();
    const std::optional<std::string> missed = missed_;
    const FileCounts counts = lives_.counts();
    forget();
    if (missed) return fail(ErrorKind::unsupported, "{}", *missed);
    return counts;
}

FileCounts FileWatch::so_far() {
    take();
    return lives_.counts();
}

Result<FileCounts> FileWatch::counts_of_trial_file() {
    JOUST_CHECK(begin());
    const Path path = folder_ / k_trial_file;
    ::unlink(path.c_str());
    const Status done = do_all_to(path);
    ::unlink(path.c_str());
    const FileCounts seen = so_far();
    forget();
    JOUST_CHECK(done);
    return seen;
}

// Of folders that a service makes meanwhile none matters to the file that is tried.
Status FileWatch::try_out() {
    const auto whole = [](const FileCounts& seen) {
        return seen.created > 0 && seen.written > 0 && seen.read > 0 && seen.removed > 0;
    };
    const auto seen = counts_of_trial_file();
    if (!seen && !beyond_) return tl::unexpected(seen.error());
    if (seen && !whole(*seen))
        return fail(ErrorKind::unsupported,
                    "the file system of its folder does not tell what is done to files");
    const bool new_folder = new_folder_;
    whole_tree_ = new_folder_ = true;
    const auto seen_in_tree = counts_of_trial_file();
    whole_tree_ = seen_in_tree && whole(*seen_in_tree);
    new_folder_ = new_folder;
    if (!seen && !whole_tree_) return tl::unexpected(seen.error());
    return {};
}

}  // namespace joust::host
