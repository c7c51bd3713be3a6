// What comes first, the end of a connection, a failed send or the answer, is the kernel's to decide; what is
// made of it must not be. Both transports are held to one table, over TCP and over Unix sockets.
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <list>

#include "base/fd.hpp"
#include "unit/load/engine_support.hpp"

namespace joust::load {
namespace {

using model::RequestErrorKind;

/// What a server does with the n-th connection, from 0; the connection is closed when it returns.
using Conduct = std::function<void(int fd, int connection)>;

/// Accepts connections and gives each a thread.
class ConductedServer {
public:
    ConductedServer(bool unix_socket, Conduct conduct) : conduct_(std::move(conduct)) {
        if (unix_socket) {
            listen_on_unix();
        } else {
            listen_on_loopback();
        }
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~ConductedServer() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        acceptor_.join();
        for (std::thread& thread : threads_)
            thread.join();
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    ConductedServer(const ConductedServer&) = delete;
    ConductedServer& operator=(const ConductedServer&) = delete;
    [[nodiscard]] const std::string& url() const { return url_; }

private:
    void listen_on_unix() {
        static std::atomic<int> number{0};
        path_ = "/tmp/joust-races-" + std::to_string(::getpid()) + "-" + std::to_string(number++);
        url_ = "unix:" + path_ + ":/";
        listener_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        path_.copy(name.sun_path, sizeof name.sun_path - 1);
        EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
        ::listen(listener_.get(), 128);
    }
    void listen_on_loopback() {
        listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof name;
        EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&name), &length);
        ::listen(listener_.get(), 128);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(name.sin_port)) + "/";
    }
    void accept_all() {
        for (int connection = 0;; ++connection) {
            Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!fd) return;
            threads_.emplace_back([this, connection, raw = fd.release()] {
                const Fd open(raw);
                conduct_(open.get(), connection);
            });
        }
    }

    Conduct conduct_;
    std::string path_;
    std::string url_;
    Fd listener_;
    std::thread acceptor_;
    std::list<std::thread> threads_;
};

void say(int fd, std::string_view text) {
    ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}
/// Reads until what has come ends so; false at the end of the stream.
bool hear(int fd, std::string_view ending) {
    std::string all;
    char c = 0;
    while (::recv(fd, &c, 1, 0) == 1) {
        all += c;
        if (all.ends_with(ending)) return true;
    }
    return false;
}
bool hear_request(int fd) {
    return hear(fd, "\r\n\r\n");
}
void hear_all(int fd) {
    char buffer[64 * 1024];
    while (::recv(fd, buffer, sizeof buffer, 0) > 0) {
    }
}
void hear_body(int fd, std::size_t left) {
    char buffer[64 * 1024];
    for (ssize_t size = 1; left > 0 && size > 0; left -= static_cast<std::size_t>(std::max<ssize_t>(size, 0)))
        size = ::recv(fd, buffer, std::min(left, sizeof buffer), 0);
}
/// The close that follows is a reset, also where everything was read. (A Unix socket has none.)
void reset_with_close(int fd) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

const std::string k_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string k_too_large = "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig";
const std::string k_too_large_to_close = "HTTP/1.1 413 Too Large\r\n\r\nbig";
const std::string k_cut_answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal";
constexpr std::size_t k_upload = 30'000'000;

/// What there was besides, so that a rare failure can be understood from its message alone.
std::string told(const model::Samples& samples) {
    std::string text =
        fmt::format("{} succeeded, {} resent, {} closed while idle", samples.requests.succeeded,
                    samples.connections.resent, samples.connections.closed_idle);
    for (const model::RequestErrorExample& example : samples.examples)
        text += fmt::format("\n{} × {}, status {}: {}", samples.errors[example.kind],
                            model::name(example.kind), example.status, example.detail);
    return text;
}

struct Race {
    std::string name;
    Conduct conduct;
    std::optional<RequestErrorKind> kind;  ///< empty: a success
    std::size_t upload = 0;                ///< bytes that a POST sends; 0: a GET
    bool tcp_only = false;
    bool ended_idle = false;  ///< each answer is whole and promises a connection that the server then ends
    std::uint64_t requests = 6;
    int users = 2;
};

std::vector<Race> early_answers() {
    constexpr auto k_4xx = RequestErrorKind::status_4xx;
    return {
        {"413_then_close",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_too_large);
         },
         k_4xx, k_upload},
        {"413_then_reset",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_too_large);
             reset_with_close(fd);
         },
         k_4xx, k_upload, true},
        {"413_then_reads_on",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_too_large);
             hear_all(fd);
         },
         k_4xx, k_upload},
        {"413_then_half_closes_and_reads_on",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_too_large);
             ::shutdown(fd, SHUT_WR);
             hear_all(fd);
         },
         k_4xx, k_upload},
        {"413_to_the_close_and_reads_on",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_too_large_to_close);
             ::shutdown(fd, SHUT_WR);
             hear_all(fd);
         },
         k_4xx, k_upload},
        {"413_and_reads_no_more",
         [](int fd, int) {
             hear_request(fd);
             ::shutdown(fd, SHUT_RD);
             say(fd, k_too_large);
         },
         k_4xx, k_upload},
        {"413_at_once_on_acceptance", [](int fd, int) { say(fd, k_too_large); }, k_4xx, k_upload},
        {"200_before_the_body_and_the_connection_kept",
         [](int fd, int) {
             // A client that was quick enough to have sent it all may use the connection again.
             while (hear_request(fd)) {
                 say(fd, k_answer);
                 hear_body(fd, k_upload);
             }
         },
         std::nullopt, k_upload},
        {"200_before_the_body_and_the_kept_connection_closed",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_answer);
         },
         std::nullopt, k_upload},
        {"503_on_acceptance_to_a_small_request",
         [](int fd, int) {
             say(fd, "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
             ::shutdown(fd, SHUT_WR);
             hear_all(fd);
         },
         RequestErrorKind::status_5xx, 0, false, true},
        {"200_on_acceptance_and_the_rest_is_heard_to_its_end",
         [](int fd, int) {
             say(fd, k_answer);
             ::shutdown(fd, SHUT_WR);
             hear_all(fd);
         },
         std::nullopt, 0, false, true, 200},
        {"half_a_413_then_reset",
         [](int fd, int) {
             hear_request(fd);
             say(fd, "HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\nb");
             reset_with_close(fd);
         },
         RequestErrorKind::reset, k_upload},
        {"no_answer_and_a_reset_in_the_upload",
         [](int fd, int) {
             hear_request(fd);
             reset_with_close(fd);
         },
         RequestErrorKind::reset, k_upload},
    };
}

std::vector<Race> endings() {
    constexpr auto k_ended = RequestErrorKind::reset;
    return {
        {"whole_answer_then_reset",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_answer);
             reset_with_close(fd);
         },
         std::nullopt, 0, false, true},
        {"whole_answer_then_half_close",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_answer);
             ::shutdown(fd, SHUT_WR);
             hear_all(fd);
         },
         std::nullopt, 0, false, true},
        {"body_to_the_close",
         [](int fd, int) {
             hear_request(fd);
             say(fd, "HTTP/1.1 200 OK\r\n\r\nall of it");
         },
         std::nullopt},
        {"body_to_a_reset",
         [](int fd, int) {
             hear_request(fd);
             say(fd, "HTTP/1.1 200 OK\r\n\r\nall of it");
             reset_with_close(fd);
         },
         k_ended, 0, true},
        {"reset_before_a_byte",
         [](int fd, int) {
             hear_request(fd);
             reset_with_close(fd);
         },
         k_ended},
        {"reset_in_the_body",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_cut_answer);
             reset_with_close(fd);
         },
         k_ended},
        {"close_in_the_headers",
         [](int fd, int) {
             hear_request(fd);
             say(fd, "HTTP/1.1 200 OK\r\nContent-Le");
         },
         k_ended},
        {"half_close_in_the_body",
         [](int fd, int) {
             hear_request(fd);
             say(fd, k_cut_answer);
             ::shutdown(fd, SHUT_WR);
             hear_all(fd);
         },
         k_ended},
        {"close_in_a_chunk",
         [](int fd, int) {
             hear_request(fd);
             say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal");
         },
         k_ended},
        {"continue_unasked",
         [](int fd, int) {
             while (hear_request(fd))
                 say(fd, "HTTP/1.1 100 Continue\r\n\r\n" + k_answer);
         },
         std::nullopt},
    };
}

class Races : public EngineOn {
protected:
    [[nodiscard]] Options options_of(const Race& race, const std::string& url) const {
        Options options = options_for(url);
        options.timeout = 60s;  // what is wrong shows long before, also on a busy host
        options.schedule = ClosedLoop{.users = race.users, .stagger = 0ns};
        options.stop = StopAfterCount{race.requests};
        if (race.upload > 0) {
            options.operations[0].request.method = "POST";
            options.operations[0].request.body = std::string(race.upload, 'u');
        }
        return options;
    }
    /// What was counted must not hang on when the end was noticed; that of the last ones may come too late.
    static void expect_counted_idle(const Race& race, const model::Samples& samples) {
        const std::uint64_t counted = samples.connections.closed_idle;
        EXPECT_LE(counted, race.ended_idle ? samples.connections.established : 0) << told(samples);
        const std::uint64_t least =
            race.ended_idle ? race.requests - static_cast<std::uint64_t>(race.users) : 0;
        EXPECT_GE(counted, least) << told(samples);
    }
    void expect_endings(const std::vector<Race>& races) const {
        for (const bool unix_socket : {false, true}) {
            for (const Race& race : races) {
                if (race.tcp_only && unix_socket) continue;
                SCOPED_TRACE(race.name + (unix_socket ? " over a Unix socket" : " over TCP"));
                const ConductedServer server(unix_socket, race.conduct);
                const model::Samples samples = run(options_of(race, server.url()));
                const std::uint64_t right =
                    race.kind ? samples.errors[*race.kind] : samples.requests.succeeded;
                EXPECT_EQ(right, race.requests) << told(samples);
                expect_counted_idle(race, samples);
            }
        }
    }
};

TEST_P(Races, AnAnswerThatComesWhileTheRequestIsSentCounts) {
    expect_endings(early_answers());
}

TEST_P(Races, TheEndOfAConnectionCutsWhatIsNotWhole) {
    expect_endings(endings());
}

/// Answers once, then ends the idle connection as `end` does.
Conduct idle_end(const std::function<void(int fd)>& end) {
    return [end](int fd, int) {
        if (!hear_request(fd)) return;
        say(fd, k_answer);
        std::this_thread::sleep_for(5ms);
        end(fd);
    };
}

// The next request comes when the connection has ended long since, or in that moment. Neither is an error of
// a GET: the end of an idle connection says nothing about a request.
TEST_P(Races, TheEndOfAnIdleConnectionIsNoError) {
    const std::vector<std::pair<std::string, std::function<void(int)>>> ends{
        {"close", [](int) {}},
        {"reset", reset_with_close},
        {"half_close",
         [](int fd) {
             ::shutdown(fd, SHUT_WR);
             hear_all(fd);
         }},
        {"408",
         [](int fd) {
             say(fd, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
         }},
    };
    for (const bool unix_socket : {false, true}) {
        for (const auto& [name, end] : ends) {
            SCOPED_TRACE(name + (unix_socket ? " over a Unix socket" : " over TCP"));
            const ConductedServer server(unix_socket, idle_end(end));
            Options options =
                options_of({.name = name, .conduct = {}, .kind = {}, .requests = 4}, server.url());
            std::get<ClosedLoop>(options.schedule).think_time = 300ms;
            const model::Samples samples = run(options);
            EXPECT_EQ(samples.requests.succeeded, samples.requests.started) << told(samples);
            EXPECT_GE(samples.connections.closed_idle, samples.requests.started - 2);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Races, k_both_backends, io_name);

// TCP lets a client wait where the server accepts too slowly; a Unix socket says EAGAIN instead.
class ShortBacklog : public EngineOn {};

TEST_P(ShortBacklog, OfAUnixSocketIsWaitedFor) {
    ScriptedServer server(
        [](const SeenRequest&) { return Reply::ok(); },
        {.on = ScriptedServer::Manner::Listen::unix_socket, .backlog = 1, .accept_gap = 1ms});
    Options options = closed(server, 40, StopAfterCount{200});
    options.requests_per_connection = 1;
    options.timeout = 60s;
    const model::Samples samples = run(options);
    EXPECT_EQ(samples.requests.succeeded, 200U)
        << (samples.examples.empty() ? "" : samples.examples[0].detail);
    EXPECT_EQ(samples.connections.established, 200U);
}

TEST_P(ShortBacklog, OfAUnixSocketThatNobodyAcceptsFromIsATimeout) {
    ScriptedServer server(
        [](const SeenRequest&) { return Reply::ok(); },
        {.on = ScriptedServer::Manner::Listen::unix_socket, .backlog = 0, .accept_gap = 3600s});
    Options options = closed(server, 6, StopAfterCount{6});
    options.timeout = 300ms;
    const model::Samples samples = run(options);
    // The backlog of one that the kernel allows lets a connection be made.
    EXPECT_EQ(samples.requests.timed_out + samples.requests.succeeded, 6U);
    EXPECT_GE(samples.errors[RequestErrorKind::timeout], 4U);
    EXPECT_LT(seconds(samples.generator.cpu.total()), 0.1);  // it does not spin
}

INSTANTIATE_TEST_SUITE_P(Backends, ShortBacklog, k_both_backends, io_name);

}  // namespace
}  // namespace joust::load
