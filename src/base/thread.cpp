#include "base/thread.hpp"

#include <sys/resource.h>

#include <new>
#include <system_error>

namespace joust {
namespace {

// Empty where there is no such limit.
std::string limit_text(rlim_t bound, rlim_t unit, std::string_view what) {
    if (bound == RLIM_INFINITY) return "";
    return fmt::format("{} {}", bound / unit, what);
}

std::string memory_limit() {
    constexpr rlim_t k_kibibyte = 1024;  // as ulimit counts
    rlimit limit{};
    ::getrlimit(RLIMIT_AS, &limit);
    return limit_text(limit.rlim_cur, k_kibibyte, "KiB of memory (ulimit -v)");
}

std::string thread_limits() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NPROC, &limit);
    const std::string threads =
        limit_text(limit.rlim_cur, 1, "processes and threads for all that the user runs (ulimit -u)");
    const std::string memory = memory_limit();
    const std::string both = threads + (threads.empty() || memory.empty() ? "" : " and ") + memory;
    return both.empty() ? "the limit of the container or the host is reached" : "allowed are " + both;
}

}  // namespace

Result<std::thread> start_thread(std::function<void()> work) {
    try {
        return std::thread(std::move(work));
    } catch (const std::system_error& refused) {  // std::thread has no other way to tell
        return fail(ErrorKind::io, "cannot start a thread: {}; {}", errno_text(refused.code().value()),
                    thread_limits());
    } catch (const std::bad_alloc&) {
        return tl::unexpected(out_of_memory());
    }
}

Error out_of_memory() {
    const std::string limit = memory_limit();
    return {ErrorKind::io, limit.empty() ? "there is not enough memory"
                                         : fmt::format("there is not enough memory; allowed are {}", limit)};
}

}  // namespace joust
