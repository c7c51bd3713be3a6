#include "service.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace beast_service {
namespace {

Reply health(Service& /*service*/, const Request& /*request*/, Worker& worker) {
    try {
        worker.database->run("SELECT id FROM users LIMIT 1");
    } catch (const DatabaseError&) {
        worker.database->recover();
        return {503, R"({"error":"database does not answer"})"};
    }
    return {200, R"({"status":"ok"})"};
}

Reply reset(Service& /*service*/, const Request& /*request*/, Worker& worker) {
    Transaction transaction(*worker.database);
    if (worker.database->is_sqlite())
        for (const char* table : {"order_items", "orders", "products", "users", "sqlite_sequence"})
            worker.database->run(std::string("DELETE FROM ") + table);
    else
        worker.database->run("TRUNCATE users, products, orders, order_items RESTART IDENTITY");
    transaction.commit();
    return {200, R"({"status":"ok"})"};
}

using Handler = Reply (*)(Service&, const Request&, Worker&);
struct Route {
    const char* path;
    Handler get;  ///< null: not allowed
    Handler post;
};
constexpr std::array k_routes{
    Route{"/health", health, nullptr},
    Route{"/io-intensive", nullptr, io_intensive},
    Route{"/io-intensive-rows", nullptr, io_intensive_rows},
    Route{"/users", list_users, create_user},
    Route{"/products", list_products, create_product},
    Route{"/orders", list_orders, create_order},
    Route{"/reset", nullptr, reset},
};

Reply error(unsigned status, const std::string& what) {
    return {status, "{\"error\":" + quoted(what) + "}"};
}

Reply dispatch(Service& service, const Request& request, Worker& worker) {
    for (const Route& route : k_routes) {
        if (request.path != route.path) continue;
        const Handler handler = request.method == "GET"    ? route.get
                                : request.method == "POST" ? route.post
                                                           : nullptr;
        if (handler != nullptr) return handler(service, request, worker);
        Reply refusal = error(405, "Method Not Allowed");
        refusal.allow = route.get == nullptr ? "POST" : route.post == nullptr ? "GET" : "GET, POST";
        return refusal;
    }
    return error(404, "Not Found");
}

}  // namespace

Settings Settings::read() {
    const auto variable = [](const char* name, const char* otherwise) {
        const char* value = std::getenv(name);
        return std::string(value != nullptr ? value : otherwise);
    };
    return {variable("DATABASE_URL", ""), variable("SCRATCH_DIR", "/tmp")};
}

Reply Service::answer(const Request& request, Worker& worker) {
    try {
        return dispatch(*this, request, worker);
    } catch (const Refused& refused) {
        return error(refused.status, refused.what());
    } catch (const std::exception& failure) {
        worker.database->recover();
        std::fprintf(stderr, "%s %s failed: %s\n", request.method.c_str(), request.path.c_str(),
                     failure.what());
        return error(500, "internal error");
    }
}

Behaviour Service::next_behaviour() {
    Behaviour behaviour;
    if (fault_.act == nullptr) return behaviour;
    const std::uint64_t number = turns_.fetch_add(1) + 1;
    std::chrono::nanoseconds elapsed{};
    {
        const std::scoped_lock lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        // What comes long before a load is a trial of one request.
        if (!started_ || number <= 2) started_ = now;
        elapsed = now - *started_;
    }
    fault_.act(behaviour, {number, elapsed, life_});
    return behaviour;
}

std::string Service::first_body(const std::string& body) {
    const std::scoped_lock lock(mutex_);
    if (first_body_.empty()) first_body_ = body;
    return first_body_;
}

std::string Service::exchange_id(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    return std::exchange(last_id_, id);
}

}  // namespace beast_service
