#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "host/file_lives.hpp"
#include "host/tree_events.hpp"

namespace joust::host {

/// What the kernel queues of a folder for each file that is made, written, read back and removed; each event
/// costs whoever causes it some two microseconds.
inline constexpr int k_events_per_file = 5;

/// Counts what is done to the files of a folder and of those below it, in slices of time: by inotify(7), and
/// from the first new folder on, or where there are too many, by TreeEvents where they can be had. A
/// resource: the kernel tells nothing between two slices, and nothing after its end. Not seen: files that
/// never have a name (O_TMPFILE, memfd), and reads and writes of files that are mapped. Nobody is woken by an
/// event: who watches has to take them often enough.
class FileWatch {
public:
    /// Fails (io) where the kernel allows no more watchers.
    static Result<FileWatch> make(Path folder);

    /// Begins a slice; fails where the folder cannot be watched or has too many files, or, without
    /// TreeEvents, folders to know.
    Status begin();
    /// Takes what the kernel has queued, which is 16 384 events at most, or some 3000 files: call it often.
    void take();
    /// What was done in this slice up to now, in folders that are known.
    FileCounts so_far();
    /// A folder was made in this slice, which therefore proves nothing, and a further one would see into
    /// each.
    [[nodiscard]] bool better_begun_anew() const { return new_folder_ && whole_tree_ && !tree_; }
    /// Ends the slice. Fails (unsupported) where something may have been missed: the queue was full, or there
    /// was a new folder, in which files may have come and gone before it was watched.
    Result<FileCounts> end();

    /// Whether the folder's file system tells of its files: makes, writes, reads and removes one. Not within
    /// a slice. Without it new folders are never seen into.
    Status try_out();

private:
    FileWatch(Path folder, Fd inotify) : folder_(std::move(folder)), inotify_(std::move(inotify)) {}
    Status watch_all();
    Status watch(const Fd& folder, int depth);
    Result<int> watch_number(const Fd& folder);
    Result<FileCounts> counts_of_trial_file();
    void forget();
    void count(int watch, std::uint32_t mask, std::uint32_t cookie, std::string_view name);

    Path folder_;
    Fd inotify_;
    std::vector<int> watches_;
    std::size_t files_ = 0;  ///< that were there when the slice began
    FileLives lives_;
    std::optional<TreeEvents> tree_;  ///< in place of watches, within a slice
    bool new_folder_ = false;         ///< was made in some slice
    bool beyond_ = false;      ///< has more files or folders, or deeper ones, than are watched one by one
    bool whole_tree_ = false;  ///< can be watched
    std::optional<std::string> missed_;  ///< why something may be
};

}  // namespace joust::host
