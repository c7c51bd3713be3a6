#include "host/file_lives.hpp"

#include <sys/inotify.h>

#include <algorithm>

namespace joust::host {

FileCounts& FileCounts::operator+=(const FileCounts& more) {
    created += more.created;
    written += more.written;
    read += more.read;
    opened += more.opened;
    removed += more.removed;
    return *this;
}

void FileLives::Life::add_to(FileCounts& sum) const {
    sum.created += created ? 1 : 0;
    sum.written += written ? 1 : 0;
    sum.read += read ? 1 : 0;
    sum.opened += opened && !read ? 1 : 0;
}

void FileLives::Life::merge(const Life& other) {
    written = written || other.written;
    read = read || other.read;
    opened = opened || other.opened;
}

// Events of a file that has no name bear that of its inode: "#123" (the kernel's d_mark_tmpfile()).
bool FileLives::has_no_name(const Folder& folder, std::string_view name) {
    return name.size() > 1 && name.front() == '#' &&
           std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           !folder.contains(std::string(name));
}

// Which of those without a name it was is not told, and to counts it does not matter.
void FileLives::adopt(Life& linked) {
    if (!linked.created || linked.written || nameless_.empty()) return;
    linked.merge(nameless_.begin()->second);
    nameless_.erase(nameless_.begin());
}

void FileLives::known(int folder, std::string_view name) {
    folders_[folder].try_emplace(std::string(name));
}

// A name of which nothing was seen counts too: whatever was removed had been there.
void FileLives::end(Folder& folder, const std::string& name) {
    if (const auto found = folder.find(name); found != folder.end()) {
        adopt(found->second);
        found->second.add_to(ended_);
        folder.erase(found);
    }
    ++ended_.removed;
}

void FileLives::event(int folder, std::uint32_t mask, std::uint32_t cookie, std::string_view name) {
    Folder& files = folders_[folder];
    const std::string key(name);
    const auto found = files.find(key);
    if ((mask & IN_CREATE) != 0) {
        if (found != files.end()) found->second.add_to(ended_);
        files[key] = Life{.created = true};
    } else if ((mask & (IN_MODIFY | IN_ACCESS | IN_CLOSE_NOWRITE)) != 0 && has_no_name(files, name)) {
        if ((mask & IN_MODIFY) != 0) nameless_[key].written = true;
        if ((mask & IN_ACCESS) != 0) nameless_[key].read = true;
    } else if ((mask & IN_MODIFY) != 0) {
        files[key].written = true;  // of an unknown name: a file that was removed while it was open
    } else if ((mask & IN_ACCESS) != 0) {
        // Nothing is read of an empty file: whoever reads a name that was not written to reads what it was
        // linked to.
        Life& life = files[key];
        adopt(life);
        life.read = true;
    } else if ((mask & IN_CLOSE_NOWRITE) != 0) {
        // What is closed after it was removed has been counted.
        if (found == files.end()) return;
        adopt(found->second);
        found->second.opened = found->second.opened || found->second.has_content();
    } else if ((mask & IN_DELETE) != 0) {
        end(files, key);
    } else if ((mask & IN_MOVED_FROM) != 0) {
        moving_[cookie] = found == files.end() ? Life{} : found->second;
        if (found != files.end()) files.erase(found);
    } else if ((mask & IN_MOVED_TO) != 0) {
        if (found != files.end()) end(files, key);
        const auto moved = moving_.find(cookie);
        // What comes from outside was written there.
        files[key] = moved == moving_.end() ? Life{.created = true, .written = true} : moved->second;
        if (moved != moving_.end()) moving_.erase(moved);
    }
}

FileCounts FileLives::counts() const {
    FileCounts all = ended_;
    for (const auto& [watch, files] : folders_)
        for (const auto& [name, life] : files)
            life.add_to(all);
    for (const auto& [cookie, life] : moving_)
        life.add_to(all);
    for (const auto& [inode, life] : nameless_)
        life.add_to(all);
    return all;
}

}  // namespace joust::host
