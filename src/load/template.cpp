#include "load/template.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "base/text_width.hpp"
#include "http/syntax.hpp"

namespace joust::load {
namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_unreserved(char c) {  // RFC 3986, 2.3
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~").find(c) != std::string_view::npos;
}

template <typename Kept>
std::string percent_encoded(std::string_view text, Kept kept) {
    std::string result;
    for (const char c : text) {
        if (kept(c))
            result += c;
        else
            result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return result;
}

// A value in an error: not raw, and not at full length.
std::string shown(std::string_view value) {
    constexpr std::size_t k_most = 40;
    const std::string text = printable(value);
    const std::string_view fitting = cut_to_width(text, k_most);
    return fmt::format("\"{}{}\"", fitting, fitting.size() < text.size() ? "…" : "");
}

std::string_view name_of(char control) {
    switch (control) {
        case '\r':
        case '\n':
            return "a line break";
        case '\0':
            return "a NUL";
        case '\t':
            return "a tab";
        default:
            return "a control character";
    }
}

Result<std::string> json_text(std::string_view value) {
    if (!is_utf8(value))
        return fail(ErrorKind::bad_input, "{} holds bytes that are no UTF-8, which JSON cannot",
                    shown(value));
    const std::string quoted = nlohmann::json(value).dump();
    return quoted.substr(1, quoted.size() - 2);
}

Result<std::string> json_value(std::string_view value, std::string_view name) {
    // At its begin the parser skips a byte order mark, and at a NUL it takes the text to end.
    const bool plain = !value.starts_with('\xef') && value.find('\0') == std::string_view::npos;
    if (plain && nlohmann::json::accept(value)) return std::string(value);
    return fail(ErrorKind::bad_input,
                "{} is no JSON value, and the placeholder is not in quotes; write \"{{{}}}\" with them, or "
                "{{{}:raw}}",
                shown(value), name, name);
}

Status check_place(std::string_view value, Place place) {
    if (place != Place::header && place != Place::url) return {};
    const bool header = place == Place::header;
    const auto wrong = std::find_if(value.begin(), value.end(), [header](char c) {
        return (is_control(c) && !(header && c == '\t')) || (!header && c == ' ');
    });
    if (wrong == value.end()) return {};
    return fail(ErrorKind::bad_input, "{} holds {}, which a {} cannot", shown(value),
                *wrong == ' ' ? "a space" : name_of(*wrong), header ? "header" : "URL");
}

// One document, or one a line.
bool is_json(const std::string& text) {
    if (nlohmann::json::accept(text)) return true;
    const auto lines = split(text, '\n');
    return std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
        return trimmed(line).empty() || nlohmann::json::accept(line);
    });
}

std::string media_type(std::string_view content_type) {
    std::string type(http::without_padding(content_type.substr(0, content_type.find(';'))));
    std::transform(type.begin(), type.end(), type.begin(), http::to_lower);
    return type;
}

Place place_of_type(std::string_view type) {
    constexpr std::array<std::string_view, 5> k_json{"application/json", "text/json", "application/x-ndjson",
                                                     "application/ndjson", "application/jsonl"};
    if (std::find(k_json.begin(), k_json.end(), type) != k_json.end() || type.ends_with("+json"))
        return Place::json;
    return type == "application/x-www-form-urlencoded" ? Place::form : Place::plain;
}

}  // namespace

/// Reads a text once, from its begin to its end, and knows where in JSON it is.
class Template::Parser {
public:
    Parser(std::string_view text, Place place, std::span<const std::string> columns)
        : rest_(text), columns_(columns) {
        result_.place_ = place;
        result_.columns_.assign(columns.begin(), columns.end());
        constexpr std::size_t k_braces_and_writing = 12;
        longest_ = k_id_name.size() + k_braces_and_writing;
        for (const std::string& column : columns)
            longest_ = std::max(longest_, column.size() + k_braces_and_writing);
    }

    Result<Template> parse() {
        while (!rest_.empty()) {
            if (rest_.front() == '{') {
                JOUST_TRY(const bool taken, take_placeholder());
                if (taken) continue;
            }
            take_text();
        }
        return std::move(result_);
    }

    /// The text so far with a value in each place that fits there.
    [[nodiscard]] const std::string& example() const { return example_; }

private:
    /// One character, and what follows it up to the next one that can mean something: a body may have many
    /// megabytes.
    void take_text() {
        const char c = rest_.front();
        if (escaped_) {
            escaped_ = false;
        } else if (quoted_ && c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            quoted_ = !quoted_;
        }
        const std::size_t end = escaped_ ? 1 : std::min(rest_.find_first_of("{\"\\", 1), rest_.size());
        result_.tail_ += rest_.substr(0, end);
        example_ += rest_.substr(0, end);
        rest_.remove_prefix(end);
    }

    Result<bool> take_placeholder() {
        const std::size_t end = rest_.substr(0, longest_).find('}');  // not to the end of a long body
        if (end == std::string_view::npos) return false;
        const std::string_view inside = rest_.substr(1, end - 1);
        std::optional<std::size_t> value = value_named(inside);
        std::string_view writing;
        if (const std::size_t colon = inside.rfind(':'); !value && colon != std::string_view::npos) {
            value = value_named(inside.substr(0, colon));
            writing = inside.substr(colon + 1);
        }
        if (!value) {
            JOUST_CHECK(check_text_in_braces(inside));
            return false;
        }
        const std::optional<Form> form = form_of(writing);
        if (!form) {
            // "{id:1}" may be text of another language; "{id:jsn}" is a mistake.
            if (!std::all_of(writing.begin(), writing.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
                return false;
            const std::string_view name = inside.substr(0, inside.rfind(':'));
            return fail(ErrorKind::bad_input,
                        "{{{}}} is not understood; write {{{}}}, {{{}:json}}, {{{}:url}} or {{{}:raw}}",
                        inside, name, name, name, name);
        }
        result_.pieces_.push_back({std::exchange(result_.tail_, {}), *value, *form});
        example_ += quoted_ ? "x" : "1";
        rest_.remove_prefix(end + 1);
        return true;
    }

    /// Braces around another name are text, as in GraphQL; but where a feed gives values, a name like one of
    /// its columns is a mistake, and in a URL, which holds no braces, any name is.
    [[nodiscard]] Status check_text_in_braces(std::string_view inside) const {
        const std::string_view name = inside.substr(0, inside.find(':'));
        const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), is_unreserved);
        if (columns_.empty() || !is_name) return {};
        std::vector<std::string> names(columns_.begin(), columns_.end());
        names.emplace_back(k_id_name);
        names.emplace_back(k_sequence_name);
        constexpr std::size_t k_least_to_resemble = 3;  // characters; shorter names all resemble each other
        const std::string meant = name.size() < k_least_to_resemble ? "" : nearest(name, names);
        if (meant.empty() && result_.place_ != Place::url) return {};
        const std::string shown = printable(inside);
        if (result_.place_ == Place::url)
            return fail(ErrorKind::bad_input, "{{{}}} is none of the placeholders {}", shown,
                        printable("{" + joined(names, "}, {") + "}"));
        return fail(ErrorKind::bad_input,
                    "{{{0}}} names no column of the data; write {{{1}}}, or {{ {0} }} if it is text", shown,
                    meant);
    }

    [[nodiscard]] std::optional<std::size_t> value_named(std::string_view name) const {
        const auto found = std::find(columns_.begin(), columns_.end(), name);
        if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
        if (name == k_id_name) return columns_.size();
        if (name == k_sequence_name) return columns_.size() + 1;
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Form> form_of(std::string_view writing) const {
        const Place place = result_.place_;
        if (writing == "raw") return Form::raw;
        if (writing == "url") return Form::url;
        if (writing == "json" || (writing.empty() && place == Place::json))
            return place == Place::json && !quoted_ ? Form::json_value : Form::json_text;
        if (!writing.empty()) return std::nullopt;
        return place == Place::url || place == Place::form ? Form::url : Form::raw;
    }

    std::string_view rest_;
    std::span<const std::string> columns_;
    Template result_;
    std::string example_;
    bool quoted_ = false;
    bool escaped_ = false;
    std::size_t longest_ = 0;  ///< of a placeholder
};

Result<Template> Template::parse(std::string_view text, Place place, std::span<const std::string> columns) {
    JOUST_TRY(Template parsed, Parser(text, place, columns).parse());
    for (const Piece& piece : parsed.pieces_)
        if (piece.form == Form::json_value && piece.value == columns.size())
            return fail(ErrorKind::bad_input,
                        "{{{0}}} is no JSON value, and it is not in quotes; write \"{{{0}}}\" with them, or "
                        "{{{0}:raw}}",
                        k_id_name);
    return parsed;
}

Place Template::place_of_body(std::string_view body, const std::vector<http::Header>& headers,
                              std::span<const std::string> columns) {
    for (const http::Header& header : headers)
        if (http::equals_ignoring_case(header.name, "content-type"))
            return place_of_type(media_type(header.value));
    Parser parser(body, Place::json, columns);
    const auto parsed = parser.parse();
    if (!parsed || parsed->pieces_.empty()) return Place::plain;
    const std::string_view begin = trimmed(parsed->pieces_.front().text);
    if (!begin.starts_with('{') && !begin.starts_with('[')) return Place::plain;
    return is_json(parser.example()) ? Place::json : Place::plain;
}

bool Template::uses_columns() const {
    return std::any_of(pieces_.begin(), pieces_.end(),
                       [&](const Piece& piece) { return piece.value < columns_.size(); });
}

Result<std::string> Template::written(const Piece& piece, std::string_view value) const {
    switch (piece.form) {
        case Form::json_text:
            return json_text(value);
        case Form::json_value:
            return json_value(value, columns_[piece.value]);
        case Form::url:
            return percent_encoded(value, is_unreserved);
        case Form::raw:
            break;
    }
    JOUST_CHECK(check_place(value, place_));
    return std::string(value);
}

Result<std::string> Template::filled(std::span<const std::string> row, std::string_view id,
                                     std::string_view sequence) const {
    std::string text;
    for (const Piece& piece : pieces_) {
        text += piece.text;
        if (piece.value >= columns_.size()) {
            text += piece.value == columns_.size() ? id : sequence;
            continue;
        }
        const std::string_view value = piece.value < row.size() ? std::string_view(row[piece.value]) : "";
        const Result<std::string> part = written(piece, value);
        if (!part)
            return fail(part.error().kind, "column \"{}\": {}", printable(columns_[piece.value]),
                        part.error().message);
        text += *part;
    }
    text += tail_;
    return place_ == Place::url ? ascii_url(text) : text;
}

std::string ascii_url(std::string_view text) {
    return percent_encoded(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace joust::load
