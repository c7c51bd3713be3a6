#include "deploy/http_call.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "http/request_writer.hpp"
#include "http/response_parser.hpp"

namespace joust::deploy {
namespace {

Status wait_for(const Fd& socket, short events, TimePoint deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now()).count();
        if (left <= 0) return fail(ErrorKind::timed_out, "no answer in time");
        pollfd entry{socket.get(), events, 0};
        if (::poll(&entry, 1, static_cast<int>(std::min<long>(left, 60'000))) > 0) return {};
    }
}

Result<Fd> connect_to(std::uint16_t port, TimePoint deadline) {
    Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return fail(ErrorKind::io, "cannot make a socket: {}", errno_text());
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return socket;
    if (errno != EINPROGRESS) return fail(ErrorKind::io, "cannot connect: {}", errno_text());
    JOUST_CHECK(wait_for(socket, POLLOUT, deadline));
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail(ErrorKind::io, "cannot connect: {}", errno_text(error));
    return socket;
}

Status send_all(const Fd& socket, std::string_view bytes, TimePoint deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            JOUST_CHECK(wait_for(socket, POLLOUT, deadline));
        } else if (errno != EINTR) {
            return fail(ErrorKind::io, "cannot send: {}", errno_text());
        }
    }
    return {};
}

// Takes what was read; true when the answer is whole.
Result<bool> take(http::ResponseParser& parser, std::string_view bytes, HttpAnswer& answer) {
    using Event = http::ResponseParser::Event;
    const bool ended = bytes.empty();
    for (;;) {
        const Event event = ended ? parser.finish() : parser.next(bytes);
        if (event == Event::need_more) return false;
        if (event == Event::error && ended && !parser.begun())
            return fail(ErrorKind::io, "the connection was closed without an answer");
        if (event == Event::error)
            return fail(ErrorKind::service, "the answer is not HTTP: {}", parser.error());
        if (event == Event::body) {
            const std::size_t room = k_most_body_bytes - answer.body.size();
            answer.cut = answer.cut || parser.body().size() > room;
            answer.body.append(parser.body().substr(0, room));
        }
        if (event != Event::complete) continue;
        answer.status = parser.status();
        return true;
    }
}

Result<HttpAnswer> read_answer(const Fd& socket, http::ResponseParser& parser, TimePoint deadline) {
    HttpAnswer answer;
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (got >= 0) {
            JOUST_TRY(const bool whole, take(parser, {buffer.data(), static_cast<std::size_t>(got)}, answer));
            if (whole) return answer;
        } else if (errno == EAGAIN) {
            JOUST_CHECK(wait_for(socket, POLLIN, deadline));
        } else if (errno != EINTR) {
            return fail(ErrorKind::io, "cannot receive: {}", errno_text());
        }
    }
}

// Bytes of a request as the load engine has them, too, with these headers before its own.
Result<std::string> bytes_of(const HttpCall& call, std::vector<http::Header> headers) {
    http::RequestParts parts;
    parts.method = call.method;
    parts.authority = fmt::format("127.0.0.1:{}", call.port);
    parts.path = call.path;
    parts.headers = std::move(headers);
    if (!call.content_type.empty()) parts.headers.push_back({"Content-Type", call.content_type});
    parts.body = call.body;
    return http::write_request(parts);
}

// Whether the server has closed it meanwhile, or sent what nobody asked for.
bool is_over(const Fd& socket) {
    pollfd entry{socket.get(), POLLIN, 0};
    return ::poll(&entry, 1, 0) != 0;
}

}  // namespace

Result<HttpAnswer> http_call(const HttpCall& call, TimePoint deadline) {
    JOUST_TRY(const std::string request, bytes_of(call, {{"Connection", "close"}}));
    JOUST_TRY(const Fd socket, connect_to(call.port, deadline));
    JOUST_CHECK(send_all(socket, request, deadline));
    http::ResponseParser parser;
    parser.start(call.method == "HEAD");
    return read_answer(socket, parser, deadline);
}

Result<HttpAnswer> KeptConnection::call(const HttpCall& call, TimePoint deadline) {
    JOUST_TRY(const std::string request, bytes_of(call, {}));
    Fd socket = std::move(socket_);  // given back when the answer was whole
    if (!socket || is_over(socket)) {
        JOUST_TRY(socket, connect_to(call.port, deadline));
    }
    JOUST_CHECK(send_all(socket, request, deadline));
    http::ResponseParser parser;
    parser.start(call.method == "HEAD");
    JOUST_TRY(HttpAnswer answer, read_answer(socket, parser, deadline));
    if (parser.keep_alive()) socket_ = std::move(socket);
    return answer;
}

}  // namespace joust::deploy
