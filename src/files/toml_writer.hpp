#pragma once

#include <string>
#include <string_view>

#include "files/toml_text.hpp"

// Values as TOML, formatted by toml++; nobody but the writers of files/ includes it, as it brings toml++
// along.
namespace joust::files {

/// The table as a document. Keys are ordered by name, plain values before tables.
std::string toml_document(const toml::table& table);
/// Puts a value that was read as JSON by rendered TOML under `key`; without null, as TOML has no word for it.
void insert_json(toml::table& table, std::string_view key, std::string_view json);
/// The table on one line, for what is short.
toml::table on_one_line(toml::table table);

}  // namespace joust::files
