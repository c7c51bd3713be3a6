#include "load/transport/uring.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace joust::load {
namespace {

constexpr unsigned k_submissions = 512;
constexpr unsigned k_completions = 4096;
/// IORING_FEAT_MIN_TIMEOUT, which liburing 2.3 does not know.
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
    // Not liburing's queues: its versions differ in what they add to the flags and in what they keep.
    const int made = io_uring_setup(k_submissions, &parameters);
    JOUST_CHECK(check(made, "a ring with single issuer and deferred task run (Linux 6.1, not forbidden)"));
    ring_ = Fd(made);
    if ((parameters.features & IORING_FEAT_EXT_ARG) == 0 || (parameters.features & IORING_FEAT_NODROP) == 0 ||
        (parameters.features & IORING_FEAT_CQE_SKIP) == 0)
        return fail(ErrorKind::unsupported, "io_uring: the kernel lacks timed waits or skipped completions");
    JOUST_CHECK(queues_.map(made, parameters));
    waits_for_several_ = (parameters.features & k_feature_min_timeout) != 0;

    io_uring_rsrc_update itself{};
    itself.offset = ~0U;  // any place that is free
    itself.data = static_cast<__u64>(made);
    JOUST_CHECK(register_with(IORING_REGISTER_RING_FDS, &itself, 1, "registering the ring"));
    entered_as_ = itself.offset;
    io_uring_rsrc_register table{};
    table.flags = IORING_RSRC_REGISTER_SPARSE;
    table.nr = files;
    JOUST_CHECK(register_with(IORING_REGISTER_FILES2, &table, sizeof table, "registering a table of files"));
    return register_buffers(buffers);
}

Status Uring::register_with(unsigned operation, void* argument, unsigned count, std::string_view what) {
    return check(io_uring_register(static_cast<unsigned>(ring_.get()), operation, argument, count), what);
}

Status Uring::register_buffers(unsigned buffers) {
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
    JOUST_CHECK(register_with(IORING_REGISTER_PBUF_RING, &registration, 1, "registering a ring of buffers"));
    io_uring_buf_ring_init(buffers_);
    memory_.resize(buffers * k_buffer_bytes);
    for (unsigned id = 0; id < buffers; ++id)
        give_back(id);
    publish_buffers();
    return {};
}

Uring::~Uring() {
    if (entered_as_) {
        // The place in the thread's table keeps the ring alive.
        io_uring_rsrc_update itself{};
        itself.offset = *entered_as_;
        io_uring_register(static_cast<unsigned>(ring_.get()), IORING_UNREGISTER_RING_FDS, &itself, 1);
    }
    ring_ = Fd();  // before the memory that it writes to
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
    io_uring_files_update update{};
    update.offset = index;
    update.fds = reinterpret_cast<std::uintptr_t>(&fd);
    const int result =
        io_uring_register(static_cast<unsigned>(ring_.get()), IORING_REGISTER_FILES_UPDATE, &update, 1);
    return result < 0 ? -result : 0;
}

io_uring_sqe& Uring::next_submission() {
    io_uring_sqe* entry = queues_.next_submission();
    while (entry == nullptr) {
        submit();
        entry = queues_.next_submission();
    }
    std::memset(entry, 0, sizeof *entry);
    return *entry;
}

int Uring::enter(unsigned submissions, unsigned completions, unsigned flags, WaitArgument* argument) {
    const int result = io_uring_enter2(
        *entered_as_, submissions, completions, flags | IORING_ENTER_REGISTERED_RING,
        static_cast<sigset_t*>(static_cast<void*>(argument)), argument == nullptr ? 0 : sizeof *argument);
    if (result == -EAGAIN || result == -ENOMEM) ++calls_without_memory_;
    return result;
}

void Uring::submit() {
    const unsigned count = queues_.publish_submissions();
    if (count != 0) enter(count, 0, 0, nullptr);
}

bool Uring::run_pending() {
    if (!queues_.has_pending_work()) return false;
    enter(0, 0, IORING_ENTER_GETEVENTS, nullptr);
    return true;
}

void Uring::wait(TimePoint now, TimePoint until, Patience patience) {
    const unsigned count = queues_.publish_submissions();
    if (until <= now) {
        enter(count, 0, IORING_ENTER_GETEVENTS, nullptr);
        return;
    }
    WaitArgument argument;
    __kernel_timespec timeout{};
    if (until != TimePoint::max()) {
        timeout.tv_sec = (until - now) / std::chrono::seconds(1);
        timeout.tv_nsec = ((until - now) % std::chrono::seconds(1)).count();
        argument.timeout = reinterpret_cast<std::uintptr_t>(&timeout);
    }
    const bool several =
        waits_for_several_ && patience.enough > 1 && patience.most >= std::chrono::microseconds(1);
    // Arming a timer costs a microsecond and more, much more in a virtual machine: where the patience lasts
    // until the end of the wait, there is one to arm, not two.
    if (several && patience.most < until - now)
        argument.least_wait_us = static_cast<__u32>(patience.most / std::chrono::microseconds(1));
    // With more than there are buffers for, receives would fail for want of one and had to be armed anew.
    const auto enough = static_cast<unsigned>(std::min<std::size_t>(patience.enough, buffer_count_ / 2));
    enter(count, several ? enough : 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument);
}

}  // namespace joust::load
