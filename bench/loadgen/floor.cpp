#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "load/address.hpp"
#include "load/transport/transport.hpp"
#include "load/transport/uring.hpp"

/// The floor below which no generator of this kind can get: Joust's ring, flags and waiting rule, and nothing
/// else. Answers are not looked at; whatever arrives counts as one answer and sends the next request. Usage:
/// floor HOST:PORT CONNECTIONS SECONDS [plain-receive] [no-stamps] [plain-send]
///        [batch=N] [patience-us=N]
namespace joust::bench {
namespace {

struct Choice {
    bool receive_messages = true;  ///< recvmsg, which carries time stamps; else recv
    bool stamps = true;            ///< the kernel stamps arrivals
    bool ring_sends = true;        ///< sends go through the ring; else send(2)
    unsigned batch = 0;            ///< 0: the rule of Joust's transport
    Nanoseconds patience{0};
};

Choice choice_of(std::span<char*> words) {
    Choice choice;
    for (const std::string_view word : words) {
        if (word == "plain-receive") choice.receive_messages = false;
        if (word == "no-stamps") choice.stamps = false;
        if (word == "plain-send") choice.ring_sends = false;
        if (word.starts_with("batch=")) choice.batch = static_cast<unsigned>(std::atoi(word.data() + 6));
        if (word.starts_with("patience-us="))
            choice.patience = std::chrono::microseconds(std::atoi(word.data() + 12));
    }
    return choice;
}

class Floor {
public:
    Floor(load::Uring& ring, std::string request, Choice choice)
        : ring_(ring), request_(std::move(request)), choice_(choice) {
        message_.msg_controllen = choice.stamps ? CMSG_SPACE(3 * sizeof(timespec)) : 0;
    }
    void open(const sockaddr_in& address);
    void run(TimePoint until);
    [[nodiscard]] std::uint64_t answers() const { return answers_; }
    [[nodiscard]] std::uint64_t waits() const { return waits_; }

private:
    void arm(unsigned id);
    void send(unsigned id);

    load::Uring& ring_;
    std::string request_;
    Choice choice_;
    msghdr message_{};
    std::vector<Fd> sockets_;
    std::uint64_t answers_ = 0;
    std::uint64_t waits_ = 0;
};

void Floor::open(const sockaddr_in& address) {
    const auto id = static_cast<unsigned>(sockets_.size());
    sockets_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int fd = sockets_.back().get();
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    if (choice_.stamps) ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        std::perror("connect");
        std::exit(1);
    }
    ring_.set_file(id, fd);
    arm(id);
    send(id);
}

void Floor::arm(unsigned id) {
    io_uring_sqe& entry = ring_.next_submission();
    if (choice_.receive_messages) {
        io_uring_prep_recvmsg_multishot(&entry, static_cast<int>(id), &message_, 0);
    } else {
        io_uring_prep_recv_multishot(&entry, static_cast<int>(id), nullptr, 0, 0);
    }
    entry.ioprio |= IORING_RECVSEND_POLL_FIRST;
    entry.flags = IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
    entry.buf_group = load::Uring::k_buffer_group;
    entry.user_data = id;
}

void Floor::send(unsigned id) {
    if (!choice_.ring_sends) {
        ::send(sockets_[id].get(), request_.data(), request_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return;
    }
    io_uring_sqe& entry = ring_.next_submission();
    io_uring_prep_send(&entry, static_cast<int>(id), request_.data(), request_.size(),
                       MSG_NOSIGNAL | MSG_WAITALL);
    entry.flags = IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS;
}

void Floor::run(TimePoint until) {
    const TimePoint begin = joust::now();
    for (TimePoint now = begin; now < until; now = joust::now()) {
        ++waits_;
        // The mean response time by Little's law: all connections always wait for an answer.
        const double mean = static_cast<double>((now - begin).count()) *
                            static_cast<double>(sockets_.size()) / static_cast<double>(answers_ + 1);
        load::Pace pace;
        pace.answered(Nanoseconds(static_cast<std::int64_t>(mean)), choice_.stamps);
        const load::Patience rule = pace.patience(sockets_.size(), true);
        const load::Patience given{.enough = choice_.batch, .most = choice_.patience};
        ring_.wait(now, until, choice_.batch == 0 ? rule : given);
        ring_.drain([&](const io_uring_cqe& completion) {
            const auto id = static_cast<unsigned>(completion.user_data);
            if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
                ring_.give_back(completion.flags >> IORING_CQE_BUFFER_SHIFT);
                ++answers_;
                send(id);
            }
            if ((completion.flags & IORING_CQE_F_MORE) == 0) arm(id);
        });
    }
}

double cpu_seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

int run(std::span<char*> words) {
    if (words.size() < 4)
        return std::fputs("usage: floor HOST:PORT CONNECTIONS SECONDS [choices]\n", stderr), 2;
    const std::string_view place = words[1];
    const auto connections = static_cast<unsigned>(std::atoi(words[2]));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::atoi(std::string(place.substr(place.find(':') + 1)).c_str())));
    auto ring = load::Uring::create(connections, 256);
    if (!ring) return std::fprintf(stderr, "%s\n", ring.error().message.c_str()), 1;
    const std::string request =
        "GET / HTTP/1.1\r\nHost: " + std::string(place) + "\r\nUser-Agent: joust\r\n\r\n";
    Floor floor(**ring, request, choice_of(words.subspan(4)));
    for (unsigned id = 0; id < connections; ++id)
        floor.open(address);
    const TimePoint begin = now();
    floor.run(begin + std::chrono::seconds(std::atoi(words[3])));
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto answers = static_cast<double>(floor.answers());
    std::printf(R"({"requests": %.0f, "rps": %.0f, "user_us": %.3f, "system_us": %.3f, "waits": %.4f})"
                "\n",
                answers, answers / seconds(now() - begin), cpu_seconds(usage.ru_utime) * 1e6 / answers,
                cpu_seconds(usage.ru_stime) * 1e6 / answers, static_cast<double>(floor.waits()) / answers);
    return 0;
}

}  // namespace
}  // namespace joust::bench

int main(int count, char** words) {
    return joust::bench::run({words, static_cast<std::size_t>(count)});
}
