#include "http/json_members.hpp"

#include <cstddef>

#include "base/text.hpp"
#include "http/json_state.hpp"

namespace joust::http {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Goes through an object that is known to be well-formed, and cuts out the values of its members.
class Values {
public:
    explicit Values(std::string_view object) : rest_(object.substr(object.find('{') + 1)) {}

    /// The next member's value without the space between its parts.
    std::string next() {
        up_to(":");
        return up_to(",}");
    }

private:
    /// What comes before one of `ends` that is in no string, array or object, which is passed over.
    std::string up_to(std::string_view ends) {
        std::string taken;
        std::size_t levels = 0;
        bool quoted = false;
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            const char c = rest_[i];
            if (quoted) {
                taken += c;
                if (c == '\\') taken += rest_[++i];
                quoted = c != '"';
                continue;
            }
            if (levels == 0 && ends.find(c) != std::string_view::npos) {
                rest_.remove_prefix(i + 1);
                break;
            }
            if (c == '{' || c == '[') ++levels;
            if (c == '}' || c == ']') --levels;
            quoted = c == '"';
            if (!is_space(c)) taken += c;
        }
        return taken;
    }

    std::string_view rest_;
};

}  // namespace

Result<std::vector<JsonMember>> json_members(std::string_view text, JsonParser& parser) {
    JsonParser::State& state = parser.state();
    simdjson::dom::element root;
    if (const auto error = state.parse(text, root))
        return fail(ErrorKind::bad_input, "{}", parse_problem(error));
    simdjson::dom::object object;
    if (root.get_object().get(object) != simdjson::SUCCESS)
        return fail(ErrorKind::bad_input, "is no JSON object");
    std::vector<JsonMember> members;
    Values values(text);
    state.names.clear();
    for (const auto member : object) {
        state.names.push_back(member.key);
        std::string value = values.next();
        std::string_view characters;
        if (member.value.get_string().get(characters) == simdjson::SUCCESS) value = characters;
        members.push_back({std::string(member.key), std::move(value)});
    }
    const auto repeated = state.repeated(0);
    const std::string twice(repeated.value_or(""));
    state.names.clear();
    if (repeated) return fail(ErrorKind::bad_input, "has the member \"{}\" twice", printable(twice));
    return members;
}

}  // namespace joust::http
