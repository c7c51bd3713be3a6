#pragma once

#include <string_view>

#include "base/error.hpp"
#include "base/file.hpp"
#include "load/request.hpp"

namespace joust::load {

/// CSV (RFC 4180) with a header line that names the columns. Errors name the line. An empty line is a row of
/// one column, and skipped where there are more.
Result<Feed> parse_csv_feed(std::string_view text);
/// The rows of a text with one JSON object a line. The first one's members are the columns, and each line
/// must have them. Strings are taken as their text, other values as JSON.
Result<Feed> parse_json_lines_feed(std::string_view text);
/// The rows of a file, whose ending says how it is read: .csv, or .jsonl, .ndjson, .json.
Result<Feed> read_feed(const Path& path);

}  // namespace joust::load
