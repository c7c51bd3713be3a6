#include "host/port.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.hpp"

namespace joust::host {
namespace {

Fd listen_on(std::uint16_t port) {
    Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket.get(), 1), 0);
    return socket;
}

TEST(Port, ThatIsFreeCanBeListenedOn) {
    const auto port = free_loopback_port();
    ASSERT_TRUE(port) << port.error().message;
    EXPECT_TRUE(port_is_free(*port));
    EXPECT_FALSE(listener_on(*port));
    const Fd listener = listen_on(*port);
    EXPECT_FALSE(port_is_free(*port));
}

TEST(Port, TellsWhoListens) {
    const std::uint16_t port = free_loopback_port().value();
    const Fd listener = listen_on(port);
    const auto found = listener_on(port);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->pid, ::getpid());
    EXPECT_EQ(found->name, "joust_unit_host");
}

// Else a load could take the port for a connection of its own before the server it is meant for starts.
TEST(Port, LiesBelowThoseOfOutgoingConnections) {
    for (int i = 0; i < 20; ++i) {
        const std::uint16_t port = free_loopback_port().value();
        EXPECT_GE(port, 10'240);
        EXPECT_LT(port, 32'768);
    }
}

}  // namespace
}  // namespace joust::host
