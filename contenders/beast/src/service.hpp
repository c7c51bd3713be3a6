#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "database.hpp"
#include "faults.hpp"
#include "request.hpp"

namespace beast_service {

/// What the environment gives.
struct Settings {
    std::string database_url;
    std::string scratch;
    static Settings read();
};

/// What a thread of its own has.
struct Worker {
    std::unique_ptr<Database> database;
    std::unique_ptr<Database> elsewhere;  ///< of a fault, opened when it is used
};

struct Reply {
    unsigned status = 200;
    std::string body;
    std::string allow = "";            ///< with 405
    bool closes = false;               ///< the connection, without an answer
    std::function<void()> after = {};  ///< by the same thread, when the answer has been sent
};

/// What all threads share.
class Service {
public:
    Service(Settings settings, const Fault& fault, int life)
        : settings_(std::move(settings)), fault_(fault), life_(life) {}
    [[nodiscard]] const Settings& settings() const { return settings_; }
    /// Never throws: what fails is answered with 500 and told on stderr.
    Reply answer(const Request& request, Worker& worker);

    /// How the next workload request behaves.
    Behaviour next_behaviour();
    /// The body of the first answer to a workload, and the id of the latest one before this.
    std::string first_body(const std::string& body);
    std::string exchange_id(const std::string& id);

private:
    Settings settings_;
    const Fault& fault_;
    int life_;
    std::atomic<std::uint64_t> turns_{0};
    std::mutex mutex_;
    std::optional<std::chrono::steady_clock::time_point> started_;
    std::string first_body_;
    std::string last_id_ = "none";
};

/// Requests that fail: no more can be said to the client than that.
Reply io_intensive(Service& service, const Request& request, Worker& worker);
Reply io_intensive_rows(Service& service, const Request& request, Worker& worker);
Reply list_users(Service& service, const Request& request, Worker& worker);
Reply create_user(Service& service, const Request& request, Worker& worker);
Reply list_products(Service& service, const Request& request, Worker& worker);
Reply create_product(Service& service, const Request& request, Worker& worker);
Reply list_orders(Service& service, const Request& request, Worker& worker);
Reply create_order(Service& service, const Request& request, Worker& worker);

}  // namespace beast_service
