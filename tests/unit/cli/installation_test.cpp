#include "cli/installation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/host/support.hpp"

namespace joust::cli {
namespace {

using testing::HasSubstr;

const std::string k_commit = "0123456789abcdef0123456789abcdef01234567";

class FindInstallation : public testing::Test {
protected:
    Path tree(const Path& name) const {
        for (const char* const folder : {"benchmarks", "workloads", "contenders"})
            std::filesystem::create_directories(place.path() / name / folder);
        return place.path() / name;
    }
    Path folder(const Path& name) const {
        std::filesystem::create_directories(place.path() / name);
        return place.path() / name;
    }

    const test::TempDirectory place;
    const Path program = folder("usr/bin") / "joust";
};

TEST_F(FindInstallation, the_checkout_around_the_working_directory_wins) {
    const Path checkout = tree("checkout");
    tree("usr/share/joust");
    const auto found = find_installation(folder("checkout/src/deep"), program);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->root, checkout);
    EXPECT_EQ(found->results, checkout / "results");
    EXPECT_FALSE(found->installed);
}

TEST_F(FindInstallation, then_comes_the_checkout_around_the_program) {
    const Path checkout = tree("checkout");
    const auto found = find_installation(folder("elsewhere"), folder("checkout/build/release") / "joust");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->root, checkout);
    EXPECT_EQ(found->results, checkout / "results") << "as today, wherever it is called from";
}

TEST_F(FindInstallation, then_share_joust_of_the_programs_prefix_with_results_where_the_user_stands) {
    const Path shared = tree("usr/share/joust");
    const auto found = find_installation(folder("elsewhere"), program);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->root, shared);
    EXPECT_EQ(found->results, place.path() / "elsewhere/results");
    EXPECT_TRUE(found->installed);
}

TEST_F(FindInstallation, nothing_is_written_into_share_joust_from_within_it_either) {
    tree("usr/share/joust");
    const Path inside = folder("usr/share/joust/contenders/django");
    const auto found = find_installation(inside, program);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->installed);
    EXPECT_EQ(found->results, inside / "results");
}

TEST_F(FindInstallation, a_tree_that_lacks_a_folder_is_passed_over) {
    const Path checkout = tree("checkout");
    folder("checkout/part/benchmarks");
    folder("checkout/part/workloads");
    EXPECT_EQ(find_installation(place.path() / "checkout/part", program)->root, checkout);
}

TEST_F(FindInstallation, where_there_is_none_the_error_names_the_places_and_both_remedies) {
    const auto found = find_installation(folder("elsewhere"), program);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::bad_input);
    for (const std::string& said : {(place.path() / "usr/share/joust").string(), std::string("checkout"),
                                    std::string("cmake --install")})
        EXPECT_THAT(found.error().message, HasSubstr(said));
}

TEST_F(FindInstallation, an_installed_tree_says_the_commit_that_it_was_made_of) {
    tree("usr/share/joust");
    const Installation installation = *find_installation(folder("elsewhere"), program);
    EXPECT_EQ(commit_of(installation), "") << "made of no checkout";

    place.write("usr/share/joust/commit", k_commit + "\n");
    EXPECT_EQ(about(installation, {}).git_commit, k_commit);
    EXPECT_FALSE(about(installation, {}).git_dirty);

    place.write("usr/share/joust/commit", k_commit + " changed\n");
    EXPECT_EQ(about(installation, {}).git_commit, k_commit);
    EXPECT_TRUE(about(installation, {}).git_dirty);

    place.write("usr/share/joust/commit", "; rm -rf /\n");
    EXPECT_EQ(about(installation, {}).git_commit, "");
}

TEST(About, NamesTheFileOfAnExperimentOnStealSoThatNoRunHidesIt) {
    const Installation installation{.root = ::testing::TempDir(), .installed = false};
    ::unsetenv("JOUST_STEAL_FILE");
    EXPECT_EQ(about(installation, {}).added_steal_file, std::nullopt);
    ::setenv("JOUST_STEAL_FILE", "/run/injected", 1);
    EXPECT_EQ(about(installation, {}).added_steal_file, "/run/injected");
    ::setenv("JOUST_STEAL_FILE", "", 1);
    EXPECT_EQ(about(installation, {}).added_steal_file, std::nullopt);
    ::unsetenv("JOUST_STEAL_FILE");
}

TEST(DockerBases, AreOfThisHostsReleaseSoThatBothRuntimesHaveTheSameVersions) {
    ::unsetenv("JOUST_DOCKER_BASE");
    test::TempDirectory place;
    const auto bases = [&](const std::string& os_release) {
        return docker_bases(place.write("os-release", os_release));
    };
    const std::vector<std::string> trixie = {"joust/base:trixie", "debian:trixie-slim"};
    const std::vector<std::string> bookworm = {"joust/base:bookworm", "debian:bookworm-slim"};
    EXPECT_EQ(bases("VERSION_CODENAME=trixie\nID=debian\n"), trixie);
    EXPECT_EQ(bases("ID=debian\nVERSION_CODENAME=bookworm\n"), bookworm);
    EXPECT_EQ(bases("ID=ubuntu\nVERSION_CODENAME=noble\n"), bookworm);
    EXPECT_EQ(bases("ID=notdebian\nVERSION_CODENAME=trixie\n"), bookworm);
    EXPECT_EQ(docker_bases(place.path() / "missing"), bookworm);
    ::setenv("JOUST_DOCKER_BASE", "mine:1", 1);
    EXPECT_EQ(bases("ID=debian\nVERSION_CODENAME=trixie\n"), std::vector<std::string>{"mine:1"});
    ::unsetenv("JOUST_DOCKER_BASE");
}

}  // namespace
}  // namespace joust::cli
