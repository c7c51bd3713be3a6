#include "request.hpp"

#include <algorithm>
#include <optional>

namespace beast_service {
namespace {

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool printable_but(std::string_view text, std::string_view forbidden) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return c > ' ' && c <= '~' && forbidden.find(c) == std::string_view::npos;
    });
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            plain += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

// The last value of a key counts.
std::optional<std::string> parameter(std::string_view query, std::string_view key) {
    std::optional<std::string> found;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (decoded(pair.substr(0, equals)) == key)
            found = decoded(pair.substr(std::min(equals + 1, pair.size())));
    }
    return found;
}

std::int64_t number(const Request& request, const std::string& key, std::int64_t fallback,
                    std::int64_t lowest, std::int64_t highest) {
    const auto value = parameter(request.query, key);
    if (!value) return fallback;
    const bool digits =
        !value->empty() && value->size() <= 9 &&
        std::all_of(value->begin(), value->end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::int64_t found = digits ? std::stoll(*value) : lowest - 1;
    if (found < lowest || found > highest)
        throw Refused(422, "query." + key + ": must be a number from " + std::to_string(lowest) + " to " +
                               std::to_string(highest));
    return found;
}

}  // namespace

nlohmann::json json_object(const Request& request) {
    std::string type = request.content_type.substr(0, request.content_type.find(';'));
    type.erase(std::remove(type.begin(), type.end(), ' '), type.end());
    const std::size_t slash = type.find('/');
    const std::string subtype = slash == std::string::npos ? "" : type.substr(slash + 1);
    if (subtype != "json" && !subtype.ends_with("+json"))
        throw Refused(422, "body: Content-Type must be application/json");
    nlohmann::json value = nlohmann::json::parse(request.body, nullptr, false);
    if (value.is_discarded()) throw Refused(422, "body: is not valid JSON");
    if (!value.is_object()) throw Refused(422, "body: must be an object");
    return value;
}

std::string text(const nlohmann::json& fields, const char* key, std::size_t longest,
                 bool (*fits)(std::string_view)) {
    const auto found = fields.find(key);
    if (found != fields.end() && found->is_string()) {
        auto value = found->get<std::string>();
        if (characters(value) <= longest && fits(value)) return value;
    }
    throw Refused(422, std::string("body.") + key + ": must be a string of 1 to " + std::to_string(longest) +
                           " allowed characters");
}

std::int64_t integer(const nlohmann::json& fields, const char* key, std::int64_t lowest,
                     std::int64_t highest) {
    const auto found = fields.find(key);
    // Beyond 2^63 - 1 it would be another number as a signed one.
    if (found != fields.end() && found->is_number_integer() &&
        (!found->is_number_unsigned() ||
         found->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX))) {
        const auto value = found->get<std::int64_t>();
        if (value >= lowest && value <= highest) return value;
    }
    throw Refused(422, std::string("body.") + key + ": must be an integer from " + std::to_string(lowest) +
                           " to " + std::to_string(highest));
}

const nlohmann::json& objects(const nlohmann::json& fields, const char* key, std::size_t most) {
    const auto found = fields.find(key);
    if (found != fields.end() && found->is_array() && !found->empty() && found->size() <= most &&
        std::all_of(found->begin(), found->end(), [](const auto& item) { return item.is_object(); }))
        return *found;
    throw Refused(
        422, std::string("body.") + key + ": must be an array of 1 to " + std::to_string(most) + " objects");
}

bool is_id(std::string_view text) {
    return printable_but(text, "\"\\");
}

bool is_name(std::string_view text) {
    return !text.empty() && text.find('\0') == std::string_view::npos;
}

bool is_email(std::string_view text) {
    const std::size_t at = text.find('@');
    return at != std::string_view::npos && printable_but(text.substr(0, at), "@") &&
           printable_but(text.substr(at + 1), "@");
}

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump();
}

Slice Slice::of(const Request& request) {
    return {number(request, "limit", 20, 1, 100), number(request, "offset", 0, 0, 999'999'999)};
}

}  // namespace beast_service
