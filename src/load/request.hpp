#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_writer.hpp"

namespace joust::load {

/// One request as the user writes it. Path, header values and body may hold placeholders: {request_id} (24
/// characters, unique within the run and, with high probability, between runs), {sequence} (12 decimal
/// digits that do not begin with 0, unique within the run) and {column} of the feed. Values are escaped as
/// the place asks (see Template), or as {column:json}, {column:url} or {column:raw} say. Other braces stay as
/// they are.
struct Request {
    std::string method = "GET";
    std::string path;  ///< empty: the target's
    std::vector<http::Header> headers;
    std::string body;
    friend bool operator==(const Request&, const Request&) = default;
};

/// Rows of data for {column} placeholders; taken one after the other, over all threads, and again from the
/// start.
struct Feed {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::string name;                ///< of the file, for errors
    std::vector<std::size_t> lines;  ///< on which each row begins, for errors; empty: not known
    friend bool operator==(const Feed&, const Feed&) = default;
};

/// What a right answer is, each of them. Without `status` every status below 400 is right.
struct Expect {
    std::optional<int> status;
    std::vector<http::Header> headers;  ///< each must come with exactly this value
    std::optional<std::string> body_equals;
    std::optional<std::string> body_contains;
    std::optional<std::string> body_regex;  ///< ECMAScript, searched anywhere in the body
    /// Any JSON value, compared with the whole body as http::ExpectedJson says: members of objects may be
    /// more, and "{request_id}" stands for the id that was sent.
    std::optional<std::string> json;
    friend bool operator==(const Expect&, const Expect&) = default;
};

}  // namespace joust::load
