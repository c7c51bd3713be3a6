#include "deploy/http_call.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "base/fd.hpp"
#include "host/port.hpp"

namespace joust::deploy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

/// Takes one connection, reads what comes first, sends its text piece by piece and closes.
class OneAnswer {
public:
    explicit OneAnswer(std::vector<std::string> pieces, bool hang = false)
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
            ::listen(listener_.get(), 1) != 0 ||
            ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
            std::abort();
        port_ = ntohs(address.sin_port);
        server_ = std::thread([this, pieces = std::move(pieces), hang] { serve(pieces, hang); });
    }
    ~OneAnswer() {
        if (server_.joinable()) server_.join();
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// What was asked, once it has been answered.
    std::string request() {
        server_.join();
        return request_;
    }

private:
    void serve(const std::vector<std::string>& pieces, bool hang) {
        const Fd connection(::accept(listener_.get(), nullptr, nullptr));
        char buffer[4096];
        const ssize_t got = ::recv(connection.get(), buffer, sizeof buffer, 0);
        request_.assign(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
        for (const std::string& piece : pieces) {
            ::send(connection.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
            std::this_thread::sleep_for(20ms);
        }
        if (hang)
            static_cast<void>(
                ::recv(connection.get(), buffer, sizeof buffer, 0));  // until the caller gives up
    }

    Fd listener_;
    std::uint16_t port_ = 0;
    std::string request_;
    std::thread server_;
};

TEST(HttpCall, SendsAWholeRequest) {
    OneAnswer server({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"});
    const auto answer = http_call({.port = server.port(),
                                   .method = "POST",
                                   .path = "/work?x=1",
                                   .content_type = "application/json",
                                   .body = "{}"},
                                  now() + 10s);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "ok");
    const std::string request = server.request();
    EXPECT_THAT(request, StartsWith("POST /work?x=1 HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr(fmt::format("Host: 127.0.0.1:{}\r\n", server.port())));
    EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
    EXPECT_THAT(request, HasSubstr("Content-Length: 2\r\n"));
    EXPECT_THAT(request, ::testing::EndsWith("\r\n\r\n{}"));
}

TEST(HttpCall, ReadsEveryWayABodyEnds) {
    const struct {
        const char* reason;
        std::vector<std::string> pieces;
    } rows[] = {
        {"content length, split", {"HTTP/1.1 503 No\r\nContent-Le", "ngth: 5\r\n\r\nab", "cde"}},
        {"chunked",
         {"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "3\r\ncde\r\n0\r\n\r\n"}},
        {"until the connection closes", {"HTTP/1.0 503 No\r\n\r\nab", "cde"}},
        {"after an interim answer",
         {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\nabcde"}},
    };
    for (const auto& row : rows) {
        const OneAnswer server(row.pieces);
        const auto answer = http_call({.port = server.port()}, now() + 10s);
        ASSERT_TRUE(answer) << row.reason << ": " << answer.error().message;
        EXPECT_EQ(answer->status, 503) << row.reason;
        EXPECT_EQ(answer->body, "abcde") << row.reason;
    }
}

TEST(HttpCall, GivesUpAtTheDeadline) {
    const OneAnswer server({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}, true);
    const TimePoint begin = now();
    const auto answer = http_call({.port = server.port()}, begin + 200ms);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::timed_out);
    EXPECT_GE(now() - begin, 200ms);
}

TEST(HttpCall, TellsWhatIsNoAnswer) {
    const struct {
        std::vector<std::string> pieces;
        ErrorKind kind;
        const char* words;
    } rows[] = {
        {{}, ErrorKind::io, "closed without an answer"},
        {{"SSH-2.0-OpenSSH\r\n"}, ErrorKind::service, "not HTTP"},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}, ErrorKind::service, "not HTTP"},
    };
    for (const auto& row : rows) {
        const OneAnswer server(row.pieces);
        const auto answer = http_call({.port = server.port()}, now() + 10s);
        ASSERT_FALSE(answer) << row.words;
        EXPECT_EQ(answer.error().kind, row.kind) << answer.error().message;
        EXPECT_THAT(answer.error().message, HasSubstr(row.words));
    }
}

TEST(HttpCall, TellsThatNobodyListens) {
    const auto answer = http_call({.port = host::free_loopback_port().value()}, now() + 10s);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::io);
    EXPECT_THAT(answer.error().message, HasSubstr("Connection refused"));
}

// A service could tell what it is asked one by one from a load by any other byte.
TEST(KeptConnection, SendsWhatTheLoadSends) {
    OneAnswer server({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}, true);
    {
        KeptConnection connection;
        const auto answer = connection.call({.port = server.port(),
                                             .method = "POST",
                                             .path = "/io",
                                             .content_type = "application/json",
                                             .body = "{}"},
                                            now() + 10s);
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "ok");
    }
    EXPECT_EQ(server.request(), fmt::format("POST /io HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: "
                                            "application/json\r\nContent-Length: 2\r\n\r\n{{}}",
                                            server.port()));
}

TEST(KeptConnection, AsksAgainOnItUntilTheServerCloses) {
    OneAnswer server({"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1", ""}, true);
    KeptConnection connection;
    const HttpCall call{.port = server.port()};
    ASSERT_TRUE(connection.call(call, now() + 10s));
    const auto second = connection.call(call, now() + 10s);
    ASSERT_FALSE(second) << "it takes one connection, on which it reads the second request and closes";
    EXPECT_THAT(second.error().message, HasSubstr("closed without an answer"));
    const auto third = connection.call(call, now() + 200ms);
    EXPECT_FALSE(third) << "a connection of its own, which nobody takes";
    EXPECT_THAT(third.error().message, ::testing::Not(HasSubstr("closed without")));
}

TEST(KeptConnection, IsOpenedAnewBehindAnAnswerThatClosesIt) {
    OneAnswer server({"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1"});
    KeptConnection connection;
    ASSERT_TRUE(connection.call({.port = server.port()}, now() + 10s));
    const auto second = connection.call({.port = server.port()}, now() + 200ms);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::timed_out) << "it waits for a second accept()";
}

}  // namespace
}  // namespace joust::deploy
