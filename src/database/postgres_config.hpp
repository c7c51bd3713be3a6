#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "model/benchmark.hpp"

namespace joust::database {

/// Where a server listens.
struct ServerPlace {
    std::uint16_t port = 0;
    std::optional<Path> socket_directory;  ///< of its Unix socket; empty: it has none
};

/// Refuses (bad_input) what a benchmark may not set, because Joust places the server and reads its log, and
/// what is no name of a setting.
Status check_settings(const model::DatabaseSpec& spec);

/// postgresql.conf: first what Joust needs, then durability, then the benchmark's settings.
std::string server_config(const model::DatabaseSpec& spec, const ServerPlace& place);

/// pg_hba.conf: nobody without a password, from nowhere but this host. Where there is a Unix socket, the
/// superuser comes through it alone, which only its own user and root can reach; all others by TCP alone.
std::string host_rules(bool has_socket);

/// Names, in lower case, of what is read back: the benchmark's settings, durability, and what else decides
/// how much work a transaction is.
std::vector<std::string> settings_to_read(const model::DatabaseSpec& spec);

/// What durability promises, as names and the values they must have.
std::vector<std::pair<std::string, std::string>> durability_settings(model::Durability durability);

/// Why the server did not start, from what it printed: the setting it rejected (bad_input, with the key of
/// the benchmark file), else its last lines.
Error startup_error(const model::DatabaseSpec& spec, std::string_view log);

/// The server could not listen because somebody took its port in the meantime.
bool port_was_taken(std::string_view log);

}  // namespace joust::database
