#include "base/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace joust {
namespace {

constexpr int k_directory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
constexpr int k_most_restarts = 100;  ///< by somebody who renames directories while they are removed

struct Place {
    dev_t device = 0;
    ino_t inode = 0;
    std::uint64_t mount = 0;  ///< 0 where the kernel does not tell (before Linux 5.8)
    friend bool operator==(const Place&, const Place&) = default;
};

std::optional<Place> place_of(const Fd& directory) {
    struct statx about{};
    if (::statx(directory.get(), "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &about) != 0)
        return std::nullopt;
    return Place{.device = ::makedev(about.stx_dev_major, about.stx_dev_minor),
                 .inode = about.stx_ino,
                 .mount = (about.stx_mask & STATX_MNT_ID) != 0 ? about.stx_mnt_id : 0};
}

/// Its owner may have taken every right from a directory, which keeps root from nothing, but the owner
/// himself from removing it.
Fd open_directory(int parent, const std::string& name) {
    Fd opened(::openat(parent, name.c_str(), k_directory));
    if (opened || errno != EACCES) return opened;
    const Fd handle(::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    // By way of /proc, for fchmod() takes no O_PATH descriptor and fchmodat() follows links.
    if (!handle || ::chmod(fmt::format("/proc/self/fd/{}", handle.get()).c_str(), 0700) != 0) {
        errno = EACCES;
        return opened;
    }
    return Fd(::openat(parent, name.c_str(), k_directory));
}

struct Entry {
    std::string name;
    bool directory = false;
};

std::optional<std::vector<Entry>> entries_of(const Fd& directory) {
    const int copy = ::openat(directory.get(), ".", k_directory);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
    if (!stream) return std::nullopt;
    std::vector<Entry> entries;
    while (const dirent* entry = ::readdir(stream.get())) {
        std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        bool is_directory = entry->d_type == DT_DIR;
        if (struct stat about{}; entry->d_type == DT_UNKNOWN)
            is_directory = ::fstatat(directory.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 &&
                           S_ISDIR(about.st_mode);
        entries.push_back({std::move(name), is_directory});
    }
    return entries;
}

/// Goes through a tree depth first with one directory open. The way up is by "..", and only if that leads to
/// the directory which the way down came from.
class Walk {
public:
    enum class Purpose { remove, count };
    Walk(Path path, Purpose purpose) : path_(std::move(path)), purpose_(purpose) {}

    /// `top` is the directory at the path.
    void run(Fd top) {
        for (int restart = 0; restart <= k_most_restarts; ++restart) {
            files_ = 0;
            way_.clear();
            here_ = Fd(::openat(top.get(), ".", k_directory));
            if (!here_ || !enter("")) return note("", errno_text());
            if (go_through()) return;
        }
        note("", "its directories are renamed all the time");
    }

    [[nodiscard]] std::size_t files() const { return files_; }
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    void note(const std::string& name, const std::string& why) {
        if (failure_) return;
        std::string where = path_.string();
        for (std::size_t level = 1; level < way_.size() && where.size() < 200; ++level)
            where += "/" + way_[level].name;
        failure_ = Error{ErrorKind::io,
                         fmt::format("cannot remove {}{}{}: {}", where, name.empty() ? "" : "/", name, why)};
    }

private:
    struct Level {
        std::string name;  ///< in the level above
        Place place;
        std::vector<std::string> folders;  ///< still to be entered
    };

    /// Reads the directory that is open, and removes or counts the files in it.
    bool enter(const std::string& name) {
        const std::optional<Place> place = place_of(here_);
        auto entries = place ? entries_of(here_) : std::nullopt;
        if (!entries) return false;
        Level level{.name = name, .place = *place, .folders = {}};
        for (Entry& entry : *entries) {
            if (entry.directory)
                level.folders.push_back(std::move(entry.name));
            else
                take_file(entry.name);
        }
        way_.push_back(std::move(level));
        return true;
    }

    void take_file(const std::string& name) {
        ++files_;
        if (purpose_ == Purpose::remove && ::unlinkat(here_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
            note(name, errno_text());
    }

    /// False if the way up was lost and everything has to start over.
    bool go_through() {
        for (;;) {
            if (!way_.back().folders.empty()) {
                const std::string name = std::move(way_.back().folders.back());
                way_.back().folders.pop_back();
                go_down(name);
            } else if (way_.size() == 1) {
                return true;
            } else if (!go_up()) {
                return false;
            }
        }
    }

    void go_down(const std::string& name) {
        Fd below = open_directory(here_.get(), name);
        if (!below) {
            // It may have become another thing since it was read.
            if (errno == ENOTDIR || errno == ELOOP) return take_file(name);
            if (errno != ENOENT) remove_folder(name, errno_text());
            return;
        }
        const std::optional<Place> place = place_of(below);
        if (!place || place->device != way_.front().place.device || place->mount != way_.front().place.mount)
            return note(name, "another file system is mounted there");
        std::swap(here_, below);
        if (enter(name)) return;
        const std::string why = errno_text();
        std::swap(here_, below);
        note(name, why);
    }

    bool go_up() {
        Fd above(::openat(here_.get(), "..", k_directory));
        const std::optional<Place> place = above ? place_of(above) : std::nullopt;
        if (!place || *place != way_[way_.size() - 2].place) return false;
        const std::string name = std::move(way_.back().name);
        way_.pop_back();
        here_ = std::move(above);
        if (purpose_ == Purpose::remove) remove_folder(name, "");
        return true;
    }

    void remove_folder(const std::string& name, const std::string& why) {
        if (purpose_ == Purpose::count) return;
        if (::unlinkat(here_.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return;
        note(name, why.empty() ? errno_text() : why);
    }

    Path path_;
    Purpose purpose_;
    Fd here_;
    std::vector<Level> way_;  ///< from the top to here_
    std::size_t files_ = 0;
    std::optional<Error> failure_;
};

// "x/" names the directory x as well, but has no last name.
Path without_slash(const Path& path) {
    return path.has_filename() ? path : path.parent_path();
}

}  // namespace

Status remove_tree(const Path& path) {
    const Path whole = without_slash(path);
    const Path above = whole.has_parent_path() ? whole.parent_path() : Path(".");
    const std::string name = whole.filename();
    Walk walk(whole, Walk::Purpose::remove);
    const Fd parent(::open(above.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent && errno == ENOENT) return {};
    if (!parent) return fail(ErrorKind::io, "cannot remove {}: {}", whole.string(), errno_text());
    // Twice, should somebody have put another directory in its place meanwhile.
    for (int attempt = 0; attempt < 2; ++attempt) {
        Fd top = open_directory(parent.get(), name);
        if (!top && errno == ENOENT) return {};
        if (!top && (errno == ENOTDIR || errno == ELOOP)) {
            if (::unlinkat(parent.get(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
        } else if (top) {
            walk.run(std::move(top));
            if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
        }
        if (walk.failure()) break;
    }
    walk.note("", errno_text());
    return tl::unexpected(*walk.failure());
}

std::size_t count_files(const Path& path) {
    Fd top(::open(path.c_str(), k_directory));
    if (!top) return 0;
    Walk walk(path, Walk::Purpose::count);
    walk.run(std::move(top));
    return walk.files();
}

}  // namespace joust
