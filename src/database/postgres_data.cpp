#include "database/postgres_data.hpp"

#include <sys/shm.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "database/postgres_config.hpp"
#include "database/postgres_programs.hpp"
#include "database/secret.hpp"
#include "host/owned_files.hpp"
#include "host/process.hpp"

namespace joust::database {
namespace {

// Beside the data if the path is short enough for a socket, else in /tmp.
Result<Path> make_socket_directory(const DatabaseContext& context, const Path& root) {
    Path directory = root / "s";
    const std::size_t longest = directory.string().size() + std::strlen("/.s.PGSQL.65535.lock");
    if (longest > sizeof(sockaddr_un::sun_path) - 1) {
        directory = Path("/tmp") / ("joust-" + random_password().substr(0, 12));
        JOUST_CHECK(context.run.record_path(directory));
    }
    JOUST_CHECK(host::make_directory_of(context.user, directory));
    return directory;
}

Status run_initdb(const DatabaseContext& context, const PostgresFiles& files, const Path& password_file) {
    host::ProcessSpec initdb;
    // No sync: a crash of the host ends the run anyway, and the checkpoint of the first reset syncs the data.
    // Locale C: comparisons that do not depend on the host's libraries.
    initdb.command = {(files.programs / "initdb").string(),
                      "--pgdata",
                      files.data.string(),
                      "--username",
                      k_superuser,
                      "--pwfile",
                      password_file.string(),
                      "--auth",
                      "scram-sha-256",
                      "--encoding",
                      "UTF8",
                      "--locale",
                      "C",
                      "--no-sync",
                      "--no-instructions"};
    initdb.environment = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C"}, {"HOME", files.data.string()}};
    initdb.directory = files.root;
    initdb.user = context.user;
    initdb.before_start = [&](const host::ProcessIdentity& leader) {
        return context.run.record_session(leader);
    };
    const auto done = host::run_program(std::move(initdb), std::chrono::minutes(2));
    if (!done) return fail(ErrorKind::database, "PostgreSQL's initdb failed: {}", done.error().message);
    return {};
}

// PGShmemHeader of PostgreSQL's storage/pg_shmem.h, as far as it is needed.
constexpr std::int32_t k_segment_magic = 679834894;

bool is_orphan_of_postgres(int id) {
    void* const memory = ::shmat(id, nullptr, SHM_RDONLY);
    if (memory == reinterpret_cast<void*>(-1)) return false;
    std::int32_t magic = 0;
    std::memcpy(&magic, memory, sizeof magic);
    ::shmdt(memory);
    return magic == k_segment_magic;
}

}  // namespace

Result<PostgresFiles> make_postgres_files(const DatabaseContext& context, const std::string& password) {
    PostgresFiles files;
    JOUST_TRY(files.programs, find_postgres_programs());
    files.root = context.run.directory() / "postgres";
    files.data = files.root / "data";
    files.config = files.root / "postgresql.conf";
    files.host_rules = files.root / "pg_hba.conf";
    JOUST_CHECK(host::make_directory_for_users(files.root));
    JOUST_CHECK(host::make_directory_of(context.user, files.data));
    JOUST_TRY(files.sockets, make_socket_directory(context, files.root));
    const Path password_file = files.root / "password";
    JOUST_CHECK(host::write_file_of(context.user, password_file, password + "\n"));
    const Status made = run_initdb(context, files, password_file);
    ::unlink(password_file.c_str());
    if (!made) return tl::unexpected(made.error());
    JOUST_CHECK(write_atomically(files.host_rules, host_rules()));
    return files;
}

void remove_orphaned_segments(const host::User& user) {
    shm_info totals{};
    const int highest = ::shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&totals));
    for (int index = 0; index <= highest; ++index) {
        shmid_ds segment{};
        const int id = ::shmctl(index, SHM_STAT, &segment);
        if (id < 0 || segment.shm_perm.uid != user.uid || segment.shm_nattch != 0) continue;
        const bool maker_is_dead = ::kill(segment.shm_cpid, 0) != 0 && errno == ESRCH;
        if (maker_is_dead && is_orphan_of_postgres(id)) ::shmctl(id, IPC_RMID, nullptr);
    }
}

}  // namespace joust::database
