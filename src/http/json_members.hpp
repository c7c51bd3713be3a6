#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/json_parser.hpp"

namespace joust::http {

/// One member of a JSON object.
struct JsonMember {
    std::string name;
    /// A string's characters; of any other value its JSON as it was written, without space between its parts:
    /// numbers keep every digit.
    std::string text;
};

/// The members of the one JSON object that `text` has to be, in their order. Fails (bad_input) with a clause
/// that follows the name of the text: "is no JSON: …", "is no JSON object", "has the member \"a\" twice".
Result<std::vector<JsonMember>> json_members(std::string_view text, JsonParser& parser);

}  // namespace joust::http
