#pragma once

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"

namespace joust::database {

/// An open SQLite file; closed at the end of its life.
class SqliteConnection {
public:
    /// Opens an existing file, or makes one if `make`. Waits up to `patience` for others' locks, each time.
    /// No part of the path may be a symbolic link. What the file itself brings along to be run (triggers,
    /// views, functions in its schema) is not: whoever wrote it decides on its content only.
    static Result<SqliteConnection> open(const Path& file, bool make, Nanoseconds patience);

    /// The columns of a row, null as null pointers; valid in the call that has it.
    using Row = std::span<char* const>;
    /// Runs one or more statements and hands each of their rows to `take` as it comes.
    Status each_row(const std::string& statements, const std::function<void(const Row&)>& take);
    /// Runs one or more statements; returns the first column of all their rows, null as "".
    Result<std::vector<std::string>> run(const std::string& statements);

private:
    struct Closer {
        void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    };
    explicit SqliteConnection(sqlite3* connection) : connection_(connection) {}
    std::unique_ptr<sqlite3, Closer> connection_;
};

/// `name` in double quotes, as SQL wants identifiers.
std::string sqlite_identifier(const std::string& name);
/// `text` in single quotes, as SQL wants strings.
std::string sqlite_literal(const std::string& text);

}  // namespace joust::database
