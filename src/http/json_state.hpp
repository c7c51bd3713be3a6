#pragma once

#include <simdjson.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/json_parser.hpp"

namespace joust::http {

/// The bound on levels that the parser is given. It only has to be above ours, which is exact.
inline constexpr std::size_t k_parser_levels = 1024;

struct JsonParser::State {
    simdjson::dom::parser parser;
    simdjson::dom::document document;
    std::unique_ptr<char[]> bytes;  ///< the body, with the padding that the parser reads into
    std::size_t capacity = 0;
    std::vector<std::string_view> names;  ///< of the objects under way, the innermost last
    std::vector<std::pair<std::size_t, std::string_view>> hashed;

    /// Parses all of `body`; `root` is valid until the next call. Numbers that the parser cannot hold are
    /// taken as with_numbers_in_range() writes them.
    simdjson::error_code parse(std::string_view body, simdjson::dom::element& root);
    /// A name that stands twice in `names`, from `begin` on. No names that a server chooses make this slow.
    std::optional<std::string_view> repeated(std::size_t begin);

private:
    simdjson::error_code parse_as_it_is(std::string_view body, simdjson::dom::element& root);
    simdjson::error_code reserve(std::size_t size);
};

/// A clause about the document that says what is wrong with it: "is no JSON: …".
std::string parse_problem(simdjson::error_code error);

}  // namespace joust::http
