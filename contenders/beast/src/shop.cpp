// List and create users, products and orders.
#include <set>

#include "service.hpp"

namespace beast_service {
namespace {

constexpr std::int64_t k_most_id = INT64_MAX;

std::string times(const Database& database) {
    return json_time(database, "created_at") + ", " + json_time(database, "updated_at");
}

std::string number(const std::optional<std::string>& value) {
    return value.value_or("null");
}

using Row = std::vector<std::optional<std::string>>;

// The last two columns of every row.
std::string shown_times(const Row& row) {
    return "\"created_at\":" + quoted(row[row.size() - 2].value_or("")) +
           ",\"updated_at\":" + quoted(row.back().value_or(""));
}

std::string shown_user(const Row& row) {
    return "{\"id\":" + number(row[0]) + ",\"name\":" + quoted(row[1].value_or("")) +
           ",\"email\":" + quoted(row[2].value_or("")) + ",\"age\":" + number(row[3]) + "," +
           shown_times(row) + "}";
}

std::string shown_product(const Row& row) {
    return "{\"id\":" + number(row[0]) + ",\"name\":" + quoted(row[1].value_or("")) +
           ",\"price_cents\":" + number(row[2]) + "," + shown_times(row) + "}";
}

std::string shown_item(const std::string& product, const std::string& quantity, const std::string& price) {
    return "{\"product_id\":" + product + ",\"quantity\":" + quantity + ",\"unit_price_cents\":" + price +
           "}";
}

std::string shown_order(const Row& row, const std::string& items) {
    return "{\"id\":" + number(row[0]) + ",\"user_id\":" + number(row[1]) +
           ",\"total_cents\":" + number(row[2]) + "," + shown_times(row) + ",\"items\":[" + items + "]}";
}

// The rows of a table in the order of creation.
Answer read_slice(Database& database, const Slice& slice, const std::string& table,
                  const std::string& columns) {
    return database.run(
        "SELECT " + columns + ", " + times(database) + " FROM " + table + " ORDER BY id LIMIT $1 OFFSET $2",
        {std::to_string(slice.limit), std::to_string(slice.offset)});
}

Reply page(const Slice& slice, const std::string& items) {
    return {200, "{\"items\":[" + items + "],\"limit\":" + std::to_string(slice.limit) +
                     ",\"offset\":" + std::to_string(slice.offset) + "}"};
}

Reply list(const Request& request, Worker& worker, const char* table, const char* columns,
           std::string (*shown)(const Row&)) {
    const Slice slice = Slice::of(request);
    std::string items;
    for (const Row& row : read_slice(*worker.database, slice, table, columns).rows)
        items += (items.empty() ? "" : ",") + shown(row);
    return page(slice, items);
}

std::string placeholders(std::size_t count) {
    std::string text;
    for (std::size_t i = 1; i <= count; ++i)
        text += (i == 1 ? "$" : ", $") + std::to_string(i);
    return text;
}

std::string now_twice(const std::string& place) {
    return place + ", " + place;
}

}  // namespace

Reply list_users(Service& /*service*/, const Request& request, Worker& worker) {
    return list(request, worker, "users", "id, name, email, age", shown_user);
}

Reply create_user(Service& /*service*/, const Request& request, Worker& worker) {
    const nlohmann::json fields = json_object(request);
    Database& database = *worker.database;
    const std::string name = text(fields, "name", 100, is_name);
    const std::string email = text(fields, "email", 254, is_email);
    const std::string age = std::to_string(integer(fields, "age", 0, 150));
    try {
        const Answer made =
            database.run("INSERT INTO users (name, email, age, created_at, updated_at) VALUES ($1, $2, $3, " +
                             now_twice("$4") + ") RETURNING id, name, email, age, " + times(database),
                         {name, email, age, time_now(database)});
        return {201, shown_user(made.rows.at(0))};
    } catch (const NotUnique&) {
        database.recover();
        throw Refused(409, "email is taken");
    }
}

Reply list_products(Service& /*service*/, const Request& request, Worker& worker) {
    return list(request, worker, "products", "id, name, price_cents", shown_product);
}

Reply create_product(Service& /*service*/, const Request& request, Worker& worker) {
    const nlohmann::json fields = json_object(request);
    Database& database = *worker.database;
    const std::string name = text(fields, "name", 100, is_name);
    const std::string price = std::to_string(integer(fields, "price_cents", 0, 1'000'000'000));
    const Answer made =
        database.run("INSERT INTO products (name, price_cents, created_at, updated_at) VALUES ($1, $2, " +
                         now_twice("$3") + ") RETURNING id, name, price_cents, " + times(database),
                     {name, price, time_now(database)});
    return {201, shown_product(made.rows.at(0))};
}

Reply list_orders(Service& /*service*/, const Request& request, Worker& worker) {
    const Slice slice = Slice::of(request);
    const Answer orders = read_slice(*worker.database, slice, "orders", "id, user_id, total_cents");
    std::map<std::string, std::string> items;
    if (!orders.rows.empty()) {
        Parameters ids;
        for (const Row& row : orders.rows)
            ids.push_back(row[0].value());
        const Answer found = worker.database->run(
            "SELECT order_id, product_id, quantity, unit_price_cents FROM order_items "
            "WHERE order_id IN (" +
                placeholders(ids.size()) + ") ORDER BY id",
            ids);
        for (const Row& row : found.rows) {
            std::string& shown = items[row[0].value()];
            shown += (shown.empty() ? "" : ",") + shown_item(number(row[1]), number(row[2]), number(row[3]));
        }
    }
    std::string shown;
    for (const Row& row : orders.rows)
        shown += (shown.empty() ? "" : ",") + shown_order(row, items[row[0].value()]);
    return page(slice, shown);
}

Reply create_order(Service& /*service*/, const Request& request, Worker& worker) {
    const nlohmann::json fields = json_object(request);
    Database& database = *worker.database;
    const std::string user = std::to_string(integer(fields, "user_id", 1, k_most_id));
    std::vector<std::pair<std::string, std::int64_t>> wanted;
    std::set<std::string> products;
    for (const nlohmann::json& item : objects(fields, "items", 50)) {
        wanted.emplace_back(std::to_string(integer(item, "product_id", 1, k_most_id)),
                            integer(item, "quantity", 1, 1000));
        products.insert(wanted.back().first);
    }
    Transaction transaction(database);
    if (database.run("SELECT 1 FROM users WHERE id = $1", {user}).rows.empty())
        throw Refused(422, "user_id: no such user");
    std::map<std::string, std::int64_t> prices;
    for (const Row& row :
         database
             .run("SELECT id, price_cents FROM products WHERE id IN (" + placeholders(products.size()) + ")",
                  {products.begin(), products.end()})
             .rows)
        prices[row[0].value()] = std::stoll(row[1].value());
    if (prices.size() != products.size()) throw Refused(422, "items: no such product");
    std::int64_t total = 0;
    for (const auto& [product, quantity] : wanted)
        total += prices[product] * quantity;
    const Answer order =
        database.run("INSERT INTO orders (user_id, total_cents, created_at, updated_at) VALUES ($1, $2, " +
                         now_twice("$3") + ") RETURNING id, user_id, total_cents, " + times(database),
                     {user, std::to_string(total), time_now(database)});
    std::string items;
    for (const auto& [product, quantity] : wanted) {
        const std::string price = std::to_string(prices[product]);
        database.run(
            "INSERT INTO order_items (order_id, product_id, quantity, unit_price_cents) VALUES ($1, $2, $3, "
            "$4)",
            {order.rows.at(0)[0].value(), product, std::to_string(quantity), price});
        items += (items.empty() ? "" : ",") + shown_item(product, std::to_string(quantity), price);
    }
    transaction.commit();
    return {201, shown_order(order.rows.at(0), items)};
}

}  // namespace beast_service
