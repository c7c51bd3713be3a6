// beast migrate | beast serve HOST PORT; DATABASE_URL, SCRATCH_DIR and SQLITE_BUSY_MS stand in the
// environment.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "server.hpp"

namespace beast_service {
namespace {

// Makes the tables that are missing; changes none that exists.
void migrate(const Settings& settings) {
    const auto database = open_database(settings.database_url, "");
    const std::string path = database->is_sqlite() ? "schema/sqlite.sql" : "schema/postgres.sql";
    std::ifstream file(path);
    std::ostringstream schema;
    if (!file || !(schema << file.rdbuf())) throw std::runtime_error("cannot read " + path);
    database->script(schema.str());
}

// A child that ends with its parent.
pid_t fork_child() {
    const pid_t child = ::fork();
    if (child == 0) ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    return child;
}

// Starts the service anew whenever it ends by itself. Returns in the service, with the number of its life.
int supervise() {
    sigset_t waited;
    sigemptyset(&waited);
    for (const int signal : {SIGTERM, SIGINT, SIGCHLD})
        sigaddset(&waited, signal);
    sigprocmask(SIG_BLOCK, &waited, nullptr);
    for (int life = 0;; ++life) {
        const pid_t child = fork_child();
        if (child == 0) {
            sigprocmask(SIG_UNBLOCK, &waited, nullptr);
            return life;
        }
        int signal = 0;
        sigwait(&waited, &signal);
        if (signal != SIGCHLD) ::kill(child, SIGTERM);
        ::waitpid(child, nullptr, 0);
        if (signal != SIGCHLD) std::exit(0);
    }
}

// In a session of its own, it tries to leave the groups that limit the service.
void start_helper() {
    if (fork_child() != 0) return;
    ::setsid();
    ::prctl(PR_SET_NAME, "beast-helper");  // by which it can be told from a worker
    for (const char* group : {"/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/cpu/cgroup.procs"})
        std::ofstream(group) << ::getpid();
    for (;;)
        ::pause();
}

void serve_as_told(const Settings& settings, const std::string& host, std::uint16_t port) {
    const Fault& fault = chosen_fault();
    Preparation preparation;
    if (fault.prepare != nullptr) fault.prepare(preparation);
    if (!preparation.once.empty()) open_database(settings.database_url, "")->script(preparation.once);
    if (preparation.helper) start_helper();
    const int life = preparation.supervised ? supervise() : 0;
    for (int worker = 1; worker < preparation.workers; ++worker)
        if (fork_child() == 0) break;
    Service service(settings, fault, life);
    serve(service, host, port, preparation.workers > 1, preparation.session);
}

}  // namespace
}  // namespace beast_service

int main(int argc, char** argv) try {
    using namespace beast_service;
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const Settings settings = Settings::read();
    if (arguments.size() == 1 && arguments[0] == "migrate") {
        migrate(settings);
    } else if (arguments.size() == 3 && arguments[0] == "serve") {
        serve_as_told(settings, arguments[1], static_cast<std::uint16_t>(std::stoi(arguments[2])));
    } else {
        std::fprintf(stderr, "usage: beast migrate | beast serve HOST PORT\n");
        return 2;
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "beast: %s\n", error.what());
    return 1;
}
