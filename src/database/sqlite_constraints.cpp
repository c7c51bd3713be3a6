#include "database/sqlite_constraints.hpp"

#include <algorithm>
#include <cctype>

namespace joust::database {
namespace {

// Of https://www.sqlite.org/pragma.html: table_info, index_list, index_info and foreign_key_list. A key of
// one INTEGER is the row's number, which is never null, said or not. What a foreign key refers to by no name
// is the primary key.
constexpr const char* k_constraints =
    "WITH tables AS (SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE "
    "'sqlite\\_%' ESCAPE '\\'), keys AS (SELECT t.name AS owner, k.\"table\" AS target, 'FOREIGN KEY (' || "
    "group_concat(k.\"from\", ', ') || ') REFERENCES ' || k.\"table\" || '(' || group_concat(coalesce("
    "k.\"to\", (SELECT name FROM pragma_table_info(k.\"table\") WHERE pk = k.seq + 1), ''), ', ') || ')' || "
    "CASE k.on_update WHEN 'NO ACTION' THEN '' ELSE ' ON UPDATE ' || k.on_update END || "
    "CASE k.on_delete WHEN 'NO ACTION' THEN '' ELSE ' ON DELETE ' || k.on_delete END AS said "
    "FROM tables t, pragma_foreign_key_list(t.name) k GROUP BY t.name, k.id), constraints AS ("
    "SELECT name AS owner, 'PRIMARY KEY (' || (SELECT group_concat(name, ', ') FROM (SELECT name FROM "
    "pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk)) || ')' AS said FROM tables t "
    "UNION SELECT t.name, c.name || ' NOT NULL' FROM tables t, pragma_table_info(t.name) c WHERE "
    "c.\"notnull\" AND NOT (c.pk > 0 AND upper(c.type) = 'INTEGER') "
    "UNION SELECT t.name, CASE i.\"unique\" WHEN 1 THEN 'UNIQUE (' ELSE 'INDEX (' END || (SELECT "
    "group_concat(coalesce(name, 'expression'), ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER "
    "BY seqno)) || ')' || CASE i.partial WHEN 1 THEN (SELECT substr(s.sql, instr(upper(s.sql), ' WHERE ')) "
    "FROM sqlite_schema s WHERE s.type = 'index' AND s.name = i.name) ELSE '' END FROM tables t, "
    "pragma_index_list(t.name) i WHERE i.origin <> 'pk' "
    "UNION SELECT owner, said FROM keys UNION SELECT target, owner || ': ' || said FROM keys WHERE target <> "
    "owner) SELECT substr(owner, 1, 100), substr(said, 1, 200) FROM constraints WHERE said IS NOT NULL";
constexpr const char* k_with_checks =
    "SELECT substr(name, 1, 100), substr(sql, 1, 100000) FROM sqlite_schema WHERE type = 'table' AND "
    "rootpage "
    "> 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql LIKE '%check%'";

constexpr std::size_t k_longest = 200;

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// One token of SQL at the beginning of `text`, which is not empty: a text or a name in its quotes, a comment
// or space, a word, or a single character.
struct Token {
    std::string_view text;
    bool is_space = false;
};

std::size_t end_of_quoted(std::string_view text, char mark) {
    std::size_t at = 1;
    while ((at = text.find(mark, at)) != std::string_view::npos) {
        if (mark == ']' || at + 1 >= text.size() || text[at + 1] != mark) return at + 1;
        at += 2;
    }
    return text.size();
}

Token token_of(std::string_view text) {
    const auto up_to = [&](std::size_t end, bool is_space = false) {
        return Token{text.substr(0, std::min(end, text.size())), is_space};
    };
    const auto run_of = [&](auto belongs) {
        return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) - text.begin());
    };
    const auto behind = [&](std::string_view mark) {
        const std::size_t at = text.find(mark, 2);
        return at == std::string_view::npos ? text.size() : at + mark.size();
    };
    const char first = text.front();
    if (first == '\'' || first == '"' || first == '`') return up_to(end_of_quoted(text, first));
    if (first == '[') return up_to(end_of_quoted(text, ']'));
    if (text.starts_with("--")) return up_to(behind("\n"), true);
    if (text.starts_with("/*")) return up_to(behind("*/"), true);
    const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    if (is_space(first)) return up_to(run_of(is_space), true);
    return up_to(is_word(first) ? run_of(is_word) : 1);
}

bool is_check(std::string_view word) {
    constexpr std::string_view name = "check";
    return std::equal(word.begin(), word.end(), name.begin(), name.end(),
                      [](unsigned char a, char b) { return std::tolower(a) == b; });
}

}  // namespace

std::vector<std::string> checks_in(std::string_view statement) {
    std::vector<std::string> found;
    std::size_t depth = 0;  // of parentheses within a check, its own among them
    bool begins = false;    // the last word was CHECK
    bool spaced = false;    // and there was space behind the last token
    while (!statement.empty()) {
        const Token token = token_of(statement);
        statement.remove_prefix(token.text.size());
        if (token.is_space) {
            spaced = true;
            continue;
        }
        if (depth > 0) {
            std::string& check = found.back();
            if (spaced && check.back() != '(' && token.text != ")") check += ' ';
            check += token.text;
            if (token.text == "(") ++depth;
            if (token.text == ")") --depth;
        } else if (begins && token.text == "(") {
            found.emplace_back("CHECK (");
            depth = 1;
        }
        begins = depth == 0 && is_check(token.text);
        spaced = false;
    }
    return found;
}

Status each_constraint(SqliteConnection& connection,
                       const std::function<void(std::string_view, std::string_view)>& each) {
    JOUST_CHECK(connection.each_row(k_constraints, [&](const SqliteConnection::Row& row) {
        if (row[0] != nullptr && row[1] != nullptr) each(row[0], row[1]);
    }));
    return connection.each_row(k_with_checks, [&](const SqliteConnection::Row& row) {
        if (row[0] == nullptr || row[1] == nullptr) return;
        for (const std::string& check : checks_in(row[1]))
            each(row[0], std::string_view(check).substr(0, k_longest));
    });
}

}  // namespace joust::database
