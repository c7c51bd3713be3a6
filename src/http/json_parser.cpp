#include "http/json_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "http/json_numbers.hpp"
#include "http/json_state.hpp"

namespace joust::http {

namespace {

constexpr std::size_t k_least_capacity = 4096;

/// Later versions of simdjson have a code of its own for an integer of more than 64 bits.
template <typename Code>
bool is_too_large_an_integer(Code error) {
    if constexpr (requires { Code::BIGINT_ERROR; }) return error == Code::BIGINT_ERROR;
    return false;
}

}  // namespace

JsonParser::JsonParser() : state_(std::make_unique<State>()) {}
JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&& other) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&& other) noexcept = default;

simdjson::error_code JsonParser::State::reserve(std::size_t size) {
    if (size <= capacity) return simdjson::SUCCESS;
    const std::size_t more = std::max({size, 2 * capacity, k_least_capacity});
    bytes = std::make_unique<char[]>(more + simdjson::SIMDJSON_PADDING);
    if (const auto error = document.allocate(more)) return error;
    if (const auto error = parser.allocate(more, k_parser_levels)) return error;
    capacity = more;
    return simdjson::SUCCESS;
}

simdjson::error_code JsonParser::State::parse(std::string_view body, simdjson::dom::element& root) {
    const auto error = parse_as_it_is(body, root);
    if (error != simdjson::NUMBER_ERROR && !is_too_large_an_integer(error)) return error;
    const auto in_range = with_numbers_in_range(body);
    return in_range ? parse_as_it_is(*in_range, root) : error;
}

simdjson::error_code JsonParser::State::parse_as_it_is(std::string_view body, simdjson::dom::element& root) {
    if (body.empty()) return simdjson::EMPTY;
    if (const auto error = reserve(body.size())) return error;
    body.copy(bytes.get(), body.size());
    return parser.parse_into_document(document, bytes.get(), body.size(), false).get(root);
}

std::optional<std::string_view> JsonParser::State::repeated(std::size_t begin) {
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

std::string parse_problem(simdjson::error_code error) {
    if (is_too_large_an_integer(error)) error = simdjson::NUMBER_ERROR;
    switch (error) {
        case simdjson::EMPTY:
            return "is empty, and no JSON";
        case simdjson::DEPTH_ERROR:
            return fmt::format("is nested more than {} levels deep", k_most_json_levels);
        case simdjson::UTF8_ERROR:
            return "is no JSON: it is not in UTF-8";
        case simdjson::NUMBER_ERROR:
            return "is no JSON: a number is malformed";
        case simdjson::STRING_ERROR:
            return "is no JSON: a string has an escape that there is not";
        default:
            return fmt::format("is no JSON ({})", simdjson::error_message(error));
    }
}

}  // namespace joust::http
