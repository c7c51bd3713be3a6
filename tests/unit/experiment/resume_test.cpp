#include "experiment/resume.hpp"

#include <gmock/gmock.h>

#include "support/synthetic_trials.hpp"

namespace joust::experiment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::Environment environment() {
    model::Environment made =
        testing::synthetic_environment(testing::benchmark_of({"fastapi", "django"}, {4}, 1));
    made.benchmark_sha256 = "b1";
    made.program_sha256 = "p1";
    made.users_separated = true;
    made.engine = model::EngineFacts{"20.10.24", "overlay2", "systemd"};
    for (model::ContenderFacts& contender : made.contenders) {
        contender.source_sha256 = "s1";
        contender.lock_sha256 = "l1";
        contender.versions = {{"django", "4.2"}};
    }
    return made;
}

struct Change {
    const char* told;
    void (*make)(model::Environment&);
};

class Differing : public ::testing::TestWithParam<Change> {};

TEST_P(Differing, IsNamed) {
    model::Environment now = environment();
    GetParam().make(now);
    EXPECT_THAT(differences(environment(), now), ElementsAre(GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(
    Differences, Differing,
    ::testing::Values(
        Change{"the version of Joust was 0.1.0 and is 9", [](auto& now) { now.joust_version = "9"; }},
        Change{"Joust's commit was 0123456789abcdef0123456789abcdef01234567 and is ff",
               [](auto& now) { now.git_commit = "ff"; }},
        Change{"Joust's checkout had no changes and has some", [](auto& now) { now.git_dirty = true; }},
        Change{"the program of Joust changed", [](auto& now) { now.program_sha256 = "p2"; }},
        Change{"contenders had users of their own and run as the one who called Joust",
               [](auto& now) { now.users_separated = false; }},
        Change{"the Docker engine was 20.10.24 and is 29",
               [](auto& now) { now.engine = model::EngineFacts{"29", "overlay2", "systemd"}; }},
        Change{"the file of JOUST_STEAL_FILE was none and is /run/x",
               [](auto& now) { now.added_steal_file = "/run/x"; }},
        Change{"benchmark.toml changed", [](auto& now) { now.benchmark_sha256 = "b2"; }},
        Change{"the kernel was Linux 6.1.0-18-amd64 x86_64 and is Linux 7",
               [](auto& now) { now.host.kernel = "Linux 7"; }},
        Change{"the CPUs that Joust may use was 0,1,2,3 and is 0,1",
               [](auto& now) { now.host.cpus_allowed = {0, 1}; }},
        Change{"the virtualisation was kvm and is none", [](auto& now) { now.host.virtualisation.reset(); }},
        Change{"the database's version was 15.6 and is 17", [](auto& now) { now.database.version = "17"; }},
        Change{"the sources of fastapi changed", [](auto& now) { now.contenders[0].source_sha256 = "s2"; }},
        Change{"the lock file of django changed", [](auto& now) { now.contenders[1].lock_sha256 = "l2"; }},
        Change{"django of django was 4.2 and is 5",
               [](auto& now) { now.contenders[1].versions["django"] = "5"; }}));

TEST(Differences, AreAllNamed) {
    model::Environment now = environment();
    now.joust_version = "9";
    now.contenders[0].source_sha256 = "s2";
    EXPECT_EQ(differences(environment(), now).size(), 2U);
}

TEST(Differences, DoNotCountWhatChangesAllTheTime) {
    model::Environment now = environment();
    now.host.load_average_1min = 7;
    now.host.storage.sync_median = std::chrono::milliseconds(9);
    now.started += std::chrono::hours(1);
    now.command_line = {"joust", "run", "--resume", "results/latest"};
    EXPECT_THAT(differences(environment(), now), IsEmpty());
}

TEST(Differences, DoNotCountWhatIsNotKnownYetOrWasNotRecorded) {
    model::Environment now;
    now.joust_version = environment().joust_version;
    now.git_commit = environment().git_commit;
    EXPECT_THAT(differences(environment(), now), IsEmpty());
}

}  // namespace
}  // namespace joust::experiment
