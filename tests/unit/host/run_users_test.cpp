#include "host/run_users.hpp"

#include <sys/shm.h>
#include <sys/stat.h>

#include <csignal>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

TEST(RunUsers, AreOfNumbersThatNobodyHas) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const User first = must(find_run_user({}));
    EXPECT_EQ(first.groups, std::vector<gid_t>{first.gid});
    const User second = must(find_run_user({first.uid}));
    EXPECT_NE(second.uid, first.uid);
    EXPECT_FALSE(
        run_program(shell(fmt::format("getent passwd {} || getent group {}", first.uid, first.gid)), 10s));
    ProcessSpec sleeper = shell("exec sleep 71");
    sleeper.user = first;
    const Process process = must(Process::start(sleeper));
    EXPECT_NE(must(find_run_user({})).uid, first.uid) << "a process runs as it";
}

TEST(RunUsers, AllTheirProcessesAreKilledWhateverTheyDidToGetAway) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const User user = must(find_run_user({}));
    ProcessSpec spec =
        shell("setsid env -i /bin/sh -c '(setsid sleep 72 & ) ; sleep 73' & (setsid sleep 74 &); wait");
    spec.user = user;
    const Process process = must(Process::start(spec));
    const auto count = [&] {
        std::size_t living = 0;
        for (const ProcessEntry& entry : all_processes()) {
            struct stat about{};
            if (!entry.dead && ::stat(fmt::format("/proc/{}", entry.identity.pid).c_str(), &about) == 0 &&
                about.st_uid == user.uid)
                ++living;
        }
        return living;
    };
    ASSERT_TRUE(eventually([&] { return count() >= 5; }));
    EXPECT_TRUE(kill_run_user(user.uid));
    EXPECT_EQ(count(), 0U);
}

TEST(RunUsers, OtherUsersAreNeverTouched) {
    const Process innocent = must(Process::start(shell("exec sleep 75")));
    EXPECT_TRUE(kill_run_user(0));
    EXPECT_TRUE(kill_run_user(k_first_run_user - 1));
    EXPECT_TRUE(innocent.running());
}

TEST(RunUsers, WhatTheyLeaveInPlacesOfEverybodysIsRemoved) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const User user = must(find_run_user({}));
    const TempDirectory other;
    const std::string name = "joust-left-" + unique_run();
    ProcessSpec spec =
        shell(fmt::format("mkdir -p /tmp/{0}/a && echo x > /tmp/{0}/a/b && echo y > /dev/shm/{0} && "
                          "ln -s {1} /var/tmp/{0} && ipcmk -M 4096",
                          name, other.path().string()));
    spec.user = user;
    const std::string printed = must(run_program(spec, 10s));
    const int segment = std::stoi(printed.substr(printed.rfind(' ')));
    EXPECT_TRUE(remove_traces_of_run_user(user.uid));
    for (const char* place : {"/tmp/", "/dev/shm/", "/var/tmp/"})
        EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(place + name))) << place;
    EXPECT_TRUE(std::filesystem::exists(other.path()));
    shmid_ds about{};
    EXPECT_NE(::shmctl(segment, IPC_STAT, &about), 0);
}

}  // namespace
}  // namespace joust::host
