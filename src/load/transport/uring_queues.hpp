#pragma once

#include <liburing.h>

#include <atomic>
#include <cstddef>

#include "base/error.hpp"

namespace joust::load {

/// The two queues of an io_uring, mapped and used as io_uring_setup(2) and io_uring(7) document them. The
/// kernel's interface stays as it is; what liburing keeps of the queues differs from version to version. For
/// one thread.
class UringQueues {
public:
    UringQueues() = default;
    ~UringQueues();
    UringQueues(const UringQueues&) = delete;
    UringQueues& operator=(const UringQueues&) = delete;

    /// Maps the queues of `ring`, which was made with `parameters`; its submissions are taken by an array.
    Status map(int ring, const io_uring_params& parameters);

    /// The next entry to fill in, with what it held before; nullptr where the kernel has not taken enough
    /// yet.
    io_uring_sqe* next_submission() {
        if (is_full()) return nullptr;
        return &entries_[made_++ & submission_mask_];
    }
    [[nodiscard]] bool is_full() const {
        return made_ - shared(taken_).load(std::memory_order_acquire) > submission_mask_;
    }
    /// Entries were filled in that the kernel does not see yet.
    [[nodiscard]] bool has_submissions() const { return made_ != published_; }
    /// Shows the kernel all entries; the number of those that it has not taken.
    unsigned publish_submissions() {
        if (has_submissions()) shared(tail_).store(made_, std::memory_order_release);
        published_ = made_;
        return made_ - shared(taken_).load(std::memory_order_acquire);
    }
    /// The kernel has work that it does only when it is entered.
    [[nodiscard]] bool has_pending_work() const {
        return (shared(flags_).load(std::memory_order_relaxed) & IORING_SQ_TASKRUN) != 0;
    }

    /// Calls visit(const io_uring_cqe&) for every completion there is.
    template <typename Visit>
    void peek(Visit&& visit) const {
        const unsigned tail = shared(completion_tail_).load(std::memory_order_acquire);
        for (unsigned head = *completion_head_; head != tail; ++head)
            visit(completions_[head & completion_mask_]);
    }
    /// Calls visit(const io_uring_cqe&) for every completion there is, then leaves their room to the kernel.
    template <typename Visit>
    void drain(Visit&& visit) {
        unsigned head = *completion_head_;
        const unsigned tail = shared(completion_tail_).load(std::memory_order_acquire);
        for (; head != tail; ++head)
            visit(completions_[head & completion_mask_]);
        shared(completion_head_).store(head, std::memory_order_release);
    }

private:
    /// Memory that the kernel reads and writes, too.
    struct Mapping {
        Mapping() = default;
        ~Mapping();
        Mapping(const Mapping&) = delete;
        Mapping& operator=(const Mapping&) = delete;
        Status map(int ring, std::size_t size, unsigned long long offset);
        template <typename T>
        T* at(unsigned offset) {
            return static_cast<T*>(static_cast<void*>(static_cast<char*>(begin) + offset));
        }
        void* begin = nullptr;
        std::size_t bytes = 0;
    };
    static std::atomic_ref<unsigned> shared(unsigned* counter) { return std::atomic_ref<unsigned>(*counter); }

    Mapping rings_;
    Mapping entries_memory_;
    io_uring_sqe* entries_ = nullptr;
    unsigned* tail_ = nullptr;      ///< of the submissions, as the kernel sees it
    unsigned* taken_ = nullptr;     ///< their head: how many the kernel has taken
    unsigned* flags_ = nullptr;     ///< IORING_SQ_*
    unsigned submission_mask_ = 0;  ///< number of entries − 1
    unsigned made_ = 0;             ///< entries that were filled in, since the beginning
    unsigned published_ = 0;        ///< of which the kernel sees
    unsigned* completion_head_ = nullptr;
    unsigned* completion_tail_ = nullptr;
    unsigned completion_mask_ = 0;
    const io_uring_cqe* completions_ = nullptr;
};

}  // namespace joust::load
