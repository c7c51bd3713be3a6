#include "load/feed_file.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/json_members.hpp"

namespace joust::load {
namespace {

/// Cuts records out of CSV text: fields may be quoted and then hold commas, line breaks and doubled quotes.
class CsvReader {
public:
    explicit CsvReader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    /// Line on which the next record begins.
    [[nodiscard]] std::size_t line() const { return line_; }

    /// Whether the last record was a line without any character.
    [[nodiscard]] bool blank() const { return blank_; }

    Result<std::vector<std::string>> next() {
        std::vector<std::string> record;
        blank_ = !rest_.empty() && (rest_.front() == '\r' || rest_.front() == '\n');
        for (;;) {
            JOUST_TRY(std::string field, next_field());
            record.push_back(std::move(field));
            if (rest_.empty()) break;
            const char separator = rest_.front();
            rest_.remove_prefix(1);
            if (separator == ',') continue;
            if (separator == '\r' && !rest_.empty() && rest_.front() == '\n') rest_.remove_prefix(1);
            ++line_;
            break;
        }
        return record;
    }

private:
    Result<std::string> next_field() {
        if (rest_.empty() || rest_.front() != '"') {
            const std::size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
            std::string field(rest_.substr(0, end));
            rest_.remove_prefix(end);
            return field;
        }
        std::string field;
        for (rest_.remove_prefix(1);;) {
            const std::size_t quote = rest_.find('"');
            if (quote == std::string_view::npos)
                return fail(ErrorKind::bad_input, "line {}: a quoted field does not end", line_);
            field += rest_.substr(0, quote);
            rest_.remove_prefix(quote + 1);
            if (rest_.empty() || rest_.front() != '"') break;
            field += '"';
            rest_.remove_prefix(1);
        }
        line_ += static_cast<std::size_t>(std::count(field.begin(), field.end(), '\n'));
        if (!rest_.empty() && rest_.find_first_of(",\r\n") != 0)
            return fail(ErrorKind::bad_input,
                        "line {}: after a quoted field a comma or the line's end must come", line_);
        return field;
    }

    std::string_view rest_;
    std::size_t line_ = 1;
    bool blank_ = false;
};

std::string_view without_byte_order_mark(std::string_view text) {
    constexpr std::string_view k_mark = "\xef\xbb\xbf";
    return text.starts_with(k_mark) ? text.substr(k_mark.size()) : text;
}

// A name that is empty, or holds what ends a placeholder, could stand for other text of the request.
Status check_columns(const std::vector<std::string>& columns, std::size_t line) {
    for (auto column = columns.begin(); column != columns.end(); ++column) {
        if (column->empty() || column->find_first_of("{}") != std::string::npos)
            return fail(ErrorKind::bad_input,
                        "line {}: \"{}\" is no name of a column: it must not be empty, nor hold braces", line,
                        printable(*column));
        if (std::find(columns.begin(), column, *column) != column)
            return fail(ErrorKind::bad_input, "line {}: the column \"{}\" stands twice", line,
                        printable(*column));
    }
    return {};
}

}  // namespace

Result<Feed> parse_csv_feed(std::string_view text) {
    CsvReader reader(without_byte_order_mark(text));
    Feed feed;
    if (reader.at_end()) return fail(ErrorKind::bad_input, "line 1: the names of the columns are missing");
    JOUST_TRY(feed.columns, reader.next());
    JOUST_CHECK(check_columns(feed.columns, 1));
    while (!reader.at_end()) {
        const std::size_t line = reader.line();
        JOUST_TRY(std::vector<std::string> row, reader.next());
        // Of one column, an empty line is a row whose value is empty.
        if (reader.blank() && feed.columns.size() > 1) continue;
        if (row.size() != feed.columns.size())
            return fail(ErrorKind::bad_input, "line {}: {} fields, but {} columns", line, row.size(),
                        feed.columns.size());
        feed.rows.push_back(std::move(row));
        feed.lines.push_back(line);
    }
    if (feed.rows.empty()) return fail(ErrorKind::bad_input, "line 2: there is no row of data");
    return feed;
}

Result<Feed> parse_json_lines_feed(std::string_view text) {
    Feed feed;
    http::JsonParser parser;
    text = without_byte_order_mark(text);
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view content = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (content.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        if (nested_too_deeply(content))
            return fail(ErrorKind::bad_input, "line {}: nested more than {} levels deep", line,
                        k_most_json_levels);
        const auto members = http::json_members(content, parser);
        if (!members) return fail(ErrorKind::bad_input, "line {}: it {}", line, members.error().message);
        if (members->empty()) return fail(ErrorKind::bad_input, "line {}: the object has no members", line);
        if (feed.columns.empty()) {
            for (const http::JsonMember& member : *members)
                feed.columns.push_back(member.name);
            JOUST_CHECK(check_columns(feed.columns, line));
        }
        std::vector<std::string> row;
        for (const std::string& column : feed.columns) {
            const auto member = std::find_if(members->begin(), members->end(),
                                             [&](const auto& one) { return one.name == column; });
            if (member == members->end())
                return fail(ErrorKind::bad_input, "line {}: \"{}\" is missing", line, printable(column));
            row.push_back(member->text);
        }
        feed.rows.push_back(std::move(row));
        feed.lines.push_back(line);
    }
    if (feed.columns.empty()) return fail(ErrorKind::bad_input, "line 1: there is no row of data");
    return feed;
}

Result<Feed> read_feed(const Path& path) {
    const std::string ending = path.extension();
    const bool is_csv = ending == ".csv";
    if (!is_csv && ending != ".jsonl" && ending != ".ndjson" && ending != ".json")
        return fail(ErrorKind::bad_input, "{}: a data feed is a .csv, .jsonl, .ndjson or .json file",
                    path.string());
    JOUST_TRY(const std::string text, read_file(path));
    auto feed = is_csv ? parse_csv_feed(text) : parse_json_lines_feed(text);
    if (!feed) return fail(feed.error().kind, "{}: {}", path.string(), feed.error().message);
    feed->name = path.string();
    return feed;
}

}  // namespace joust::load
