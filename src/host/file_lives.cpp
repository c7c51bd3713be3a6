#include "host/file_lives.hpp"

#include <sys/inotify.h>

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

void FileLives::known(int folder, std::string_view name) {
    folders_[folder].try_emplace(std::string(name));
}

// A name of which nothing was seen counts too: whatever was removed had been there.
void FileLives::end(Folder& folder, const std::string& name) {
    if (const auto found = folder.find(name); found != folder.end()) {
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
    } else if ((mask & IN_MODIFY) != 0) {
        files[key].written = true;  // of an unknown name: a file that was removed while it was open
    } else if ((mask & IN_ACCESS) != 0) {
        Life& life = files[key];
        life.read = life.read || life.has_content();
    } else if ((mask & IN_CLOSE_NOWRITE) != 0) {
        // What is closed after it was removed has been counted.
        if (found != files.end()) found->second.opened = found->second.opened || found->second.has_content();
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
    return all;
}

}  // namespace joust::host
