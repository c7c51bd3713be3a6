#include "cli/render.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "files/environment_json.hpp"

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
    auto environment = files::read_environment(Path(JOUST_SOURCE_DIR) / "docs/examples/seed-ladder");
    ASSERT_TRUE(environment) << environment.error().message;
    environment->git_commit = "0123";
    write("benchmark.toml", k_benchmark);
    write("environment.json", files::environment_json(*environment));
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

// The committed example, made hostile in one place.
class StrangersRun : public Rendering {
protected:
    void SetUp() override {
        std::filesystem::copy(Path(JOUST_SOURCE_DIR) / "docs/examples/seed-ladder", directory,
                              std::filesystem::copy_options::recursive);
    }
    [[nodiscard]] Path proof() const { return directory.string() + "-run"; }
    void replace(const char* file, std::string_view what, std::string_view with) const {
        std::string text = *read_file(directory / file);
        const std::size_t at = text.find(what);
        ASSERT_NE(at, std::string::npos) << what;
        text.replace(at, what.size(), with);
        write(file, text);
    }
};

TEST_F(StrangersRun, IsRefusedWhereAStringWouldBecomeACommand) {
    replace("environment.json", "\"version\": \"15.", "\"version\": \"15\\nsystem \\\"touch x\\\"\\n#.");
    EXPECT_NE(problem().find("\"database.version\" is \"15\\x0Asystem \"touch x\"\\x0A#."), std::string::npos)
        << problem();
}

TEST_F(StrangersRun, IsRefusedWithAContenderThatIsNoName) {
    replace("benchmark.toml", "[\"fastapi\"", "[\"fast\\napi\"");
    EXPECT_NE(problem().find("benchmark.toml:2:"), std::string::npos) << problem();
}

TEST_F(StrangersRun, IsRefusedWithACommitThatIsACommand) {
    replace("environment.json", "\"git_commit\": \"", "\"git_commit\": \"; rm -rf ~ #");
    EXPECT_NE(problem().find("\"git_commit\" is \"; rm -rf"), std::string::npos) << problem();
}

TEST_F(StrangersRun, IsRefusedWhereItsFilesAreLinks) {
    for (const char* file : {"benchmark.toml", "environment.json", "trials.jsonl"}) {
        const Path outside = directory.string() + "-outside";
        std::filesystem::rename(directory / file, outside);
        std::filesystem::create_symlink(outside, directory / file);
        EXPECT_NE(problem().find("links are not followed"), std::string::npos) << problem();
        std::filesystem::remove(directory / file);
        std::filesystem::rename(outside, directory / file);
    }
    EXPECT_EQ(problem(), "");
}

TEST_F(StrangersRun, MakesHarmlessMarkdown) {
    replace("benchmark.toml", "FastAPI vs Django",
            "<img src=x onerror=alert(1)> ![a](http://evil.example/p.png)");
    replace("environment.json", "\"run\",", "\"run\", \"a\\n```\\n<script>x</script>\", \"$(id)\",");
    replace("environment.json", "Debian GNU/Linux 12", "<b>|www.evil.example `x`");
    ASSERT_EQ(problem(), "");
    const std::string text = *read_file(directory / "incremental_benchmark_report.md");
    for (const char* harmful : {"<img", "](http://evil", "<b>", "www.evil", "\n<script", "\n```\n<"})
        EXPECT_EQ(text.find(harmful), std::string::npos) << harmful;
    EXPECT_NE(text.find("joust run $'a\\012```\\012<script>x</script>' '$(id)' --profile"), std::string::npos)
        << text;
}

TEST_F(StrangersRun, OfEarlierVersionsIsReadAsBefore) {
    const std::string before = *read_file(directory / "incremental_benchmark_results.json");
    ASSERT_EQ(problem(), "");
    EXPECT_EQ(*read_file(directory / "incremental_benchmark_results.json"), before);
}

}  // namespace
}  // namespace joust::cli
