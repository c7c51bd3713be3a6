#include "runtime/log_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace joust::runtime {
namespace {

// A regular file only: what is printed from it must not come from where a link or a FIFO of the folder's
// owner leads.
Fd open_log(const Path& log, struct stat& about) {
    Fd file(::open(log.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) return {};
    return file;
}

}  // namespace

std::uint64_t log_size(const Path& log) {
    struct stat about{};
    return open_log(log, about) ? static_cast<std::uint64_t>(about.st_size) : 0;
}

std::string log_text(const Path& log, std::uint64_t offset, std::uint64_t most) {
    struct stat about{};
    const Fd file = open_log(log, about);
    if (!file) return "";
    const auto size = static_cast<std::uint64_t>(about.st_size);
    if (size > most && offset < size - most) offset = size - most;
    std::string text(size > offset ? size - offset : 0, '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        const ssize_t got = ::pread(file.get(), text.data() + filled, text.size() - filled,
                                    static_cast<off_t>(offset + filled));
        if (got <= 0) break;
        filled += static_cast<std::size_t>(got);
    }
    text.resize(filled);
    return text;
}

Path shown_path(const Path& log) {
    std::error_code failed;
    const Path folder = std::filesystem::read_symlink(log.parent_path(), failed);
    return failed ? log : folder / log.filename();
}

std::string log_ending(const Path& log, std::uint64_t offset, std::size_t lines) {
    const std::string text = log_text(log, offset);
    if (trimmed(text).empty()) return "; it printed nothing";
    return fmt::format("; its last lines:\n{}", last_lines(trimmed(text), lines));
}

}  // namespace joust::runtime
