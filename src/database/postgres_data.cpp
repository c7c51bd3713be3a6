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
#include "host/facts.hpp"
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

// No sync: a crash of the host ends the run anyway, and the checkpoint of the first reset syncs the data.
// Locale C: comparisons that do not depend on the host's libraries.
std::vector<std::string> initdb_words(const PostgresFiles& files, const Path& password_file) {
    return {(files.programs / "initdb").string(),
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
}

Status run_initdb(const DatabaseContext& context, const PostgresFiles& files, runtime::Program program) {
    program.environment.insert(program.environment.end(),
                               {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C"}, {"HOME", files.data.string()}});
    program.directory = files.root;
    program.user = files.user;
    JOUST_TRY(host::ProcessSpec initdb, context.runtime.errand(program, "initdb"));
    initdb.before_start = [&](const host::ProcessIdentity& leader) {
        return context.run.record_session(leader);
    };
    const auto done = host::run_program(std::move(initdb), std::chrono::minutes(2));
    if (!done) return fail(ErrorKind::database, "PostgreSQL's initdb failed: {}", done.error().message);
    return {};
}

Result<PostgresFiles> make_on_this_host(const DatabaseContext& context, const std::string& password) {
    PostgresFiles files;
    JOUST_TRY(files.programs, find_postgres_programs());
    files.root = context.run.directory() / "postgres";
    files.data = files.root / "data";
    files.config = files.root / "postgresql.conf";
    files.host_rules = files.root / "pg_hba.conf";
    files.user = context.user;
    JOUST_CHECK(host::make_directory_for_users(files.root));
    JOUST_CHECK(host::make_directory_of(context.user, files.data));
    JOUST_TRY(files.sockets, make_socket_directory(context, files.root));
    const Path password_file = files.root / "password";
    JOUST_CHECK(host::write_file_of(context.user, password_file, password + "\n"));
    const Status made = run_initdb(context, files, {.command = initdb_words(files, password_file)});
    ::unlink(password_file.c_str());
    if (!made) return tl::unexpected(made.error());
    return files;
}

Result<PostgresFiles> make_in_image(const DatabaseContext& context, runtime::Images& images,
                                    const std::string& password) {
    PostgresFiles files;
    JOUST_TRY(files.image, images.build({.name = "postgres",
                                         .context = context.image_source,
                                         .file = "Dockerfile",
                                         .log = context.log_directory / "database-setup.log",
                                         .purpose = "the image of PostgreSQL"},
                                        context.interrupted));
    files.user = context.user;
    files.programs = "/opt/postgresql/bin";
    files.root = "/var/lib/joust-postgres";
    files.data = files.root / "data";
    files.config = "/postgresql.conf";
    files.host_rules = "/pg_hba.conf";
    JOUST_TRY(files.volume, context.runtime.make_folder("database", context.user, files.root));
    // The engine may keep its volumes elsewhere than the run has its directory.
    const std::optional<Path> here = files.volume->here();
    if (here && context.spec.durability == model::Durability::full)
        JOUST_CHECK(host::check_durable(host::read_storage_facts(*here)));
    const Path password_file = files.root / "password";
    // Only what runs in the container can write to the volume.
    std::vector<std::string> words = {
        "/bin/sh", "-c",
        "umask 077; printf '%s\\n' \"$JOUST_PASSWORD\" >\"$0\" && \"$@\"; code=$?; rm -f \"$0\"; exit $code",
        password_file.string()};
    for (std::string& word : initdb_words(files, password_file))
        words.push_back(std::move(word));
    JOUST_CHECK(run_initdb(context, files,
                           {.command = std::move(words),
                            .environment = {{"JOUST_PASSWORD", password}},
                            .image = files.image,
                            .folders = {files.volume.get()}}));
    return files;
}

// PGShmemHeader of PostgreSQL's storage/pg_shmem.h, as far as it is needed.
constexpr std::int32_t k_segment_magic = 679834894;

bool is_orphan_of_postgres(int id) {
    void* const memory = ::shmat(id, nullptr, SHM_RDONLY);
    if (reinterpret_cast<std::intptr_t>(memory) == -1) return false;
    std::int32_t magic = 0;
    std::memcpy(&magic, memory, sizeof magic);
    ::shmdt(memory);
    return magic == k_segment_magic;
}

}  // namespace

std::string database_name(const std::string& contender) {
    return "joust_" + contender;
}

Result<PostgresFiles> make_postgres_files(const DatabaseContext& context, const std::string& password) {
    if (runtime::Images* const images = context.runtime.images())
        return make_in_image(context, *images, password);
    return make_on_this_host(context, password);
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
