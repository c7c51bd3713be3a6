#include "load/transport/uring_queues.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace joust::load {

UringQueues::Mapping::~Mapping() {
    if (begin != nullptr) ::munmap(begin, bytes);
}

Status UringQueues::Mapping::map(int ring, std::size_t size, unsigned long long offset) {
    void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
                                static_cast<off_t>(offset));
    if (mapped == MAP_FAILED)
        return fail(ErrorKind::unsupported, "io_uring: mapping {} bytes of its queues failed: {}", size,
                    errno_text());
    begin = mapped;
    bytes = size;
    return {};
}

UringQueues::~UringQueues() = default;

Status UringQueues::map(int ring, const io_uring_params& parameters) {
    if ((parameters.features & IORING_FEAT_SINGLE_MMAP) == 0)
        return fail(ErrorKind::unsupported, "io_uring: the kernel lacks a single mapping of both queues");
    const io_sqring_offsets& sq = parameters.sq_off;
    const io_cqring_offsets& cq = parameters.cq_off;
    const std::size_t submissions_end = sq.array + parameters.sq_entries * sizeof(unsigned);
    const std::size_t completions_end = cq.cqes + parameters.cq_entries * sizeof(io_uring_cqe);
    JOUST_CHECK(rings_.map(ring, std::max(submissions_end, completions_end), IORING_OFF_SQ_RING));
    JOUST_CHECK(entries_memory_.map(ring, parameters.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES));

    entries_ = entries_memory_.at<io_uring_sqe>(0);
    tail_ = rings_.at<unsigned>(sq.tail);
    taken_ = rings_.at<unsigned>(sq.head);
    flags_ = rings_.at<unsigned>(sq.flags);
    submission_mask_ = *rings_.at<unsigned>(sq.ring_mask);
    // Entries go out in the order of their places, so the array that names the place of each is filled once.
    unsigned* const places = rings_.at<unsigned>(sq.array);
    for (unsigned place = 0; place < parameters.sq_entries; ++place)
        places[place] = place;
    completion_head_ = rings_.at<unsigned>(cq.head);
    completion_tail_ = rings_.at<unsigned>(cq.tail);
    completion_mask_ = *rings_.at<unsigned>(cq.ring_mask);
    completions_ = rings_.at<io_uring_cqe>(cq.cqes);
    return {};
}

}  // namespace joust::load
