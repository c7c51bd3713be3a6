#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace joust::host {

/// Counts how often processes have files made durable: the calls of fsync, fdatasync, sync_file_range and
/// msync with MS_SYNC that their threads make and that succeed, those of threads and children that they start
/// later included. Files opened with O_SYNC or O_DSYNC, io_uring and sync() are not seen. A resource: at the
/// end of its life, or of this process, they go on as before.
///
/// It stops every thread at each of its system calls, by ptrace, which takes some ten microseconds each: it
/// proves, and is not to be used where something is measured. A thread that is waiting in epoll_wait() or
/// its like when the counting begins or ends may find itself interrupted (EINTR).
///
/// Ends of processes stay with whoever waits for them. To those who wait in this process, the kernel also
/// tells of stops meanwhile, and must be asked with WNOWAIT, as Process does, so that none is taken away.
class SyncCount {
public:
    /// Fails (unsupported) where this process may not trace one of them, or another already does; (io) where
    /// one of them does not exist.
    /// With `directory`, only syncs of files that lie in it then. Each begins `delay` later than asked for,
    /// and meanwhile no other thread gets on with a system call: so what is done before it can be told from
    /// what waits for it.
    static Result<SyncCount> begin(const std::vector<pid_t>& processes, std::optional<Path> directory = {},
                                   Nanoseconds delay = Nanoseconds{0});

    SyncCount(SyncCount&&) noexcept;
    SyncCount& operator=(SyncCount&&) noexcept;
    ~SyncCount();

    /// The calls up to now; nothing is counted any more. Fails (unsupported) where they cannot be known. To
    /// be called once.
    Result<std::uint64_t> finish();
    /// When each of the calls that finish() has told had ended, in order; whoever made it went on later.
    [[nodiscard]] const std::vector<WallTime>& ends() const;

private:
    class Tracer;
    explicit SyncCount(std::unique_ptr<Tracer> tracer);
    std::unique_ptr<Tracer> tracer_;  ///< empty when moved from
};

}  // namespace joust::host
