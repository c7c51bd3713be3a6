#include "runtime/docker_runtime.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace joust::runtime {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::Not;

const ContainerSpec k_spec{
    .name = "joust-1-database-2", .run = "1", .environment_file = "/run/joust/1.env", .open_files = 20'000};

Program program() {
    return {.command = {"/opt/venv/bin/serve", "--port", "8000"},
            .environment = {{"DATABASE_URL", "postgresql://a:secret@127.0.0.1/a"}},
            .directory = "/srv/contender",
            .user = host::User{.name = "a", .uid = 59'001, .gid = 59'002, .groups = {}},
            .image = "sha256:abc",
            .shared = {"/var/lib/joust/sqlite/a"}};
}

// The value that follows a flag; "" if there is none.
std::string after(const std::vector<std::string>& words, const std::string& flag) {
    const auto found = std::find(words.begin(), words.end(), flag);
    return found == words.end() || found + 1 == words.end() ? "" : *(found + 1);
}

TEST(ContainerWords, EndWithTheImageAndTheProgramsOwnWords) {
    const auto words = container_words(program(), {.name = "database", .limits = {}, .cpu = {}}, k_spec);
    const std::vector<std::string> end(words.end() - 5, words.end());
    EXPECT_EQ(end, (std::vector<std::string>{"--entrypoint", "/opt/venv/bin/serve", "sha256:abc", "--port",
                                             "8000"}));
}

TEST(ContainerWords, TakeAwayWhatAServiceDoesNotNeed) {
    const auto words = container_words(program(), {.name = "database", .limits = {}, .cpu = {}}, k_spec);
    EXPECT_EQ(after(words, "--user"), "59001:59002");
    EXPECT_EQ(after(words, "--cap-drop"), "ALL");
    EXPECT_EQ(after(words, "--security-opt"), "no-new-privileges");
    EXPECT_EQ(after(words, "--network"), "host");
    EXPECT_EQ(after(words, "--label"), "joust.run=1");
    EXPECT_EQ(after(words, "--mount"),
              "type=bind,source=/var/lib/joust/sqlite/a,target=/var/lib/joust/sqlite/a");
    EXPECT_EQ(after(words, "--ulimit"), "nofile=20000:20000");
}

// Every user of a host can read the words of a command.
TEST(ContainerWords, HoldNoPassword) {
    const auto words = container_words(program(), {.name = "database", .limits = {}, .cpu = {}}, k_spec);
    EXPECT_THAT(words, Not(Contains(::testing::HasSubstr("secret"))));
    EXPECT_EQ(after(words, "--env-file"), "/run/joust/1.env");
}

TEST(ContainerWords, LimitByWholeCpusWhereThereIsAnSetAndNeverBySwap) {
    const auto words = container_words(program(),
                                       {.name = "database",
                                        .limits = model::Limits{.cpus = 1, .memory = Bytes{2ULL << 30U}},
                                        .cpu = host::CpuShare{.cpus = {2, 3}, .quota = {}, .weight = 200}},
                                       k_spec);
    EXPECT_EQ(after(words, "--cpuset-cpus"), "2-3");
    EXPECT_EQ(after(words, "--cpu-shares"), "2048");
    EXPECT_EQ(after(words, "--memory"), "2147483648");
    EXPECT_EQ(after(words, "--memory-swap"), "2147483648") << "memory and swap together";
    EXPECT_THAT(words, Not(Contains("--cpus")));
}

TEST(ContainerWords, LimitByAQuotaWhereASetDoesNotLimitEnough) {
    const model::Limits limits{.cpus = 0.5, .memory = Bytes{1ULL << 30U}};
    EXPECT_EQ(after(container_words(program(), {.name = "a", .limits = limits, .cpu = {}}, k_spec), "--cpus"),
              "0.500");
    const auto shared = container_words(
        program(),
        {.name = "a", .limits = limits, .cpu = host::CpuShare{.cpus = {0}, .quota = 0.25, .weight = 100}},
        k_spec);
    EXPECT_EQ(after(shared, "--cpus"), "0.250");
}

TEST(ContainerWords, WithoutLimitsHaveNone) {
    const auto words = container_words(program(), {.name = "a", .limits = {}, .cpu = {}}, k_spec);
    for (const char* flag : {"--memory", "--memory-swap", "--cpus", "--cpuset-cpus", "--cpu-shares"})
        EXPECT_THAT(words, Not(Contains(flag)));
}

}  // namespace
}  // namespace joust::runtime
