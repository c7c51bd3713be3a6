#include "cli/render.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "model/environment_json.hpp"

namespace joust::cli {
namespace {

class Rendering : public testing::Test {
protected:
    Path directory = Path(testing::TempDir()) / fmt::format("render-{}", ::getpid());

    void SetUp() override { std::filesystem::create_directories(directory); }
    void TearDown() override { std::filesystem::remove_all(directory); }
    void write(const char* file, std::string_view text) const { std::ofstream(directory / file) << text; }
    // What keeps the directory from being rendered.
    std::string problem() const {
        const auto rendered = render(directory);
        if (rendered) return "";
        EXPECT_EQ(rendered.error().kind, ErrorKind::bad_input);
        return rendered.error().message;
    }
};

constexpr std::string_view k_benchmark = "name = \"b\"\nworkload = \"w\"\ncontenders = [\"a\"]\n";

TEST_F(Rendering, ADirectoryOfNoRunIsCalledThat) {
    EXPECT_EQ(problem(), directory.string() +
                             " is no run's directory: it has no benchmark.toml; write for example "
                             "results/latest");
    write("benchmark.toml", k_benchmark);
    EXPECT_NE(problem().find("it has no trials.jsonl"), std::string::npos) << problem();
}

TEST_F(Rendering, ARunThatEndedInItsSetUpHasNothingToReport) {
    write("benchmark.toml", k_benchmark);
    write("trials.jsonl", "");
    EXPECT_NE(problem().find("the run ended before its first trial: there is nothing to report"),
              std::string::npos)
        << problem();
}

TEST_F(Rendering, ARunOfAnotherVersionNamesTheOneThatReadsIt) {
    auto environment = model::read_environment(Path(JOUST_SOURCE_DIR) / "docs/examples/seed-ladder");
    ASSERT_TRUE(environment) << environment.error().message;
    environment->git_commit = "0123";
    write("benchmark.toml", k_benchmark);
    write("environment.json", model::environment_json(*environment));
    write("trials.jsonl", "{\"schema_version\": 1}\n");
    const std::string text = problem();
    EXPECT_NE(text.find("trials.jsonl:1: \"index\" is missing"), std::string::npos) << text;
    EXPECT_NE(text.find("The run was written by another version of joust: environment.json names joust "),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("commit 0123"), std::string::npos) << text;
    EXPECT_NE(text.find("`joust report` of that commit reads it"), std::string::npos) << text;
}

TEST_F(Rendering, AnEnvironmentOfAnotherVersionIsToldTheSameWay) {
    write("benchmark.toml", k_benchmark);
    write("environment.json", "{\"schema_version\": 1, \"git_commit\": \"0123\"}");
    write("trials.jsonl", "{\"schema_version\": 1}\n");
    const std::string text = problem();
    EXPECT_NE(text.find("\"started_unix_ns\" is missing"), std::string::npos) << text;
    EXPECT_NE(text.find("commit 0123"), std::string::npos) << text;
}

}  // namespace
}  // namespace joust::cli
