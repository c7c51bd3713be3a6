#include "load/uring.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace joust::load {
namespace {

constexpr unsigned k_submissions = 512;
constexpr unsigned k_completions = 4096;
/// IORING_FEAT_MIN_TIMEOUT, which liburing 2.3 does not know: the padding of io_uring_getevents_arg holds the
/// least time to wait, in microseconds.
constexpr unsigned k_feature_min_timeout = 1U << 15U;

Status check(int result, std::string_view what) {
    if (result >= 0) return {};
    return fail(ErrorKind::unsupported, "io_uring: {} failed: {}", what, errno_text(-result));
}

}  // namespace

Result<std::unique_ptr<Uring>> Uring::create(unsigned files, unsigned buffers) {
    std::unique_ptr<Uring> uring(new Uring);
    JOUST_CHECK(uring->set_up(files, buffers));
    return uring;
}

Status Uring::set_up(unsigned files, unsigned buffers) {
    io_uring_params parameters{};
    parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
                       IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
    parameters.cq_entries = k_completions;
    JOUST_CHECK(check(io_uring_queue_init_params(k_submissions, &ring_, &parameters),
                      "a ring with single issuer and deferred task run (Linux 6.1, not forbidden)"));
    ready_ = true;
    if ((parameters.features & IORING_FEAT_EXT_ARG) == 0 || (parameters.features & IORING_FEAT_NODROP) == 0 ||
        (parameters.features & IORING_FEAT_CQE_SKIP) == 0)
        return fail(ErrorKind::unsupported, "io_uring: the kernel lacks timed waits or skipped completions");
    JOUST_CHECK(check(io_uring_register_ring_fd(&ring_), "registering the ring"));
    waits_for_several_ = (parameters.features & k_feature_min_timeout) != 0;
    JOUST_CHECK(check(io_uring_register_files_sparse(&ring_, files), "registering a table of files"));

    buffer_count_ = buffers;
    buffers_bytes_ = buffers * sizeof(io_uring_buf);
    void* const mapped =
        ::mmap(nullptr, buffers_bytes_, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    if (mapped == MAP_FAILED)
        return fail(ErrorKind::io, "cannot map {} bytes: {}", buffers_bytes_, errno_text());
    buffers_ = static_cast<io_uring_buf_ring*>(mapped);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(mapped);
    registration.ring_entries = buffers;
    registration.bgid = k_buffer_group;
    JOUST_CHECK(check(io_uring_register_buf_ring(&ring_, &registration, 0), "registering a ring of buffers"));
    io_uring_buf_ring_init(buffers_);
    memory_.resize(buffers * k_buffer_bytes);
    for (unsigned id = 0; id < buffers; ++id)
        give_back(id);
    publish_buffers();
    return {};
}

Uring::~Uring() {
    if (ready_) io_uring_queue_exit(&ring_);
    if (buffers_ != nullptr) ::munmap(buffers_, buffers_bytes_);
}

void Uring::give_back(unsigned id) {
    io_uring_buf_ring_add(buffers_, buffer(id), k_buffer_bytes, static_cast<unsigned short>(id),
                          static_cast<int>(buffer_count_ - 1), given_back_++);
}

void Uring::publish_buffers() {
    if (given_back_ == 0) return;
    io_uring_buf_ring_advance(buffers_, given_back_);
    given_back_ = 0;
}

int Uring::set_file(unsigned index, int fd) {
    const int result = io_uring_register_files_update(&ring_, index, &fd, 1);
    return result < 0 ? -result : 0;
}

io_uring_sqe& Uring::next_submission() {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    while (entry == nullptr) {
        submit();
        entry = io_uring_get_sqe(&ring_);
    }
    std::memset(entry, 0, sizeof *entry);
    return *entry;
}

unsigned Uring::publish_submissions() {
    io_uring_sq& queue = ring_.sq;
    unsigned tail = *queue.ktail;
    const unsigned count = queue.sqe_tail - queue.sqe_head;
    for (; queue.sqe_head != queue.sqe_tail; ++queue.sqe_head)
        queue.array[tail++ & queue.ring_mask] = queue.sqe_head & queue.ring_mask;
    if (count != 0) io_uring_smp_store_release(queue.ktail, tail);
    return tail - io_uring_smp_load_acquire(queue.khead);  // with what an earlier enter did not take
}

int Uring::enter(unsigned submissions, unsigned completions, unsigned flags,
                 const io_uring_getevents_arg* argument) {
    // liburing's wrappers look for completions first and may enter twice; one call a loop is wanted here.
    const int result = io_uring_enter2(
        static_cast<unsigned>(ring_.enter_ring_fd), submissions, completions,
        flags | IORING_ENTER_REGISTERED_RING,
        static_cast<sigset_t*>(static_cast<void*>(const_cast<io_uring_getevents_arg*>(argument))),
        argument == nullptr ? 0 : sizeof *argument);
    if (result == -EAGAIN || result == -ENOMEM) ++calls_without_memory_;
    return result;
}

void Uring::submit() {
    const unsigned count = publish_submissions();
    if (count != 0) enter(count, 0, 0, nullptr);
}

bool Uring::run_pending() {
    if ((__atomic_load_n(ring_.sq.kflags, __ATOMIC_RELAXED) & IORING_SQ_TASKRUN) == 0) return false;
    enter(0, 0, IORING_ENTER_GETEVENTS, nullptr);
    return true;
}

void Uring::wait(TimePoint now, TimePoint until, Patience patience) {
    const unsigned count = publish_submissions();
    if (until <= now) {
        enter(count, 0, IORING_ENTER_GETEVENTS, nullptr);
        return;
    }
    io_uring_getevents_arg argument{};
    __kernel_timespec timeout{};
    if (until != TimePoint::max()) {
        timeout.tv_sec = (until - now) / std::chrono::seconds(1);
        timeout.tv_nsec = ((until - now) % std::chrono::seconds(1)).count();
        argument.ts = reinterpret_cast<std::uintptr_t>(&timeout);
    }
    const bool several =
        waits_for_several_ && patience.enough > 1 && patience.most >= std::chrono::microseconds(1);
    // Arming a timer costs a microsecond and more, much more in a virtual machine: where the patience lasts
    // until the end of the wait, there is one to arm, not two.
    if (several && patience.most < until - now)
        argument.pad = static_cast<__u32>(patience.most / std::chrono::microseconds(1));
    // With more than there are buffers for, receives would fail for want of one and had to be armed anew.
    const auto enough = static_cast<unsigned>(std::min<std::size_t>(patience.enough, buffer_count_ / 2));
    enter(count, several ? enough : 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument);
}

}  // namespace joust::load
