#include "http/expected_json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

#include "base/text.hpp"

namespace joust::http {
namespace {

namespace dom = simdjson::dom;
using Node = ExpectedJson::Node;
using Kind = Node::Kind;

constexpr std::string_view k_id_placeholder = "{request_id}";
constexpr std::size_t k_least_capacity = 4096;
/// The parser's own bound only has to be above ours, which is exact.
constexpr std::size_t k_parser_levels = 1024;
constexpr std::size_t k_most_shown = 200;

std::string parse_problem(simdjson::error_code error) {
    switch (error) {
        case simdjson::EMPTY:
            return "is empty, and no JSON";
        case simdjson::DEPTH_ERROR:
            return fmt::format("is nested more than {} levels deep", k_most_json_levels);
        case simdjson::UTF8_ERROR:
            return "is no JSON: it is not in UTF-8";
        case simdjson::NUMBER_ERROR:
            return "holds a number that is malformed or out of range (integers of 64 bits, doubles)";
        case simdjson::STRING_ERROR:
            return "is no JSON: a string has an escape that there is not";
        default:
            return fmt::format("is no JSON ({})", simdjson::error_message(error));
    }
}

std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char c : text.substr(0, k_most_shown)) {
        if (static_cast<unsigned char>(c) < 0x20U) {
            result += fmt::format("\\u{:04x}", c);
            continue;
        }
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + (text.size() > k_most_shown ? "…\"" : "\"");
}

/// What an answer has, in few words however long it is.
std::string shown(dom::element element) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) return in_quotes(text);
    if (element.is_object()) return "an object";
    dom::array array;
    if (element.get(array) == simdjson::SUCCESS) return fmt::format("an array of {}", array.size());
    double number = 0;
    if (element.type() == dom::element_type::DOUBLE && element.get(number) == simdjson::SUCCESS)
        return fmt::format("{}", number);
    return simdjson::minify(element);
}

std::string shown(const Node& node, std::string_view id) {
    switch (node.kind) {
        case Kind::null:
            return "null";
        case Kind::boolean:
            return node.truth ? "true" : "false";
        case Kind::negative:
            return std::to_string(node.integer);
        case Kind::natural:
            return std::to_string(node.count);
        case Kind::real:
            return fmt::format("{}", node.number);
        case Kind::text:
            return in_quotes(joined(node.pieces, id));
        case Kind::array:
            return fmt::format("an array of {}", node.nodes.size());
        case Kind::object:
            return "an object";
    }
    return "";
}

bool take(std::string_view& text, std::string_view begin) {
    if (text.size() < begin.size() || std::memcmp(text.data(), begin.data(), begin.size()) != 0) return false;
    text.remove_prefix(begin.size());
    return true;
}

bool equals(const std::vector<std::string>& pieces, std::string_view id, std::string_view text) {
    if (!take(text, pieces.front())) return false;
    for (std::size_t i = 1; i < pieces.size(); ++i)
        if (!take(text, id) || !take(text, pieces[i])) return false;
    return text.empty();
}

/// Exactly: a double has the value of an integer or it has not, however many digits that has.
bool equals(double number, std::uint64_t count) {
    constexpr double k_beyond = 18446744073709551616.0;
    return number >= 0 && number < k_beyond &&
           static_cast<double>(static_cast<std::uint64_t>(number)) == number &&
           static_cast<std::uint64_t>(number) == count;
}
bool equals(double number, std::int64_t negative) {
    constexpr double k_least = -9223372036854775808.0;
    return number >= k_least && number < 0 &&
           static_cast<double>(static_cast<std::int64_t>(number)) == number &&
           static_cast<std::int64_t>(number) == negative;
}

bool equals_number(const Node& node, dom::element element, dom::element_type type) {
    switch (type) {
        case dom::element_type::INT64: {
            const std::int64_t found = element.get_int64().value_unsafe();
            if (found < 0) {
                if (node.kind == Kind::real) return equals(node.number, found);
                return node.kind == Kind::negative && node.integer == found;
            }
            if (node.kind == Kind::real) return equals(node.number, static_cast<std::uint64_t>(found));
            return node.kind == Kind::natural && node.count == static_cast<std::uint64_t>(found);
        }
        case dom::element_type::UINT64: {
            const std::uint64_t found = element.get_uint64().value_unsafe();
            if (node.kind == Kind::real) return equals(node.number, found);
            return node.kind == Kind::natural && node.count == found;
        }
        case dom::element_type::DOUBLE: {
            const double found = element.get_double().value_unsafe();
            if (node.kind == Kind::real) return node.number == found;
            return node.kind == Kind::negative ? equals(found, node.integer) : equals(found, node.count);
        }
        default:
            return false;
    }
}

}  // namespace

struct JsonParser::State {
    dom::parser parser;
    dom::document document;
    std::unique_ptr<char[]> bytes;  ///< the body, with the padding that the parser reads into
    std::size_t capacity = 0;
    std::vector<std::string_view> names;  ///< of the objects under way, the innermost last
    std::vector<std::pair<std::size_t, std::string_view>> hashed;

    simdjson::error_code reserve(std::size_t size) {
        if (size <= capacity) return simdjson::SUCCESS;
        const std::size_t more = std::max({size, 2 * capacity, k_least_capacity});
        bytes = std::make_unique<char[]>(more + simdjson::SIMDJSON_PADDING);
        if (const auto error = document.allocate(more)) return error;
        if (const auto error = parser.allocate(more, k_parser_levels)) return error;
        capacity = more;
        return simdjson::SUCCESS;
    }
    simdjson::error_code parse(std::string_view body, dom::element& root) {
        if (const auto error = reserve(body.size())) return error;
        std::memcpy(bytes.get(), body.data(), body.size());
        return parser.parse_into_document(document, bytes.get(), body.size(), false).get(root);
    }

    /// A name that stands twice from `begin` on. No names that a server chooses make this slow.
    std::optional<std::string_view> repeated(std::size_t begin) {
        constexpr std::size_t k_few = 12;
        if (names.size() - begin <= k_few) {
            for (std::size_t i = begin; i < names.size(); ++i)
                for (std::size_t j = begin; j < i; ++j)
                    if (names[i] == names[j]) return names[i];
            return std::nullopt;
        }
        hashed.clear();
        for (std::size_t i = begin; i < names.size(); ++i)
            hashed.emplace_back(std::hash<std::string_view>{}(names[i]), names[i]);
        std::sort(hashed.begin(), hashed.end());
        const auto found = std::adjacent_find(hashed.begin(), hashed.end());
        return found == hashed.end() ? std::nullopt : std::optional(found->second);
    }
};

JsonParser::JsonParser() : state_(std::make_unique<State>()) {}
JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&& other) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&& other) noexcept = default;

namespace {

/// Where the walk below found the first difference; made only then, from the inside out.
struct Difference {
    std::string path;
    std::string what;
};

/// A body's values side by side with the expected ones. State is JsonParser's, which is private.
template <typename State>
class Comparison {
public:
    Comparison(State& state, std::string_view id) : state_(state), id_(id) {}

    /// True when `element`, with all that is in it, is as it has to be. `expected` may be null: then any
    /// well-formed value is.
    [[gnu::always_inline]] bool right(dom::element element, const Node* expected, int level = 1) {
        const dom::element_type type = element.type();
        if (type == dom::element_type::OBJECT || type == dom::element_type::ARRAY)
            return container(element, expected, level);
        return expected == nullptr || equals_scalar(element, type, *expected) || is_not(element, *expected);
    }
    [[nodiscard]] std::string why() const {
        return difference_.path.empty() ? "the body " + difference_.what
                                        : difference_.path + " " + difference_.what;
    }

private:
    // What only a wrong answer needs is kept out of the way of the right ones.
    [[gnu::cold, gnu::noinline]] bool differs(std::string what) {
        difference_ = {"", std::move(what)};
        return false;
    }
    [[gnu::cold, gnu::noinline]] bool is_not(dom::element element, const Node& expected) {
        return differs(fmt::format("is {} instead of {}", shown(element), shown(expected, id_)));
    }
    [[gnu::cold, gnu::noinline]] bool differs_in(const std::string& place) {
        const bool continues = !difference_.path.empty() && difference_.path.front() != '[';
        difference_.path = place + (continues ? "." : "") + difference_.path;
        return false;
    }
    [[gnu::cold, gnu::noinline]] bool differs_in_member(std::string_view name) {
        return differs_in(in_quotes(name));
    }
    [[gnu::cold, gnu::noinline]] bool twice(std::string_view name) {
        differs("stands twice");
        return differs_in_member(name);
    }
    [[gnu::cold, gnu::noinline]] bool lacks(const Node& expected, std::uint64_t found, std::size_t begin) {
        const auto others = state_.names.begin() + static_cast<std::ptrdiff_t>(begin);
        std::sort(others, state_.names.end());
        for (std::size_t i = 0; i < expected.names.size(); ++i) {
            const bool there = i < k_bits ? (found >> i & 1U) != 0
                                          : std::binary_search(others, state_.names.end(), expected.names[i]);
            if (there) continue;
            differs("is missing");
            return differs_in_member(expected.names[i]);
        }
        return false;
    }

    bool equals_scalar(dom::element element, dom::element_type type, const Node& expected) const {
        switch (type) {
            case dom::element_type::STRING:
                return expected.kind == Kind::text &&
                       equals(expected.pieces, id_, element.get_string().value_unsafe());
            case dom::element_type::BOOL:
                return expected.kind == Kind::boolean && element.get_bool().value_unsafe() == expected.truth;
            case dom::element_type::NULL_VALUE:
                return expected.kind == Kind::null;
            default:
                return equals_number(expected, element, type);
        }
    }

    bool container(dom::element element, const Node* expected, int level) {
        if (level > k_most_json_levels) return differs(parse_problem(simdjson::DEPTH_ERROR));
        dom::object members;
        if (element.get(members) == simdjson::SUCCESS) {
            if (expected != nullptr && expected->kind != Kind::object) return is_not(element, *expected);
            return object(members, expected, level);
        }
        if (expected != nullptr && expected->kind != Kind::array) return is_not(element, *expected);
        return array(element.get_array().value_unsafe(), expected, level);
    }

    bool array(dom::array elements, const Node* expected, int level) {
        std::size_t i = 0;
        for (const dom::element element : elements) {
            const bool compared = expected != nullptr && i < expected->nodes.size();
            if (!right(element, compared ? &expected->nodes[i] : nullptr, level + 1))
                return differs_in(fmt::format("[{}]", i));
            ++i;
        }
        if (expected == nullptr || i == expected->nodes.size()) return true;
        return differs(fmt::format("has {} elements instead of {}", i, expected->nodes.size()));
    }

    /// Position of a member that is expected; members mostly come in the expected order, so `next` is tried
    /// first.
    static std::size_t position(const Node& expected, std::string_view name, std::size_t next) {
        const std::vector<std::string>& names = expected.names;
        if (next < names.size() && names[next] == name) return next;
        if (names.size() <= k_few)
            return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
        const auto at =
            std::lower_bound(expected.order.begin(), expected.order.end(), name,
                             [&](std::uint32_t one, std::string_view other) { return names[one] < other; });
        return at != expected.order.end() && names[*at] == name ? *at : names.size();
    }

    bool object(dom::object members, const Node* expected, int level) {
        const std::size_t begin = state_.names.size();
        const std::size_t wanted = expected != nullptr ? expected->names.size() : 0;
        std::uint64_t found = 0;  // bit i: the i-th expected member, of those that have a bit
        std::size_t matched = 0;
        std::size_t next = 0;
        for (const auto member : members) {
            const std::size_t at = wanted > 0 ? position(*expected, member.key, next) : 0;
            const bool asked_for = at < wanted;
            if (asked_for && at < k_bits) {
                if ((found >> at & 1U) != 0) return twice(member.key);
                found |= std::uint64_t{1} << at;
            } else {
                state_.names.push_back(member.key);
            }
            if (asked_for) {
                ++matched;
                next = at + 1;
            }
            if (!right(member.value, asked_for ? &expected->nodes[at] : nullptr, level + 1))
                return differs_in_member(member.key);
        }
        if (state_.names.size() > begin + 1)
            if (const auto repeated = state_.repeated(begin)) return twice(*repeated);
        if (matched < wanted) return lacks(*expected, found, begin);
        state_.names.resize(begin);
        return true;
    }

    static constexpr std::size_t k_bits = 64;
    static constexpr std::size_t k_few = 12;
    State& state_;
    std::string_view id_;
    Difference difference_;
};

std::vector<std::string> pieces_of(std::string_view text) {
    std::vector<std::string> pieces;
    for (;;) {
        const std::size_t at = text.find(k_id_placeholder);
        pieces.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return pieces;
        text.remove_prefix(at + k_id_placeholder.size());
    }
}

Node node_of(dom::element element) {
    Node node;
    switch (element.type()) {
        case dom::element_type::OBJECT:
            node.kind = Kind::object;
            for (const dom::object members = element.get_object().value_unsafe();
                 const auto member : members) {
                node.names.emplace_back(member.key);
                node.nodes.push_back(node_of(member.value));
            }
            node.order.resize(node.names.size());
            std::iota(node.order.begin(), node.order.end(), 0U);
            std::sort(node.order.begin(), node.order.end(), [&](std::uint32_t one, std::uint32_t other) {
                return node.names[one] < node.names[other];
            });
            break;
        case dom::element_type::ARRAY:
            node.kind = Kind::array;
            for (const dom::array items = element.get_array().value_unsafe(); const dom::element item : items)
                node.nodes.push_back(node_of(item));
            break;
        case dom::element_type::INT64:
            node.integer = element.get_int64().value_unsafe();
            node.count = static_cast<std::uint64_t>(node.integer);
            node.kind = node.integer < 0 ? Kind::negative : Kind::natural;
            break;
        case dom::element_type::UINT64:
            node.kind = Kind::natural;
            node.count = element.get_uint64().value_unsafe();
            break;
        case dom::element_type::DOUBLE:
            node.kind = Kind::real;
            node.number = element.get_double().value_unsafe();
            break;
        case dom::element_type::STRING:
            node.kind = Kind::text;
            node.pieces = pieces_of(element.get_string().value_unsafe());
            break;
        case dom::element_type::BOOL:
            node.kind = Kind::boolean;
            node.truth = element.get_bool().value_unsafe();
            break;
        default:
            break;
    }
    return node;
}

std::size_t ids_in(const Node& node) {
    std::size_t ids = node.pieces.empty() ? 0 : node.pieces.size() - 1;
    for (const Node& inner : node.nodes)
        ids += ids_in(inner);
    return ids;
}

/// The name of a member in which the placeholder stands.
std::optional<std::string> name_with_id(const Node& node) {
    for (const std::string& name : node.names)
        if (name.find(k_id_placeholder) != std::string::npos) return name;
    for (const Node& inner : node.nodes)
        if (auto name = name_with_id(inner)) return name;
    return std::nullopt;
}

bool begins_with_byte_order_mark(std::string_view body) {
    return body.starts_with("\xEF\xBB\xBF");
}

}  // namespace

Result<ExpectedJson> ExpectedJson::compile(std::string_view json, bool sends_id) {
    JsonParser parser;
    dom::element root;
    if (const auto error = parser.state_->parse(json, root))
        return fail(ErrorKind::bad_input, "the expected JSON {}: {}", parse_problem(error),
                    json.substr(0, k_most_shown));
    Comparison comparison(*parser.state_, "");
    if (!comparison.right(root, nullptr))
        return fail(ErrorKind::bad_input, "of the expected JSON {}: {}", comparison.why(),
                    json.substr(0, k_most_shown));
    ExpectedJson expected;
    expected.root_ = node_of(root);
    expected.ids_ = ids_in(expected.root_);
    if (const auto name = name_with_id(expected.root_))
        return fail(ErrorKind::bad_input,
                    "the expected JSON has {{request_id}} in the name of a member, {}, where it stands for "
                    "nothing; write it in a value",
                    in_quotes(*name));
    if (expected.ids_ > 0 && !sends_id)
        return fail(ErrorKind::bad_input,
                    "the answer should echo {{request_id}}, but the request does not send it: write it into "
                    "the path, a header or the body, too");
    return expected;
}

std::optional<std::string> ExpectedJson::mismatch(std::string_view body, std::string_view id,
                                                  JsonParser& parser) const {
    JsonParser::State& state = *parser.state_;
    state.names.clear();
    if (begins_with_byte_order_mark(body))
        return "the body begins with a byte order mark, which JSON must not";
    dom::element root;
    if (const auto error = state.parse(body, root)) return "the body " + parse_problem(error);
    Comparison comparison(state, id);
    if (comparison.right(root, &root_)) return std::nullopt;
    return comparison.why();
}

}  // namespace joust::http
