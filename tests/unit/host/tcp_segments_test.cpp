#include "host/tcp_segments.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>

#include "base/fd.hpp"
#include "unit/host/support.hpp"

namespace joust::host {
namespace {

std::uint16_t bound_port(const Fd& socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    return ntohs(address.sin_port);
}

/// A port of this host and connections to it, made and used one after the other.
class LoopbackServer {
public:
    struct Connection {
        Fd client;
        Fd server;
        [[nodiscard]] std::uint16_t port() const { return bound_port(client); }
        static void carry(const Fd& from, const Fd& to, const std::string& text) {
            EXPECT_EQ(::send(from.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
            std::string got(text.size(), '\0');
            EXPECT_EQ(::recv(to.get(), got.data(), got.size(), MSG_WAITALL),
                      static_cast<ssize_t>(got.size()));
        }
        /// A message and its answer.
        void ask(const std::string& question, const std::string& answer) const {
            carry(client, server, question);
            carry(server, client, answer);
        }
    };
    LoopbackServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
        EXPECT_EQ(::listen(listener_.get(), 16), 0);
        address_.sin_port = htons(port());
    }
    [[nodiscard]] std::uint16_t port() const { return bound_port(listener_); }
    [[nodiscard]] Connection connect() const {
        Connection made{.client = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), .server = {}};
        EXPECT_EQ(::connect(made.client.get(), reinterpret_cast<const sockaddr*>(&address_), sizeof address_),
                  0);
        made.server = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        EXPECT_TRUE(made.server);
        return made;
    }

private:
    Fd listener_;
    sockaddr_in address_{};
};

std::optional<TcpSegments> to_port(const std::vector<TcpSegments>& all, std::uint16_t peer_port) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const TcpSegments& one) { return one.peer_port == peer_port; });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

TEST(TcpSegmentsTest, CountMessagesInBothDirections) {
    const LoopbackServer server;
    const LoopbackServer::Connection busy = server.connect();
    const LoopbackServer::Connection idle = server.connect();
    for (int i = 0; i < 7; ++i)
        busy.ask(std::string(100, 'q'), "yes");
    LoopbackServer::Connection::carry(busy.client, busy.server, "no answer");
    const auto all = test::must(read_tcp_segments(server.port()));
    ASSERT_EQ(all.size(), 2U) << "neither the port that is listened at nor the clients' own ends";
    const auto counted = to_port(all, busy.port());
    ASSERT_TRUE(counted);
    EXPECT_EQ(counted->segments_received, 8U);
    EXPECT_EQ(counted->segments_sent, 7U);
    EXPECT_EQ(counted->bytes_received, 709U);
    EXPECT_EQ(counted->bytes_acknowledged, 21U);
    const auto still = to_port(all, idle.port());
    ASSERT_TRUE(still);
    EXPECT_EQ(still->segments_received, 0U) << "what makes a connection carries no data";
    EXPECT_NE(still->cookie, counted->cookie);
}

TEST(TcpSegmentsTest, AreOfManyConnectionsWithOneCookieForLife) {
    const LoopbackServer server;
    std::vector<LoopbackServer::Connection> many;
    for (int i = 0; i < 300; ++i)
        many.push_back(server.connect());
    const auto first = test::must(read_tcp_segments(server.port()));
    EXPECT_EQ(first.size(), many.size()) << "more than fit into one answer of the kernel";
    const auto again = test::must(read_tcp_segments(server.port()));
    const std::uint16_t one = many.front().port();
    EXPECT_EQ(to_port(first, one)->cookie, to_port(again, one)->cookie);
}

TEST(TcpSegmentsTest, AreNoneWhereNobodyIsConnected) {
    const LoopbackServer server;
    EXPECT_TRUE(test::must(read_tcp_segments(server.port())).empty());
}

}  // namespace
}  // namespace joust::host
