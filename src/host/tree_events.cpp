#include "host/tree_events.hpp"

#include <fcntl.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>

#include "base/text.hpp"

namespace joust::host {
namespace {

// Of Linux 5.17, which the headers of a build may be older than.
constexpr unsigned k_report_target = 0x00001000;           // FAN_REPORT_TARGET_FID
constexpr unsigned k_report_folder_and_name = 0x00000C00;  // FAN_REPORT_DFID_NAME
constexpr unsigned k_report_file = 0x00000200;             // FAN_REPORT_FID
constexpr std::uint64_t k_rename = 0x10000000;             // FAN_RENAME
constexpr std::uint8_t k_info_file = 1;                    // FAN_EVENT_INFO_TYPE_FID
constexpr std::uint8_t k_info_name = 2;                    // FAN_EVENT_INFO_TYPE_DFID_NAME
constexpr std::uint8_t k_info_old_name = 10;               // FAN_EVENT_INFO_TYPE_OLD_DFID_NAME
constexpr std::uint8_t k_info_new_name = 12;               // FAN_EVENT_INFO_TYPE_NEW_DFID_NAME
constexpr std::uint64_t k_events =
    FAN_CREATE | FAN_MODIFY | FAN_ACCESS | FAN_CLOSE_NOWRITE | FAN_DELETE | k_rename | FAN_ONDIR;
// Both interfaces have the same bits for these.
constexpr std::uint64_t k_same = FAN_CREATE | FAN_MODIFY | FAN_ACCESS | FAN_CLOSE_NOWRITE | FAN_DELETE;
static_assert(FAN_CREATE == IN_CREATE && FAN_MODIFY == IN_MODIFY && FAN_ACCESS == IN_ACCESS &&
              FAN_CLOSE_NOWRITE == IN_CLOSE_NOWRITE && FAN_DELETE == IN_DELETE && FAN_ONDIR == IN_ISDIR);

constexpr std::size_t k_info_head = 12;        // its kind, its length, the file system's number
constexpr std::size_t k_handle_head = 8;       // the length and the type of a handle
constexpr std::size_t k_longest_handle = 128;  // MAX_HANDLE_SZ
constexpr std::size_t k_most_elsewhere = 100'000;

// A folder or file, by its handle, with a name in the folder where there is one.
struct Place {
    std::string handle;
    std::string_view name;
};
struct Places {
    std::optional<Place> file, in, from, to;
};

std::optional<Place> place(const char* info, std::size_t length) {
    std::uint32_t bytes = 0;
    if (length < k_info_head + k_handle_head) return std::nullopt;
    const char* const handle = info + k_info_head;
    std::memcpy(&bytes, handle, sizeof bytes);
    if (bytes > length - k_info_head - k_handle_head) return std::nullopt;
    const char* const name = handle + k_handle_head + bytes;
    return Place{.handle = {handle, k_handle_head + bytes},
                 .name = {name, ::strnlen(name, static_cast<std::size_t>(info + length - name))}};
}

Places places(const char* event, std::size_t head, std::size_t length) {
    Places found;
    while (head + k_info_head <= length) {
        const auto kind = static_cast<std::uint8_t>(event[head]);
        std::uint16_t size = 0;
        std::memcpy(&size, event + head + 2, sizeof size);
        if (size < k_info_head || head + size > length) break;
        auto* const at = kind == k_info_file       ? &found.file
                         : kind == k_info_name     ? &found.in
                         : kind == k_info_old_name ? &found.from
                         : kind == k_info_new_name ? &found.to
                                                   : nullptr;
        if (at != nullptr) *at = place(event + head, size);
        head += size;
    }
    return found;
}

}  // namespace

Result<TreeEvents> TreeEvents::begin(const Fd& folder) {
    struct stat status{};
    if (::fstat(folder.get(), &status) != 0)
        return fail(ErrorKind::io, "its folder cannot be looked at: {}", errno_text());
    Fd group(::fanotify_init(FAN_CLASS_NOTIF | k_report_folder_and_name | k_report_file | k_report_target |
                                 FAN_NONBLOCK | FAN_CLOEXEC,
                             O_RDONLY));
    const std::string path = "/proc/self/fd/" + std::to_string(folder.get());
    if (!group || ::fanotify_mark(group.get(), FAN_MARK_ADD | FAN_MARK_FILESYSTEM, k_events, AT_FDCWD,
                                  path.c_str()) != 0)
        return fail(ErrorKind::unsupported, "its file system cannot be watched as a whole: {}", errno_text());
    Fd top(::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0));
    if (!top) return fail(ErrorKind::io, "its folder cannot be kept open: {}", errno_text());
    return TreeEvents(std::move(group), std::move(top), status.st_dev);
}

int TreeEvents::number(const std::string& handle) {
    return folders_.try_emplace(handle, static_cast<int>(folders_.size())).first->second;
}

Result<int> TreeEvents::know(const Fd& folder) {
    struct stat status{};
    alignas(file_handle) std::array<char, sizeof(file_handle) + k_longest_handle> memory{};
    auto* const handle = reinterpret_cast<file_handle*>(memory.data());
    handle->handle_bytes = k_longest_handle;
    int mount = 0;
    if (::fstat(folder.get(), &status) != 0 ||
        ::name_to_handle_at(folder.get(), "", handle, &mount, AT_EMPTY_PATH) != 0)
        return fail(ErrorKind::unsupported, "a folder of it cannot be told from others: {}", errno_text());
    if (status.st_dev != device_)
        return fail(ErrorKind::unsupported, "it has a folder on another file system");
    return number({memory.data(), k_handle_head + handle->handle_bytes});
}

// By its path as the kernel has it now, to which the contender's names add nothing but their length.
bool TreeEvents::is_below(const std::string& handle) const {
    const auto path_of = [](const Fd& folder) {
        std::error_code failed;
        return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(folder.get()), failed);
    };
    alignas(file_handle) std::array<char, sizeof(file_handle) + k_longest_handle> memory{};
    if (handle.size() > memory.size()) return false;
    std::copy(handle.begin(), handle.end(), memory.begin());
    const Fd folder(::open_by_handle_at(top_.get(), reinterpret_cast<file_handle*>(memory.data()),
                                        O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return false;
    const std::string top = path_of(top_).string() + '/';
    return path_of(folder).string().starts_with(top);
}

std::optional<int> TreeEvents::known(const std::string& handle) {
    if (const auto found = folders_.find(handle); found != folders_.end()) return found->second;
    if (!further_ || elsewhere_.contains(handle)) return std::nullopt;
    if (is_below(handle)) return number(handle);
    if (elsewhere_.size() < k_most_elsewhere) elsewhere_.insert(handle);
    return std::nullopt;
}

void TreeEvents::take(const std::function<void(const Event&)>& each) {
    alignas(fanotify_event_metadata) std::array<char, 65536> events;
    const auto known_place = [this](const std::optional<Place>& place) {
        return place ? known(place->handle) : std::nullopt;
    };
    for (;;) {
        const ssize_t length = ::read(group_.get(), events.data(), events.size());
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return;
        for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
            fanotify_event_metadata event{};
            const char* const start = events.data() + at;
            std::memcpy(&event, start, sizeof event);
            at += event.event_len;
            if ((event.mask & FAN_Q_OVERFLOW) != 0) {
                each({.folder = -1, .mask = IN_Q_OVERFLOW, .cookie = 0, .name = {}});
                continue;
            }
            const Places seen = places(start, event.metadata_len, event.event_len);
            const auto folder = static_cast<std::uint32_t>(event.mask & FAN_ONDIR);
            if ((event.mask & k_rename) != 0) {
                const auto from = known_place(seen.from);
                const auto to = known_place(seen.to);
                const bool within = folder != 0 && from && to;  // it keeps its handle
                ++renames_;
                if (from && !within) each({*from, IN_MOVED_FROM | folder, renames_, seen.from->name});
                if (to && !within) each({*to, IN_MOVED_TO | folder, renames_, seen.to->name});
                continue;
            }
            const auto in = known_place(seen.in);
            if (!in) continue;
            if (folder != 0 && (event.mask & FAN_CREATE) != 0 && seen.file) number(seen.file->handle);
            // One event may be all of a file's life, in the order in which a life goes.
            for (const std::uint64_t bit :
                 {FAN_CREATE, FAN_MODIFY, FAN_ACCESS, FAN_CLOSE_NOWRITE, FAN_DELETE})
                if ((event.mask & bit & k_same) != 0)
                    each({*in, static_cast<std::uint32_t>(bit) | folder, 0, seen.in->name});
        }
    }
}

}  // namespace joust::host
