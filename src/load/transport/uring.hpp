#pragma once

#include <liburing.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "load/transport/patience.hpp"
#include "load/transport/uring_queues.hpp"

namespace joust::load {

/// One io_uring of one thread with all that the transport needs of it: single issuer, deferred task run,
/// registered ring and files, a ring of receive buffers. Used by the thread that made it alone.
class Uring {
public:
    /// Fails, and says at what, where the kernel forbids io_uring or lacks a feature.
    static Result<std::unique_ptr<Uring>> create(unsigned files, unsigned buffers);
    ~Uring();
    Uring(const Uring&) = delete;
    Uring& operator=(const Uring&) = delete;

    /// There is no room for another submission before the next submit().
    [[nodiscard]] bool is_full() const { return queues_.is_full(); }
    /// A cleared submission, handed to the kernel with the next submit() or wait().
    io_uring_sqe& next_submission();
    [[nodiscard]] bool has_submissions() const { return queues_.has_submissions(); }
    void submit();
    /// Submits, then waits for completions until `until`; only runs what is ready when `until` is not after
    /// `now`.
    void wait(TimePoint now, TimePoint until, Patience patience = {});

    /// The kernel completes only some 20 operations a call. Lets it do more of those that are ready; false:
    /// there are none.
    bool run_pending();

    /// Calls visit(const io_uring_cqe&) for every completion that drain() is going to visit, and leaves them.
    template <typename Visit>
    void peek(Visit&& visit) const {
        queues_.peek(std::forward<Visit>(visit));
    }
    /// Calls visit(const io_uring_cqe&) for every completion there is.
    template <typename Visit>
    void drain(Visit&& visit) {
        queues_.drain(std::forward<Visit>(visit));
        publish_buffers();
    }

    /// How often the kernel had no memory for a call, which took no submission then.
    [[nodiscard]] std::uint64_t calls_without_memory() const { return calls_without_memory_; }

    /// Puts a descriptor into the table at `index`; -1 takes it out. 0 or an errno.
    int set_file(unsigned index, int fd);

    [[nodiscard]] char* buffer(unsigned id) { return memory_.data() + std::size_t{id} * k_buffer_bytes; }
    /// The kernel may use the buffer again, from the next publish_buffers() on (drain() does it).
    void give_back(unsigned id);
    void publish_buffers();

    static constexpr std::uint16_t k_buffer_group = 1;
    /// Odd number of cache lines, so that the begins of the buffers do not share few cache sets.
    static constexpr std::size_t k_buffer_bytes = 4096 + 64;

private:
    /// struct io_uring_getevents_arg, of which the third member has different names in different headers.
    struct WaitArgument {
        __u64 signals = 0;
        __u32 signals_bytes = 0;
        __u32 least_wait_us = 0;  ///< where the kernel has IORING_FEAT_MIN_TIMEOUT
        __u64 timeout = 0;        ///< the address of a __kernel_timespec
    };
    static_assert(sizeof(WaitArgument) == sizeof(io_uring_getevents_arg));
    static_assert(sizeof(io_uring_getevents_arg::ts) == sizeof(__u64));

    Uring() = default;
    Status set_up(unsigned files, unsigned buffers);
    Status register_with(unsigned operation, void* argument, unsigned count, std::string_view what);
    Status register_buffers(unsigned buffers);
    int enter(unsigned submissions, unsigned completions, unsigned flags, WaitArgument* argument);

    Fd ring_;
    std::optional<unsigned> entered_as_;  ///< its place in the thread's table of rings
    UringQueues queues_;
    std::uint64_t calls_without_memory_ = 0;
    bool waits_for_several_ = false;  ///< the kernel has IORING_FEAT_MIN_TIMEOUT (Linux 6.12)
    io_uring_buf_ring* buffers_ = nullptr;
    std::size_t buffers_bytes_ = 0;
    unsigned buffer_count_ = 0;
    int given_back_ = 0;
    std::vector<char> memory_;
};

}  // namespace joust::load
