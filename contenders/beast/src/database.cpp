#include "database.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace beast_service {

std::unique_ptr<Database> open_database(const std::string& url, const std::string& session) {
    const std::string sqlite = "sqlite:///";
    if (url.starts_with(sqlite)) return open_sqlite(url.substr(sqlite.size()));
    if (url.starts_with("postgres://") || url.starts_with("postgresql://"))
        return open_postgres(url, session);
    throw DatabaseError("DATABASE_URL names neither postgres://… nor sqlite:///PATH");
}

std::string time_now(const Database& database) {
    using namespace std::chrono;
    const auto since = system_clock::now().time_since_epoch();
    const std::time_t whole = duration_cast<seconds>(since).count();
    const auto micros = static_cast<long>(duration_cast<microseconds>(since).count() % 1'000'000);
    std::tm parts{};
    gmtime_r(&whole, &parts);
    std::array<char, 64> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
    std::snprintf(text.data() + length, text.size() - length, ".%06ld%s", micros,
                  database.is_sqlite() ? "" : "+00");
    return text.data();
}

std::string json_time(const Database& database, const std::string& column) {
    if (database.is_sqlite()) return "replace(" + column + ", ' ', 'T') || 'Z'";
    return "to_char(" + column + R"( AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))";
}

}  // namespace beast_service
