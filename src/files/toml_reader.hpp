#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/quantity.hpp"
#include "files/diagnostics.hpp"

namespace joust::files {

/// A parsed TOML file; hides toml++ from everyone but the reader.
class TomlFile {
public:
    /// Reads and parses; a syntax error becomes a diagnostic and an empty optional.
    static std::optional<TomlFile> load(const Path& path, Diagnostics& diagnostics);
    /// Parses `text`; `name` stands for the file in messages.
    static std::optional<TomlFile> parse(std::string_view text, std::string name, Diagnostics& diagnostics);
    TomlFile(TomlFile&&) noexcept;
    TomlFile& operator=(TomlFile&&) noexcept;
    ~TomlFile();

    struct Content;
    [[nodiscard]] const Content& content() const { return *content_; }

private:
    explicit TomlFile(std::unique_ptr<Content> content);
    std::unique_ptr<Content> content_;
};

/// Reads one table that lies in several layers (command line over profile over file); the first layer that
/// has a key wins. Whatever is wrong becomes a diagnostic, and the reading goes on with the fallback. Call
/// done() last: it reports the keys that nobody asked for.
class TomlReader {
public:
    explicit TomlReader(const TomlFile& file, Diagnostics& diagnostics);
    /// Several files, the first over the later ones; at least one.
    TomlReader(const std::vector<const TomlFile*>& files, Diagnostics& diagnostics);
    /// `overrides` (null for none) over the table profiles.`profile` of `file` ("" for none) over `file`
    /// itself.
    TomlReader(const TomlFile* overrides, const TomlFile& file, std::string_view profile,
               Diagnostics& diagnostics);
    TomlReader(TomlReader&&) noexcept;
    ~TomlReader();

    /// Required values: a missing key is a mistake whose message ends with `example`. Texts are shown to
    /// people and have to be printable (base/text.hpp); names have to be is_name(), and what is none is left
    /// out.
    std::string text(std::string_view key, std::string_view example);
    std::string name(std::string_view key, std::string_view example);
    std::vector<std::string> names(std::string_view key, std::string_view example);
    /// Of any characters but NUL: words of commands.
    std::vector<std::string> texts(std::string_view key, std::string_view example);

    std::string text_or(std::string_view key, std::string fallback);
    /// `fallback` also in place of what is no name.
    std::string name_or(std::string_view key, std::string fallback);
    /// A string of any characters: contents that Joust passes on.
    std::string raw_text_or(std::string_view key, std::string fallback);
    std::vector<std::string> texts_or(std::string_view key, std::vector<std::string> fallback);
    bool flag_or(std::string_view key, bool fallback);
    std::int64_t integer_or(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high);
    double number_or(std::string_view key, double fallback, double low, double high);
    Nanoseconds duration_or(std::string_view key, Nanoseconds fallback, Nanoseconds low, Nanoseconds high);
    Bytes bytes_or(std::string_view key, Bytes fallback, Bytes low);
    /// One of `choices`; anything else is a mistake that lists them.
    std::string choice_or(std::string_view key, std::string_view fallback,
                          const std::vector<std::string>& choices);
    /// Integers as a list, or as { from = 50, to = 1000, step = 50 }; each within [low, high], rising.
    std::vector<std::int64_t> integers_or(std::string_view key, std::vector<std::int64_t> fallback,
                                          std::int64_t low, std::int64_t high);
    /// All keys of the table with string, integer, float or boolean values, as text; keys and values
    /// printable.
    std::map<std::string, std::string> scalars();
    /// Strings by key for environment variables, whose values may hold anything but NUL.
    std::map<std::string, std::string> variables();
    /// A value of any shape as JSON text, for contents that Joust passes on.
    std::optional<std::string> json(std::string_view key);

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] std::vector<std::string> keys() const;
    /// The table `key`, empty when there is none.
    TomlReader table(std::string_view key);
    /// The tables of an array of tables, from the first layer that has it.
    std::vector<TomlReader> tables(std::string_view key);
    /// "file:line" of a key, or of the table where there is no such key.
    [[nodiscard]] std::string place(std::string_view key) const;
    /// Says that the key is known though nobody reads it here.
    void ignore(std::string_view key);

    /// A mistake at the place of `key` (or of the table, where there is no such key).
    void complain(std::string_view key, std::string message);
    /// Reports unknown keys of every layer, with the nearest known one.
    void done();

private:
    struct State;
    explicit TomlReader(std::unique_ptr<State> state);
    /// All scalars; `allowed` says of a value whether it may stand there, `wanted` what may.
    std::map<std::string, std::string> all_scalars(bool (*allowed)(std::string_view),
                                                   std::string_view wanted);
    std::unique_ptr<State> state_;
};

}  // namespace joust::files
