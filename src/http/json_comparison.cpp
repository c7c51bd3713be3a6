#include "http/json_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace joust::http {
namespace {

namespace dom = simdjson::dom;
using Node = ExpectedJson::Node;
using Kind = Node::Kind;

constexpr std::size_t k_most_shown = 200;

/// What an answer has, in few words however long it is.
std::string shown(dom::element element) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) return in_quotes(text);
    if (element.is_object()) return "an object";
    dom::array array;
    if (element.get(array) == simdjson::SUCCESS) return fmt::format("an array of {}", array.size());
    double number = 0;
    if (element.type() == dom::element_type::DOUBLE && element.get(number) == simdjson::SUCCESS)
        return std::abs(number) == std::numeric_limits<double>::max() ? "a number beyond all doubles"
                                                                      : fmt::format("{}", number);
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
    if (!text.starts_with(begin)) return false;
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
            if (node.kind == Kind::negative) return equals(found, node.integer);
            return node.kind == Kind::natural && equals(found, node.count);
        }
        default:
            return false;
    }
}

/// Where the walk below found the first difference; made only then, from the inside out.
struct Difference {
    std::string path;
    std::string what;
    bool of_id = false;
};

/// A body's values side by side with the expected ones.
class Comparison {
public:
    Comparison(JsonParser::State& state, std::string_view id) : state_(state), id_(id) {}

    /// True when `element`, with all that is in it, is as it has to be. `expected` may be null: then any
    /// well-formed value is.
    [[gnu::always_inline]] bool right(dom::element element, const Node* expected, int level = 1) {
        const dom::element_type type = element.type();
        if (type == dom::element_type::OBJECT || type == dom::element_type::ARRAY)
            return container(element, expected, level);
        return expected == nullptr || equals_scalar(element, type, *expected) || is_not(element, *expected);
    }
    [[nodiscard]] Mismatch mismatch() const {
        return {(difference_.path.empty() ? "the body" : difference_.path) + " " + difference_.what,
                difference_.of_id};
    }

private:
    // What only a wrong answer needs is kept out of the way of the right ones.
    [[gnu::cold, gnu::noinline]] bool differs(std::string what) {
        difference_ = {"", std::move(what), false};
        return false;
    }
    [[gnu::cold, gnu::noinline]] bool is_not(dom::element element, const Node& expected) {
        differs(fmt::format("is {} instead of {}", shown(element), shown(expected, id_)));
        difference_.of_id = expected.pieces.size() > 1 && element.is_string();
        return false;
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
    JsonParser::State& state_;
    std::string_view id_;
    Difference difference_;
};

}  // namespace

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

std::optional<Mismatch> difference(dom::element root, const Node* expected, std::string_view id,
                                   JsonParser::State& state) {
    state.names.clear();
    Comparison comparison(state, id);
    if (comparison.right(root, expected)) return std::nullopt;
    return comparison.mismatch();
}

}  // namespace joust::http
