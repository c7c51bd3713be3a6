#include "http/expected_json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/text.hpp"
#include "http/json_comparison.hpp"
#include "http/json_numbers.hpp"
#include "http/json_state.hpp"

namespace joust::http {
namespace {

namespace dom = simdjson::dom;
using Node = ExpectedJson::Node;
using Kind = Node::Kind;

constexpr std::string_view k_id_placeholder = "{request_id}";
constexpr std::size_t k_most_shown = 200;

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

/// Holds a number that only stands for one out of range.
bool is_beyond_doubles(const Node& node) {
    return (node.kind == Kind::real && std::abs(node.number) == std::numeric_limits<double>::max()) ||
           std::any_of(node.nodes.begin(), node.nodes.end(), is_beyond_doubles);
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
    JsonParser::State& state = parser.state();
    if (const auto error = state.parse(json, root))
        return fail(ErrorKind::bad_input, "the expected JSON {}: {}", parse_problem(error),
                    json.substr(0, k_most_shown));
    if (const auto why = difference(root, nullptr, "", state))
        return fail(ErrorKind::bad_input, "of the expected JSON {}: {}", why->why,
                    json.substr(0, k_most_shown));
    ExpectedJson expected;
    expected.root_ = node_of(root);
    expected.ids_ = ids_in(expected.root_);
    if (with_numbers_in_range(json) || is_beyond_doubles(expected.root_))
        return fail(ErrorKind::bad_input,
                    "the expected JSON holds a number that cannot be compared (64-bit integers and doubles "
                    "can): {}",
                    json.substr(0, k_most_shown));
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

std::optional<Mismatch> ExpectedJson::mismatch(std::string_view body, std::string_view id,
                                               JsonParser& parser) const {
    if (begins_with_byte_order_mark(body))
        return Mismatch{"the body begins with a byte order mark, which JSON must not"};
    dom::element root;
    JsonParser::State& state = parser.state();
    if (const auto error = state.parse(body, root)) return Mismatch{"the body " + parse_problem(error)};
    return difference(root, &root_, id, state);
}

}  // namespace joust::http
