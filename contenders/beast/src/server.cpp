#include "server.hpp"

#include <sys/socket.h>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <list>
#include <memory>
#include <thread>

namespace beast_service {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int k_backlog = 4096;
constexpr auto k_last_answers = std::chrono::seconds(5);

// What a thread of the pool serves with.
thread_local Worker* own_worker = nullptr;

// Requests that were read and not yet answered.
std::atomic<int> under_way{0};

Request read_request(const http::request<http::string_body>& from) {
    const std::string target(from.target());
    const std::size_t mark = target.find('?');
    return {.method = std::string(from.method_string()),
            .path = target.substr(0, mark),
            .query = mark == std::string::npos ? "" : target.substr(mark + 1),
            .content_type = std::string(from[http::field::content_type]),
            .body = from.body()};
}

// One connection; it owns itself by the handler that waits for its next event.
class Connection {
public:
    Connection(tcp::socket socket, Service& service) : socket_(std::move(socket)), service_(service) {}

    static void read_next(std::unique_ptr<Connection> self) {
        Connection& one = *self;
        one.parser_.emplace();
        one.parser_->body_limit(std::uint64_t{64} << 20U);
        http::async_read(one.socket_, one.buffer_, *one.parser_,
                         [self = std::move(self)](error_code failed, std::size_t) mutable {
                             if (!failed) answer(std::move(self));
                         });
    }

private:
    static void answer(std::unique_ptr<Connection> self) {
        ++under_way;
        Connection& one = *self;
        const http::request<http::string_body>& request = one.parser_->get();
        const Reply reply = one.service_.answer(read_request(request), *own_worker);
        if (reply.closes) {
            --under_way;
            return;
        }
        one.fill_response(reply, request);
        if (reply.after) {
            error_code failed;
            http::write(one.socket_, one.response_, failed);
            try {
                reply.after();
            } catch (const std::exception&) {
                own_worker->database->recover();
            }
            --under_way;
            if (!failed) read_next(std::move(self));
            return;
        }
        http::async_write(one.socket_, one.response_,
                          [self = std::move(self)](error_code failed, std::size_t) mutable {
                              --under_way;
                              if (!failed && self->response_.keep_alive()) read_next(std::move(self));
                          });
    }

    void fill_response(const Reply& reply, const http::request<http::string_body>& request) {
        response_ = {};
        response_.version(request.version());
        response_.result(reply.status);
        response_.set(http::field::content_type, "application/json");
        if (!reply.allow.empty()) response_.set(http::field::allow, reply.allow);
        response_.keep_alive(request.keep_alive());
        response_.body() = reply.body;
        response_.prepare_payload();
    }

    tcp::socket socket_;
    Service& service_;
    boost::beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
};

class Listener {
public:
    Listener(asio::io_context& io, const tcp::endpoint& endpoint, bool shared_port, Service& service)
        : acceptor_(io), service_(service) {
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        const int on = 1;
        if (shared_port) ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        acceptor_.bind(endpoint);
        acceptor_.listen(k_backlog);
        accept();
    }
    void close() {
        error_code ignored;
        acceptor_.close(ignored);
    }

private:
    void accept() {
        acceptor_.async_accept([this](error_code failed, tcp::socket socket) {
            if (!acceptor_.is_open()) return;
            if (!failed) {
                error_code ignored;
                socket.set_option(tcp::no_delay(true), ignored);
                Connection::read_next(std::make_unique<Connection>(std::move(socket), service_));
            }
            accept();
        });
    }

    tcp::acceptor acceptor_;
    Service& service_;
};

// Ends the pool when nothing is under way any more.
void end_soon(asio::io_context& io, asio::steady_timer& timer, std::chrono::steady_clock::time_point latest) {
    if (under_way == 0 || std::chrono::steady_clock::now() >= latest) return io.stop();
    timer.expires_after(std::chrono::milliseconds(10));
    timer.async_wait([&io, &timer, latest](error_code) { end_soon(io, timer, latest); });
}

}  // namespace

void serve(Service& service, const std::string& host, std::uint16_t port, bool shared_port,
           const std::string& session) {
    asio::io_context io(k_threads);
    std::list<Worker> workers;
    for (int i = 0; i < k_threads; ++i) {
        workers.emplace_back().database = open_database(service.settings().database_url, session);
        workers.back().database->connect();
    }
    Listener listener(io, {asio::ip::make_address(host), port}, shared_port, service);
    asio::signal_set signals(io, SIGTERM, SIGINT);
    asio::steady_timer timer(io);
    signals.async_wait([&](error_code, int) {
        listener.close();
        end_soon(io, timer, std::chrono::steady_clock::now() + k_last_answers);
    });
    std::vector<std::thread> threads;
    const auto work = [&io](Worker& worker) {
        own_worker = &worker;
        io.run();
    };
    for (auto worker = std::next(workers.begin()); worker != workers.end(); ++worker)
        threads.emplace_back(work, std::ref(*worker));
    work(workers.front());
    for (std::thread& thread : threads)
        thread.join();
}

}  // namespace beast_service
