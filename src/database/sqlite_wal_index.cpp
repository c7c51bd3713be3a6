#include "database/sqlite_wal_index.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/fd.hpp"

namespace joust::database {
namespace {

// One of the two copies at the beginning of the wal-index, in the host's byte order.
struct IndexHeader {
    std::uint32_t version;
    std::uint32_t unused;
    std::uint32_t changes;
    std::uint8_t is_made;
    std::array<std::uint8_t, 35> rest;
};
static_assert(sizeof(IndexHeader) == 48);

constexpr std::uint32_t k_version = 3'007'000;
constexpr std::size_t k_mode_offset = 18;  // of the file format's write version in the database's header
constexpr char k_wal_mode = 2;
constexpr int k_tries = 200;  // a writer is between the two copies for less than a microsecond

Result<Fd> open_regular(const Path& file) {
    Fd opened(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat about{};
    if (!opened && errno == ENOENT)
        return fail(ErrorKind::unsupported, "there is no {}", file.filename().string());
    if (!opened || ::fstat(opened.get(), &about) != 0)
        return fail(ErrorKind::unsupported, "{} cannot be read: {}", file.filename().string(), errno_text());
    if (!S_ISREG(about.st_mode))
        return fail(ErrorKind::unsupported, "{} is no regular file", file.filename().string());
    return opened;
}

Status in_wal_mode(const Path& database) {
    JOUST_TRY(const Fd file, open_regular(database));
    char mode = 0;
    if (::pread(file.get(), &mode, 1, k_mode_offset) == 1 && mode == k_wal_mode) return {};
    return fail(ErrorKind::unsupported,
                "its journal mode is no longer WAL, in which Joust makes the file, but a rollback journal "
                "(DELETE, TRUNCATE, PERSIST, MEMORY or OFF): without a wal-index nothing tells how many "
                "transactions were committed, or that one was by the time of its answer");
}

// Its number alone may be given to another file at once.
Result<std::string> identity_of(const Fd& file) {
    struct statx about{};
    if (::statx(file.get(), "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &about) != 0)
        return fail(ErrorKind::unsupported, "its wal-index cannot be looked at: {}", errno_text());
    const bool dated = (about.stx_mask & STATX_BTIME) != 0;
    return fmt::format("{}:{}:{}:{}.{}", about.stx_dev_major, about.stx_dev_minor, about.stx_ino,
                       dated ? about.stx_btime.tv_sec : 0, dated ? about.stx_btime.tv_nsec : 0);
}

}  // namespace

Result<ChangeCounter> read_change_counter(const Path& database) {
    JOUST_CHECK(in_wal_mode(database));
    auto file = open_regular(database.string() + "-shm");
    if (!file)
        return fail(ErrorKind::unsupported,
                    "{} (SQLite has it while a connection is open, and not where one has the database for "
                    "itself)",
                    file.error().message);
    JOUST_TRY(std::string index, identity_of(*file));
    for (int i = 0; i < k_tries; ++i) {
        std::array<IndexHeader, 2> copies{};
        if (::pread(file->get(), copies.data(), sizeof copies, 0) != sizeof copies)
            return fail(ErrorKind::unsupported, "its wal-index (FILE-shm) has no header");
        const IndexHeader& header = copies[0];
        if (std::memcmp(copies.data(), &copies[1], sizeof header) == 0) {
            if (header.version != k_version || header.is_made == 0)
                return fail(ErrorKind::unsupported, "its wal-index (FILE-shm) is of version {}, and not {}",
                            header.version, k_version);
            return ChangeCounter{header.changes, std::move(index)};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return fail(ErrorKind::unsupported, "its wal-index (FILE-shm) was never found whole");
}

}  // namespace joust::database
