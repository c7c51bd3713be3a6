#include "host/cgroup_host.hpp"

#include <gmock/gmock.h>

#include "host/cgroup.hpp"
#include "host/group_files.hpp"
#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

constexpr uid_t k_root = 0;
constexpr uid_t k_somebody = 1000;

/// A made-up /proc and the hierarchies it tells of.
class FakeHost {
public:
    void mount(const std::string& type, const Path& name, const std::string& options,
               const std::string& root = "/") {
        const Path point = place_.path() / name;
        std::filesystem::create_directories(point);
        mountinfo_ += fmt::format("31 23 0:28 {} {} rw,relatime shared:4 - {} cgroup rw,{}\n", root,
                                  point.string(), type, options);
        place_.write("proc/self/mountinfo", mountinfo_);
    }
    void own_cgroup(const std::string& text) { place_.write("proc/self/cgroup", text); }
    Path write(const Path& name, const std::string& content) { return place_.write(name, content); }
    [[nodiscard]] CgroupHost detect(uid_t user) const {
        return CgroupHost::detect(place_.path() / "proc", user);
    }
    [[nodiscard]] Path path(const Path& name) const { return place_.path() / name; }

private:
    TempDirectory place_;
    std::string mountinfo_ = "22 1 0:21 / / rw - ext4 /dev/vda rw\n";
};

TEST(CgroupHost, OnVersion2RootUsesTheRootOfTheHierarchy) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.own_cgroup("0::/user.slice/session-1.scope\n");
    fake.write("sys/cgroup.procs", "");
    fake.write("sys/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
    const CgroupHost host = fake.detect(k_root);
    EXPECT_EQ(host.version(), CgroupVersion::v2);
    EXPECT_TRUE(host.limits_possible());
    EXPECT_EQ(host.run_directories("7"), std::vector<Path>{fake.path("sys/joust-7")});
    EXPECT_EQ(host.hierarchies().at(0).own, fake.path("sys/user.slice/session-1.scope"));
}

TEST(CgroupHost, OnVersion2AUserUsesHisDelegatedGroup) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.own_cgroup("0::/user.slice/run-1.scope\n");
    fake.write("sys/user.slice/run-1.scope/cgroup.procs", "");
    fake.write("sys/user.slice/run-1.scope/cgroup.controllers", "cpuset cpu memory pids\n");
    const CgroupHost host = fake.detect(k_somebody);
    EXPECT_TRUE(host.limits_possible());
    EXPECT_EQ(host.run_directories("7"), std::vector<Path>{fake.path("sys/user.slice/run-1.scope/joust-7")});
}

TEST(CgroupHost, FindsItsBaseAgainAfterHavingMovedOutOfItsWay) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.own_cgroup("0::/run-1.scope/joust-rest\n");
    fake.write("sys/run-1.scope/cgroup.procs", "");
    EXPECT_EQ(fake.detect(k_somebody).run_directories("7"),
              std::vector<Path>{fake.path("sys/run-1.scope/joust-7")});
}

TEST(CgroupHost, NamesTheControllerThatIsNotDelegatedAndHowToGetIt) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.own_cgroup("0::/run-1.scope\n");
    fake.write("sys/run-1.scope/cgroup.procs", "");
    fake.write("sys/run-1.scope/cgroup.controllers", "cpu memory pids\n");
    const CgroupHost host = fake.detect(k_somebody);
    EXPECT_EQ(host.version(), CgroupVersion::v2) << "accounting and killing still work";
    ASSERT_EQ(host.missing().size(), 1U);
    EXPECT_NE(host.missing()[0].find("controller cpuset is not delegated to this user: run as root"),
              std::string::npos)
        << host.missing()[0];
    EXPECT_NE(host.missing()[0].find("systemd-run --user --scope -p Delegate=yes"), std::string::npos);
    EXPECT_EQ(host.limits_possible().error().kind, ErrorKind::unsupported);
}

TEST(CgroupHost, TellsAUserWithoutAGroupHowToGetOne) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.own_cgroup("0::/not/there\n");
    const CgroupHost host = fake.detect(k_somebody);
    EXPECT_EQ(host.version(), std::nullopt);
    EXPECT_NE(host.limits_possible().error().message.find("systemd-run --user --scope -p Delegate=yes"),
              std::string::npos);
}

TEST(CgroupHost, OnVersion1FindsSeparateAndCommonMounts) {
    FakeHost fake;
    fake.mount("cgroup", "sys/cpu,cpuacct", "cpu,cpuacct");
    fake.mount("cgroup", "sys/cpuset", "cpuset");
    fake.mount("cgroup", "sys/memory", "memory");
    fake.mount("cgroup", "sys/freezer", "freezer");
    fake.mount("cgroup2", "sys/unified", "nsdelegate");
    fake.own_cgroup("3:cpu,cpuacct:/a\n2:cpuset:/\n4:memory:/b/c\n0::/\n");
    for (const char* name : {"cpu,cpuacct", "cpuset", "memory"})
        fake.write(Path("sys") / name / "cgroup.procs", "");
    const CgroupHost host = fake.detect(k_root);
    EXPECT_EQ(host.version(), CgroupVersion::v1);
    EXPECT_TRUE(host.limits_possible()) << host.limits_possible().error().message;
    ASSERT_EQ(host.hierarchies().size(), 3U);
    EXPECT_EQ(host.hierarchies()[0].controllers, (std::vector{Controller::cpu, Controller::cpuacct}));
    EXPECT_EQ(host.hierarchies()[0].own, fake.path("sys/cpu,cpuacct/a"));
    EXPECT_EQ(host.hierarchies()[2].own, fake.path("sys/memory/b/c"));
    EXPECT_EQ(host.hierarchies()[2].base, fake.path("sys/memory"));
    EXPECT_EQ(host.for_cpu().hierarchies().size(), 2U);
}

TEST(CgroupHost, OnVersion1NamesTheControllerThatIsNotMounted) {
    FakeHost fake;
    fake.mount("cgroup", "sys/cpu,cpuacct", "cpu,cpuacct");
    fake.mount("cgroup", "sys/cpuset", "cpuset");
    fake.write("sys/cpu,cpuacct/cgroup.procs", "");
    fake.write("sys/cpuset/cgroup.procs", "");
    const CgroupHost host = fake.detect(k_root);
    ASSERT_EQ(host.missing().size(), 1U);
    EXPECT_NE(host.missing()[0].find("controller memory is not mounted"), std::string::npos)
        << host.missing()[0];
}

TEST(CgroupHost, OnVersion1OnlyRootWillDo) {
    FakeHost fake;
    fake.mount("cgroup", "sys/memory", "memory");
    fake.own_cgroup("4:memory:/not/there\n");
    EXPECT_NE(
        fake.detect(k_somebody).limits_possible().error().message.find("only root can use: run as root"),
        std::string::npos);
}

TEST(CgroupHost, InAContainerPathsCountFromWhatIsMounted) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate", "/docker/abc");
    fake.own_cgroup("0::/docker/abc/app\n");
    fake.write("sys/cgroup.procs", "");
    EXPECT_EQ(fake.detect(k_root).hierarchies().at(0).own, fake.path("sys/app"));
}

TEST(CgroupHost, ReadsMountPointsWithSpaces) {
    FakeHost fake;
    fake.write("proc/self/mountinfo",
               "31 23 0:28 / " + fake.path("my\\040sys").string() + " rw - cgroup2 cgroup rw\n");
    fake.write("my sys/cgroup.procs", "");
    EXPECT_EQ(fake.detect(k_root).run_directories("7"), std::vector<Path>{fake.path("my sys/joust-7")});
}

TEST(CgroupHost, WithoutAnyMountSaysSo) {
    const FakeHost fake;
    const CgroupHost host = fake.detect(k_root);
    EXPECT_EQ(name(host.version()), "none");
    EXPECT_NE(host.limits_possible().error().message.find("no cgroups are mounted"), std::string::npos);
}

TEST(CgroupHost, PreparesVersion2ByHandingTheMissingControllersDown) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.write("sys/cgroup.procs", "");
    fake.write("sys/cgroup.controllers", "cpuset cpu io memory pids\n");
    const Path control = fake.write("sys/cgroup.subtree_control", "memory\n");
    ASSERT_TRUE(fake.detect(k_root).prepare());
    EXPECT_TRUE(text_of(control).starts_with("+cpu +cpuset +pids")) << text_of(control);
}

TEST(CgroupHost, MovesTheProcessesOutOfADelegatedGroupFirst) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.own_cgroup("0::/run-1.scope\n");
    fake.write("sys/run-1.scope/cgroup.type", "domain\n");
    fake.write("sys/run-1.scope/cgroup.procs", fmt::format("{}\n", ::getpid()));
    fake.write("sys/run-1.scope/cgroup.controllers", "cpuset cpu memory\n");
    fake.write("sys/run-1.scope/cgroup.subtree_control", "");
    const Path rest = fake.write("sys/run-1.scope/joust-rest/cgroup.procs", "");
    ASSERT_TRUE(fake.detect(k_somebody).prepare());
    EXPECT_EQ(text_of(rest), std::to_string(::getpid()));
}

TEST(CgroupHost, WhatMadeWayGoesBackWithTheLastRun) {
    FakeHost fake;
    const Path base = fake.path("scope");
    const Path procs = fake.write("scope/cgroup.procs", "");
    const Path control = fake.write("scope/cgroup.subtree_control", "cpu memory\n");
    fake.write("scope/cgroup.type", "domain\n");
    fake.write("scope/joust-rest/cgroup.procs", "1234567\n");
    std::filesystem::create_directory(base / "joust-7");
    std::filesystem::create_directory(base / "joust-8");
    ASSERT_TRUE(kill_and_remove_group(base / "joust-7"));
    EXPECT_EQ(text_of(procs), "") << "joust-8 still needs the controllers";
    ASSERT_TRUE(kill_and_remove_group(base / "joust-8"));
    EXPECT_EQ(text_of(procs), "1234567");
    EXPECT_TRUE(text_of(control).starts_with("-cpu -memory")) << text_of(control);
}

TEST(GroupOf, IsWhereTheProcessIsAndNotWhereThisOneIs) {
    FakeHost fake;
    fake.mount("cgroup", "sys/cpu", "cpu");
    fake.mount("cgroup", "sys/memory", "memory");
    fake.mount("cgroup2", "sys/unified", "nsdelegate");
    fake.own_cgroup("3:cpu:/\n4:memory:/\n0::/\n");
    fake.write("proc/77/cgroup", "3:cpu:/docker/abc\n4:memory:/docker/abc\n0::/\n");
    for (const char* name : {"cpu", "memory"})
        fake.write(Path("sys") / name / "docker/abc/cgroup.procs", "77\n");
    const GroupFiles group = must(group_of(77, fake.path("proc")));
    EXPECT_EQ(group.version, CgroupVersion::v1);
    ASSERT_EQ(group.places.size(), 2U);
    EXPECT_EQ(*group.with(Controller::memory), fake.path("sys/memory/docker/abc"));
    EXPECT_EQ(group.pids(), std::vector<pid_t>{77});
}

TEST(GroupOf, OnVersion2HasTheControllersOfTheGroupItself) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.own_cgroup("0::/\n");
    fake.write("proc/77/cgroup", "0::/system.slice/docker-abc.scope\n");
    fake.write("sys/system.slice/docker-abc.scope/cgroup.procs", "77\n");
    fake.write("sys/system.slice/docker-abc.scope/cgroup.controllers", "cpu memory io\n");
    const GroupFiles group = must(group_of(77, fake.path("proc")));
    EXPECT_EQ(group.version, CgroupVersion::v2);
    EXPECT_NE(group.with(Controller::cpu), nullptr);
    EXPECT_EQ(group.with(Controller::cpuset), nullptr);
}

TEST(GroupOf, SaysWhatCannotBeSeenFromHere) {
    FakeHost fake;
    fake.mount("cgroup2", "sys", "nsdelegate");
    fake.own_cgroup("0::/\n");
    fake.write("proc/77/cgroup", "0::/../elsewhere\n");
    const auto group = group_of(77, fake.path("proc"));
    ASSERT_FALSE(group);
    EXPECT_EQ(group.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(group.error().message, ::testing::HasSubstr("of process 77 cannot be seen from here"));
}

}  // namespace
}  // namespace joust::host
