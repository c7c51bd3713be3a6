#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "load/feed_file.hpp"

// The first byte says which kind of feed the rest is. What was read has to be a whole table that, written in
// the plainest form of its format, is read as the same one.
namespace {

using joust::load::Feed;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string quoted(const std::string& field) {
    std::string text = "\"";
    for (const char c : field)
        text.append(c == '"' ? 2 : 1, c);
    return text + '"';
}

std::string as_csv(const Feed& feed) {
    std::string text;
    const auto add = [&](const std::vector<std::string>& record) {
        for (std::size_t i = 0; i < record.size(); ++i)
            text += (i == 0 ? "" : ",") + quoted(record[i]);
        text += "\r\n";
    };
    add(feed.columns);
    for (const std::vector<std::string>& row : feed.rows)
        add(row);
    return text;
}

std::string as_json_lines(const Feed& feed) {
    std::string text;
    for (const std::vector<std::string>& row : feed.rows) {
        nlohmann::ordered_json object = nlohmann::ordered_json::object();
        for (std::size_t i = 0; i < row.size(); ++i)
            object[feed.columns[i]] = row[i];
        text += object.dump() + '\n';
    }
    return text;
}

void check(const Feed& feed) {
    require(!feed.columns.empty() && !feed.rows.empty());
    require(feed.lines.size() == feed.rows.size());
    for (const std::vector<std::string>& row : feed.rows)
        require(row.size() == feed.columns.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool csv = data[0] % 2 == 0;
    const auto feed = csv ? joust::load::parse_csv_feed(text) : joust::load::parse_json_lines_feed(text);
    if (!feed) {
        require(feed.error().kind == joust::ErrorKind::bad_input &&
                feed.error().message.starts_with("line "));
        return 0;
    }
    check(*feed);
    const auto again = csv ? joust::load::parse_csv_feed(as_csv(*feed))
                           : joust::load::parse_json_lines_feed(as_json_lines(*feed));
    require(again.has_value() && again->columns == feed->columns && again->rows == feed->rows);
    return 0;
}
