#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace joust::host {

/// What was done to files, each file counted once for each deed however often it was done.
struct FileCounts {
    std::uint64_t created = 0;
    std::uint64_t written = 0;  ///< at least one byte, or cut to a length
    std::uint64_t read = 0;     ///< at least one byte, after it was written
    /// Opened for reading after they were written, and closed, while no read was seen: they may be mapped.
    std::uint64_t opened = 0;
    std::uint64_t removed = 0;  ///< or replaced by another file of their name

    FileCounts& operator+=(const FileCounts& more);
    friend bool operator==(const FileCounts&, const FileCounts&) = default;
};

/// Follows files by their names from one event of inotify(7) to the next, renaming included, and counts what
/// was done to them. It holds those that exist; no I/O.
class FileLives {
public:
    /// A file that was there before the first event: what is done to it counts, though not that it was made.
    void known(int folder, std::string_view name);
    /// An event of the file `name` in the folder with the watch `folder`; `cookie` joins the two of a rename.
    void event(int folder, std::uint32_t mask, std::uint32_t cookie, std::string_view name);
    /// The counts so far, those of files that still exist included.
    [[nodiscard]] FileCounts counts() const;

private:
    struct Life {
        bool created = false;
        bool written = false;
        bool read = false;
        bool opened = false;
        // Nothing that was made here and is still empty can be read.
        [[nodiscard]] bool has_content() const { return written || !created; }
        void add_to(FileCounts& sum) const;
        void merge(const Life& other);
    };
    using Folder = std::unordered_map<std::string, Life>;

    void end(Folder& folder, const std::string& name);
    static bool has_no_name(const Folder& folder, std::string_view name);
    void adopt(Life& linked);

    std::map<int, Folder> folders_;
    std::map<std::uint32_t, Life> moving_;  ///< by cookie
    /// Written before they get a name, if they ever do (O_TMPFILE, linkat), by inode.
    std::unordered_map<std::string, Life> nameless_;
    FileCounts ended_;
};

}  // namespace joust::host
