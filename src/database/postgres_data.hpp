#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "database/database.hpp"

namespace joust::database {

/// The files of a private PostgreSQL, as its programs see them.
struct PostgresFiles {
    Path root;  ///< holds everything. On this host: Joust's own, and what is in it but the next two
    Path data;  ///< the data directory, of the server's user
    /// Of the Unix socket, by which the superuser connects; of the server's user. Empty in a container, which
    /// shares no directory with Joust: there he connects by TCP.
    std::optional<Path> sockets;
    Path config;      ///< postgresql.conf; beside the data, so that Joust writes nothing where others can
    Path host_rules;  ///< pg_hba.conf
    Path programs;    ///< initdb, postgres
    std::string image = "";                             ///< in Docker: what the programs run in
    std::unique_ptr<runtime::Folder> volume = nullptr;  ///< in Docker: what is mounted at `root`
    host::User user;                                    ///< who runs the programs and owns the data
};
/// Name of the superuser; contenders have roles of their own.
inline constexpr const char* k_superuser = "joust_admin";

/// Of a contender's database, and of the role that owns it.
std::string database_name(const std::string& contender);

/// Makes the directories, or in Docker image and volume, and with initdb an empty cluster that only the
/// superuser with this password can enter. A socket path has at most 107 bytes (sun_path): below a long state
/// root the sockets go to a directory in /tmp, which is recorded in the run.
Result<PostgresFiles> make_postgres_files(const DatabaseContext& context, const std::string& password);

/// Removes shared memory segments that PostgreSQL servers of this user left when they were killed: those with
/// PostgreSQL's mark whose maker is dead and to which nobody is attached. Killed servers cannot do it, and no
/// directory holds them.
void remove_orphaned_segments(const host::User& user);

}  // namespace joust::database
