#include "files/json_text.hpp"

namespace joust::files {
namespace {

// Counts brackets and commas outside of strings; of text that is no JSON it may count anything.
Status within_bounds(std::string_view text) {
    int level = 0;
    std::size_t values = 1;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') quoted = !quoted;
        if (quoted && c == '\\') ++i;
        if (quoted) continue;
        if (c == '{' || c == '[') {
            if (++level > k_most_file_json_levels)
                return fail(ErrorKind::bad_input, "is nested more than {} levels deep",
                            k_most_file_json_levels);
            ++values;
        }
        if (c == '}' || c == ']') --level;
        if (c == ',') ++values;
    }
    if (values > k_most_json_values)
        return fail(ErrorKind::bad_input, "has more than {} values", k_most_json_values);
    return {};
}

}  // namespace

Result<nlohmann::json> parse_json_object(std::string_view text) {
    JOUST_CHECK(within_bounds(text));
    nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return fail(ErrorKind::bad_input, "not a JSON object");
    return json;
}

}  // namespace joust::files
