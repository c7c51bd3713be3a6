#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace joust::files {

/// One mistake in a user's file: where it is, what it is and what to write instead.
struct Diagnostic {
    std::string file;          ///< or the flag that is wrong
    std::uint32_t line = 0;    ///< from 1; 0 for a flag
    std::uint32_t column = 0;  ///< from 1
    std::string message;

    /// "file:line:column: message", as editors and compilers understand it; "--flag: message".
    [[nodiscard]] std::string text() const;
    friend auto operator<=>(const Diagnostic&, const Diagnostic&) = default;
};

/// "there is no contender "nope"; write one of: django, fastapi".
std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string>& known);

/// Collects every mistake of every file read, so that the user sees all of them at once.
class Diagnostics {
public:
    /// Adds a mistake; the same one at the same place (a file read for several profiles) is kept once. Beyond
    /// the first hundred they are only counted.
    void add(Diagnostic diagnostic);
    [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }
    [[nodiscard]] std::size_t total() const { return total_; }
    [[nodiscard]] bool empty() const { return all_.empty(); }
    /// One bad_input error with a line for each mistake, ordered by file, line and column. Not for an empty
    /// collection.
    [[nodiscard]] Error error() const;

private:
    static constexpr std::size_t k_most = 100;
    std::vector<Diagnostic> all_;
    std::size_t total_ = 0;
};

}  // namespace joust::files
