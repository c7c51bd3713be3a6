#include "host/run_users.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <thread>

#include "base/kernel_text.hpp"
#include "base/text.hpp"
#include "base/tree.hpp"
#include "host/as_user.hpp"
#include "host/proc.hpp"

namespace joust::host {
namespace {

constexpr std::chrono::seconds k_user_patience(5);

bool has_account(uid_t uid) {
    std::vector<char> buffer(16384);
    passwd user{};
    passwd* found_user = nullptr;
    ::getpwuid_r(uid, &user, buffer.data(), buffer.size(), &found_user);
    group other{};
    group* found_group = nullptr;
    ::getgrgid_r(uid, &other, buffer.data(), buffer.size(), &found_group);
    return found_user != nullptr || found_group != nullptr;
}

// Of the living: real, effective, saved and of file access, as /proc/PID/status tells them.
std::set<uid_t> users_of_processes() {
    std::set<uid_t> users;
    for (const ProcessEntry& process : all_processes()) {
        if (process.dead) continue;
        const std::string status = read_file(proc_directory(process.identity.pid) / "status").value_or("");
        for (const std::string_view number : split(value_of(status, "Uid", ':').value_or(""), '\t'))
            if (const auto uid = leading_number(number)) users.insert(static_cast<uid_t>(*uid));
    }
    return users;
}

User user_of(uid_t uid) {
    return {.name = fmt::format("number {}", uid), .uid = uid, .gid = uid, .groups = {uid}};
}

void remove_shared_memory_of(uid_t uid) {
    shm_info totals{};
    const int highest = ::shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&totals));
    for (int index = 0; index <= highest; ++index) {
        shmid_ds segment{};
        const int id = ::shmctl(index, SHM_STAT, &segment);
        if (id >= 0 && segment.shm_perm.cuid == uid) ::shmctl(id, IPC_RMID, nullptr);
    }
}

void remove_message_queues_of(uid_t uid) {
    msginfo totals{};
    const int highest = ::msgctl(0, MSG_INFO, reinterpret_cast<msqid_ds*>(&totals));
    for (int index = 0; index <= highest; ++index) {
        msqid_ds queue{};
        const int id = ::msgctl(index, MSG_STAT, &queue);
        if (id >= 0 && queue.msg_perm.cuid == uid) ::msgctl(id, IPC_RMID, nullptr);
    }
}

void remove_semaphores_of(uid_t uid) {
    seminfo totals{};
    const int highest = ::semctl(0, 0, SEM_INFO, &totals);
    for (int index = 0; index <= highest; ++index) {
        semid_ds set{};
        const int id = ::semctl(index, 0, SEM_STAT, &set);
        if (id >= 0 && set.sem_perm.cuid == uid) ::semctl(id, 0, IPC_RMID);
    }
}

Status remove_files_of(uid_t uid, const Path& shared) {
    const int opened = ::open(shared.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(opened < 0 ? nullptr : ::fdopendir(opened), ::closedir);
    if (!stream) return {};
    Status removed;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = entry->d_name;
        struct stat about{};
        if (name == "." || name == "..") continue;
        if (::fstatat(::dirfd(stream.get()), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0 ||
            about.st_uid != uid)
            continue;
        if (Status done = remove_tree(shared / name); !done && removed) removed = std::move(done);
    }
    return removed;
}

}  // namespace

bool is_run_user(uid_t uid) {
    return uid >= k_first_run_user && uid <= k_last_run_user;
}

Result<User> find_run_user(const std::set<uid_t>& taken) {
    const std::set<uid_t> running = users_of_processes();
    for (uid_t uid = k_first_run_user; uid <= k_last_run_user; ++uid)
        if (!taken.contains(uid) && !running.contains(uid) && !has_account(uid)) return user_of(uid);
    return fail(
        ErrorKind::unsupported,
        "all users from {} to {}, of whom each contender of a run gets one, have accounts, processes or "
        "runs of their own",
        k_first_run_user, k_last_run_user);
}

Status kill_run_user(uid_t uid) {
    if (!is_run_user(uid) || ::geteuid() != 0) return {};
    for (const TimePoint give_up = now() + k_user_patience;;) {
        if (!users_of_processes().contains(uid)) return {};
        if (now() > give_up) return fail(ErrorKind::timed_out, "processes of user {} cannot be killed", uid);
        // All of them in one step of the kernel, so that none can fork in between; the caller itself is
        // spared.
        const auto done = run_as(user_of(uid), k_user_patience, [] {
            ::kill(-1, SIGKILL);
            return Result<std::string>("");
        });
        if (!done) return tl::unexpected(done.error());
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

Status remove_traces_of_run_user(uid_t uid) {
    if (!is_run_user(uid) || ::geteuid() != 0) return {};
    remove_shared_memory_of(uid);
    remove_message_queues_of(uid);
    remove_semaphores_of(uid);
    Status removed;
    for (const char* shared : {"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"})
        if (Status done = remove_files_of(uid, shared); !done && removed) removed = std::move(done);
    return removed;
}

}  // namespace joust::host
