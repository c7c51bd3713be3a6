#include "database/postgres_config.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/text.hpp"
#include "database/postgres_data.hpp"

namespace joust::database {
namespace {

// What places the server, and what makes its log readable for Joust.
const std::set<std::string> k_reserved = {
    "archive_mode",
    "config_file",
    "data_directory",
    "dynamic_shared_memory_type",
    "external_pid_file",
    "hba_file",
    "ident_file",
    "include",
    "include_dir",
    "include_if_exists",
    "lc_messages",
    "listen_addresses",
    "log_destination",
    "log_line_prefix",
    "log_min_messages",
    "logging_collector",
    "password_encryption",
    "port",
    "ssl",
    "unix_socket_directories",
    "unix_socket_group",
    "unix_socket_permissions",
};

// What a trial's effects are proven by: the log has to be there, and its commits have to be what the sessions
// asked for. More log than this of one trial, of some three million requests, is given up rather than the
// disk.
constexpr std::array<std::pair<const char*, const char*>, 5> k_log_settings{{
    {"wal_level", "replica"},
    {"max_replication_slots", "4"},
    {"max_slot_wal_keep_size", "16GB"},
    {"commit_delay", "0"},
    {"commit_siblings", "5"},
}};

// Beside the benchmark's own settings: what explains costs. lc_collate and data_checksums are fixed by
// initdb.
constexpr const char* k_explaining[] = {
    "autovacuum",
    "checkpoint_timeout",
    "data_checksums",
    "default_transaction_isolation",
    "huge_pages",
    "jit",
    "lc_collate",
    "max_connections",
    "max_parallel_workers_per_gather",
    "max_wal_size",
    "random_page_cost",
    "server_encoding",
    "shared_buffers",
    "wal_buffers",
    "wal_compression",
    "wal_level",
    "wal_sync_method",
    "work_mem",
};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

bool is_setting_name(const std::string& name) {
    const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.'; };
    return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
           std::all_of(name.begin(), name.end(), fits);
}

// In postgresql.conf's quotes, where a backslash escapes.
std::string quoted(std::string_view value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\n') {
            text += "\\n";
            continue;
        }
        if (c == '\'' || c == '\\') text += c == '\'' ? "'" : "\\";
        text += c;
    }
    return text + "'";
}

// The text between the quotes that follow `before`; empty if it is not there.
std::string quoted_after(std::string_view text, std::string_view before) {
    const std::size_t at = text.find(before);
    if (at == std::string_view::npos) return "";
    const std::size_t begin = at + before.size();
    const std::size_t end = text.find('"', begin);
    return end == std::string_view::npos ? "" : std::string(text.substr(begin, end - begin));
}

// The line's message, after "LOG:  " and the like.
std::string_view message_of(std::string_view line) {
    const std::size_t at = line.find(":  ");
    return trimmed(at == std::string_view::npos ? line : line.substr(at + 3));
}

Error rejected(const std::string& key, const std::string& value, std::string_view says) {
    return {
        ErrorKind::bad_input,
        fmt::format("database.settings.{} is \"{}\", and PostgreSQL says: {}; write a value that it accepts, "
                    "or remove the setting",
                    key, value, says)};
}

}  // namespace

Status check_settings(const model::DatabaseSpec& spec) {
    for (const auto& [key, value] : spec.settings) {
        if (!is_setting_name(key))
            return fail(ErrorKind::bad_input,
                        "database.settings.\"{}\" is no name of a PostgreSQL setting; write "
                        "one such as shared_buffers",
                        key);
        const std::string name = lower(key);
        // The server takes any name with a dot, as one of an extension that may be loaded later.
        if (name.find('.') != std::string::npos && !spec.settings.contains("shared_preload_libraries"))
            return fail(
                ErrorKind::bad_input,
                "database.settings.\"{}\" belongs to an extension, and none is loaded; remove it, or load "
                "the extension with database.settings.shared_preload_libraries",
                key);
        if (k_reserved.contains(name))
            return fail(ErrorKind::bad_input,
                        "database.settings.{} cannot be set: Joust places its private server "
                        "and reads its log by it; remove it",
                        key);
        for (const auto& [proven_by, unused] : k_log_settings)
            if (name == proven_by)
                return fail(ErrorKind::bad_input,
                            "database.settings.{} cannot be set: Joust proves by the write-ahead log what "
                            "requests did; remove it",
                            key);
        for (const auto& [governed, unused] : durability_settings(spec.durability))
            if (name == governed)
                return fail(ErrorKind::bad_input,
                            "database.settings.{} is governed by database.durability; remove "
                            "it and write durability = \"full\" or \"relaxed\"",
                            key);
    }
    return {};
}

std::vector<std::pair<std::string, std::string>> durability_settings(model::Durability durability) {
    const bool full = durability == model::Durability::full;
    return {{"fsync", "on"}, {"full_page_writes", "on"}, {"synchronous_commit", full ? "on" : "off"}};
}

std::string server_config(const model::DatabaseSpec& spec, const ServerPlace& place) {
    std::string text = "# Written by Joust; the server's directory is gone after the run.\n";
    const auto set = [&](const std::string& name, std::string_view value) {
        text += fmt::format("{} = {}\n", name, quoted(value));
    };
    set("listen_addresses", "127.0.0.1");
    set("port", std::to_string(place.port));
    set("unix_socket_directories", place.socket_directory.value_or("").string());
    set("password_encryption", "scram-sha-256");
    set("log_destination", "stderr");
    // postgres_log.cpp reads the code (%e): messages change from version to version.
    set("log_line_prefix", "%m [%p] %e %q%u@%d ");
    set("log_timezone", "UTC");
    set("lc_messages", "C");
    // In the data directory instead of /dev/shm: nothing is left there when the server is killed.
    set("dynamic_shared_memory_type", "mmap");
    // It would run in some trials and not in others; the reset between trials vacuums instead.
    if (!spec.settings.contains("autovacuum")) set("autovacuum", "off");
    for (const auto& [name, value] : durability_settings(spec.durability))
        set(name, value);
    for (const auto& [name, value] : k_log_settings)
        set(name, value);
    for (const auto& [name, value] : spec.settings)
        set(name, value);
    return text;
}

std::string host_rules(bool has_socket) {
    if (!has_socket) return "host all all 127.0.0.1/32 scram-sha-256\n";
    return fmt::format(
        "local all {0} scram-sha-256\n"
        "host all {0} 127.0.0.1/32 reject\n"
        "host all all 127.0.0.1/32 scram-sha-256\n",
        k_superuser);
}

std::vector<std::string> settings_to_read(const model::DatabaseSpec& spec) {
    std::set<std::string> names(std::begin(k_explaining), std::end(k_explaining));
    for (const auto& [name, value] : durability_settings(spec.durability))
        names.insert(name);
    for (const auto& [name, value] : spec.settings)
        names.insert(lower(name));
    return {names.begin(), names.end()};
}

Error startup_error(const model::DatabaseSpec& spec, std::string_view log) {
    // "invalid value for parameter "x": …", "unrecognized configuration parameter "x" in file …",
    // "x" is outside of the valid range for parameter "x" (1 .. 2)", "parameter "x" cannot be changed".
    for (const std::string_view line : split(log, '\n')) {
        const std::string named = lower(quoted_after(line, "parameter \""));
        for (const auto& [key, value] : spec.settings)
            if (named == lower(key)) return rejected(key, value, message_of(line));
    }
    return {ErrorKind::database,
            fmt::format("PostgreSQL did not start; its last lines:\n{}", last_lines(log, 15))};
}

bool port_was_taken(std::string_view log) {
    return log.find("could not bind IPv4 address") != std::string_view::npos &&
           log.find("Address already in use") != std::string_view::npos;
}

}  // namespace joust::database
