#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/request_writer.hpp"

namespace joust::load {

/// What a text of the request is, and so how values are written into it where the placeholder does not say.
enum class Place {
    url,     ///< path and query: percent-encoded
    header,  ///< as they are; control characters are refused
    json,    ///< escaped within a string; elsewhere they have to be JSON themselves
    form,    ///< application/x-www-form-urlencoded: percent-encoded
    plain,   ///< as they are
};

/// Names that placeholders may have besides the columns of the feed.
inline constexpr std::string_view k_id_name = "request_id";
inline constexpr std::string_view k_sequence_name = "sequence";

/// A text with placeholders: {name}, or {name:json}, {name:url}, {name:raw} for another writing than the one
/// of the place. Braces around anything else are text.
class Template {
public:
    /// `columns` are the names of the feed; a column named like one of Joust's own placeholders comes first.
    /// Fails on a known name with a writing that is none.
    static Result<Template> parse(std::string_view text, Place place, std::span<const std::string> columns);

    [[nodiscard]] bool uses_columns() const;
    /// What the body is by its Content-Type; without one, JSON where the text between placeholders is that of
    /// a JSON object or array, or of several, one a line.
    static Place place_of_body(std::string_view body, const std::vector<http::Header>& headers,
                               std::span<const std::string> columns);

    /// The text with the values of a row; `id` and `sequence` are put in as they are. Fails on a value that
    /// the place cannot hold, and names its column.
    [[nodiscard]] Result<std::string> filled(std::span<const std::string> row, std::string_view id,
                                             std::string_view sequence) const;

private:
    enum class Form { raw, url, json_text, json_value };
    struct Piece {
        std::string text;   ///< before the placeholder
        std::size_t value;  ///< in the row; then the id, then the sequence
        Form form;
    };
    class Parser;
    [[nodiscard]] Result<std::string> written(const Piece& piece, std::string_view value) const;

    Place place_ = Place::plain;
    std::vector<std::string> columns_;
    std::vector<Piece> pieces_;
    std::string tail_;
};

/// Bytes that are no ASCII as %NN, as a URL needs them; all others stay.
std::string ascii_url(std::string_view text);

}  // namespace joust::load
