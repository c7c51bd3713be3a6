#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// What requests must look like. Types are strict: "20" is not a number, true is not 1.
namespace beast_service {

/// A request as the server hands it over.
struct Request {
    std::string method;
    std::string path;   ///< without the query
    std::string query;  ///< after '?', as it was sent
    std::string content_type;
    std::string body;
};

/// An answer that is no success: its status, and what {"error": …} says.
struct Refused : std::runtime_error {
    Refused(unsigned status, const std::string& what) : std::runtime_error(what), status(status) {}
    unsigned status;
};

nlohmann::json json_object(const Request& request);
std::string text(const nlohmann::json& fields, const char* key, std::size_t longest,
                 bool (*fits)(std::string_view));
std::int64_t integer(const nlohmann::json& fields, const char* key, std::int64_t lowest,
                     std::int64_t highest);
const nlohmann::json& objects(const nlohmann::json& fields, const char* key, std::size_t most);

bool is_id(std::string_view text);  ///< printable ASCII without quote and backslash
bool is_name(std::string_view text);
bool is_email(std::string_view text);

/// A string as JSON, in quotes.
std::string quoted(const std::string& text);

struct Slice {
    std::int64_t limit;
    std::int64_t offset;
    static Slice of(const Request& request);
};

}  // namespace beast_service
