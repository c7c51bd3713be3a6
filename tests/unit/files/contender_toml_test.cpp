#include "files/contender_toml.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace joust::files {

using namespace model;
namespace {

class Manifests : public testing::Test {
protected:
    Path root = Path(testing::TempDir()) / fmt::format("contenders-{}", ::getpid());
    Diagnostics diagnostics;

    void write(const std::string& name, std::string_view text) {
        std::filesystem::create_directories(root / name);
        std::ofstream(root / name / "contender.toml") << text;
    }
    std::string mistakes() const { return diagnostics.empty() ? "" : diagnostics.error().message; }
    void TearDown() override { std::filesystem::remove_all(root); }
};

constexpr std::string_view k_base = R"(name = "base"
title = "Base"
[stack]
workers = 2
[setup]
command = ["./setup.sh"]
[migrate]
command = ["migrate"]
[start]
command = ["serve", "--port", "{port}"]
[start.environment]
A = "1"
B = "2"
[routes]
health = "/health"
io-intensive = "/io"
)";

TEST_F(Manifests, EveryShippedContenderIsRight) {
    for (const char* name : {"fastapi", "fastapi-gunicorn", "django"}) {
        const auto contender = read_contender(Path(JOUST_SOURCE_DIR) / "contenders", name, diagnostics);
        ASSERT_TRUE(contender) << mistakes();
        EXPECT_EQ(contender->stack.workers, 1) << name;
        EXPECT_EQ(contender->healthy_within, std::chrono::seconds(30)) << "unless the manifest says else";
        for (const char* route :
             {"health", "io-intensive", "io-intensive-rows", "users", "products", "orders", "reset"})
            EXPECT_TRUE(contender->routes.contains(route)) << name << " " << route;
    }
}

TEST_F(Manifests, DriversAndConnectionsAreThoseOfTheEngine) {
    const auto fastapi =
        read_contender(Path(JOUST_SOURCE_DIR) / "contenders", "fastapi-gunicorn", diagnostics);
    const auto django = read_contender(Path(JOUST_SOURCE_DIR) / "contenders", "django", diagnostics);
    ASSERT_TRUE(fastapi && django) << mistakes();
    ASSERT_TRUE(fastapi->sqlite_stack && django->sqlite_stack);
    EXPECT_EQ(fastapi->stack.driver, "asyncpg");
    EXPECT_EQ(fastapi->stack.db_connections, 20);
    EXPECT_EQ(fastapi->sqlite_stack->driver, "aiosqlite");
    EXPECT_EQ(fastapi->sqlite_stack->db_connections, 1);
    EXPECT_EQ(fastapi->sqlite_stack->processes, 2) << "from [stack] of the one that extends";
    EXPECT_TRUE(fastapi->sqlite_stack->notes.contains("executor_threads"));
    EXPECT_EQ(django->sqlite_stack->driver, "sqlite3");
    EXPECT_EQ(django->sqlite_stack->db_connections, 4);
}

TEST_F(Manifests, MoreWorkersThanProcessesAreAContradiction) {
    const auto with = [&](const std::string& stack) {
        diagnostics = {};
        write("base", std::string(k_base).replace(k_base.find("workers = 2"), 11, stack));
        read_contender(root, "base", diagnostics);
        return mistakes();
    };
    EXPECT_EQ(with("workers = 4"), "") << "then there are as many processes";
    EXPECT_EQ(with("workers = 4\nprocesses = 5"), "");
    EXPECT_NE(
        with("workers = 4\nprocesses = 1")
            .find(
                "contender.toml:5:13: stack.processes is 1, and stack.workers are 4 of them; write at least "
                "processes = 4, or workers = 1 where one process serves with threads"),
        std::string::npos)
        << mistakes();
    EXPECT_NE(with("workers = 4\n[stack.sqlite]\nprocesses = 2").find("stack.sqlite.processes is 2"),
              std::string::npos)
        << mistakes();
}

TEST_F(Manifests, AnUnknownKeyOfTheSqliteStackIsAMistake) {
    write("base", std::string(k_base) + "[stack.sqlite]\ndrivr = \"sqlite3\"\n");
    EXPECT_FALSE(read_contender(root, "base", diagnostics));
    EXPECT_NE(mistakes().find("drivr"), std::string::npos) << mistakes();
}

TEST_F(Manifests, OneThatExtendsOverridesKeyByKey) {
    write("base", k_base);
    write("child", R"(extends = "base"
name = "child"
[start]
command = ["other"]
healthy_within = "2m"
[start.environment]
B = "3"
)");
    const auto child = read_contender(root, "child", diagnostics);
    ASSERT_TRUE(child) << mistakes();
    EXPECT_EQ(child->title, "Base");
    EXPECT_EQ(child->stack.workers, 2);
    EXPECT_EQ(child->healthy_within, std::chrono::minutes(2));
    EXPECT_EQ(child->start.argv, std::vector<std::string>{"other"});
    EXPECT_EQ(child->start.environment, (std::map<std::string, std::string>{{"A", "1"}, {"B", "3"}}));
    EXPECT_EQ(child->folders, (std::vector<Path>{root / "base", root / "child"})) << "staged in this order";
    EXPECT_EQ(child->route_places.at("io-intensive"), (root / "base/contender.toml").string() + ":16");
}

TEST_F(Manifests, ACircleIsAMistake) {
    write("a", "extends = \"b\"\nname = \"a\"\n");
    write("b", "extends = \"a\"\nname = \"b\"\n");
    EXPECT_FALSE(read_contender(root, "a", diagnostics));
    EXPECT_NE(mistakes().find("extends = \"a\" makes a circle; remove it"), std::string::npos) << mistakes();
}

TEST_F(Manifests, NameMustBeItsFoldersAndPathsStartWithASlash) {
    write("wrong", std::string(k_base) + "users = \"users\"\n");
    EXPECT_FALSE(read_contender(root, "wrong", diagnostics));
    EXPECT_NE(mistakes().find("1:8: name is \"base\"; write \"wrong\""), std::string::npos) << mistakes();
    EXPECT_NE(mistakes().find("17:9: routes.users is users; write a path in quotes that starts with /"),
              std::string::npos)
        << mistakes();
}

TEST_F(Manifests, AnUnknownNameListsThoseThatThereAre) {
    write("base", k_base);
    write("other", k_base);
    std::filesystem::create_directories(root / "no-manifest");
    EXPECT_FALSE(read_contender(root, "nope", diagnostics));
    EXPECT_EQ(mistakes(), root.string() + ": there is no contender \"nope\"; write one of: base, other");
}

TEST_F(Manifests, ExtendingAnUnknownNameHasItsPlace) {
    write("base", k_base);
    write("child", "name = \"child\"\nextends = \"bose\"\n");
    EXPECT_FALSE(read_contender(root, "child", diagnostics));
    EXPECT_NE(mistakes().find(
                  "child/contender.toml:2:11: there is no contender \"bose\"; write one of: base, child"),
              std::string::npos)
        << mistakes();
}

TEST_F(Manifests, NamesLeadToNoOtherFolder) {
    std::filesystem::create_directories(root / "contenders");
    write("evil", k_base);
    EXPECT_FALSE(read_contender(root / "contenders", "../evil", diagnostics));
    EXPECT_NE(mistakes().find("the contender's name is \"../evil\"; write a name of"), std::string::npos)
        << mistakes();
}

TEST_F(Manifests, ExtendsLeadsToNoOtherFolder) {
    write("contenders/a", "extends = \"../evil\"\nname = \"a\"\n");
    write("evil", k_base);
    EXPECT_FALSE(read_contender(root / "contenders", "a", diagnostics));
    EXPECT_NE(mistakes().find("contender.toml:1:11: extends is \"../evil\"; write a name of"),
              std::string::npos)
        << mistakes();
}

TEST_F(Manifests, RoutesHaveNamesAndPathsThatFitIntoOneLine) {
    const std::string base(k_base);
    write("base", base + "\"../x\" = \"/x\"\nblank = \"/a b\"\nsplit = \"/a\\r\\nX: y\"\n");
    EXPECT_FALSE(read_contender(root, "base", diagnostics));
    EXPECT_NE(mistakes().find("the route's name is \"../x\""), std::string::npos) << mistakes();
    EXPECT_NE(mistakes().find("routes.blank is /a b; write a path"), std::string::npos) << mistakes();
    EXPECT_NE(mistakes().find("routes.split is a string"), std::string::npos) << mistakes();
}

TEST_F(Manifests, WordsOfCommandsMayHaveLineBreaksButTitlesMayNot) {
    std::string text(k_base);
    text.replace(text.find("\"serve\""), 7, "\"sh\", \"-c\", \"a\\nb\"");
    write("base", text);
    const auto contender = read_contender(root, "base", diagnostics);
    ASSERT_TRUE(contender) << mistakes();
    EXPECT_EQ(contender->start.argv[2], "a\nb");
    text.replace(text.find("\"Base\""), 6, "\"Ba\\nse\"");
    write("base", text);
    EXPECT_FALSE(read_contender(root, "base", diagnostics));
}

TEST_F(Manifests, FoldersWithoutANameAreNotListed) {
    write("base", k_base);
    write("ev\x1b[2Jil", k_base);
    EXPECT_EQ(contender_names(root), std::vector<std::string>{"base"});
}

}  // namespace
}  // namespace joust::files
