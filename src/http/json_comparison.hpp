#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/expected_json.hpp"
#include "http/json_state.hpp"

namespace joust::http {

/// Why `root` is not what is expected; empty when it is. `expected`
/// may be null: then no member may stand twice, nor anything be nested too deeply. `state` holds the parsed
/// document.
std::optional<Mismatch> difference(simdjson::dom::element root, const ExpectedJson::Node* expected,
                                   std::string_view id, JsonParser::State& state);

/// The text as a JSON string, cut after 200 bytes.
std::string in_quotes(std::string_view text);

}  // namespace joust::http
