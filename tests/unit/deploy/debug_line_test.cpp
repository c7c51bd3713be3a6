#include "deploy/debug_line.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "unit/host/support.hpp"

namespace joust::deploy {
namespace {

class DebugLine : public ::testing::Test {
protected:
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((folder_.path() / name).parent_path());
        std::ofstream(folder_.path() / name) << text;
    }
    // "project/settings.py 3", or "" without one.
    [[nodiscard]] std::string found() const {
        const auto line = debug_line(folder_.path());
        return line ? fmt::format("{} {}", line->file, line->line) : "";
    }
    [[nodiscard]] std::string found_in(const std::string& text) const {
        write("settings.py", text);
        return found();
    }
    test::TempDirectory folder_;
};

TEST_F(DebugLine, IsFoundBelowTheFolderByItsNumber) {
    write("app.py", "import django\n");
    write("project/settings.py", "import os\n\nDEBUG = True  # for now\n");
    EXPECT_EQ(found(), "project/settings.py 3");
}

TEST_F(DebugLine, IsOneThatSetsDebugToTrue) {
    EXPECT_EQ(found_in("DEBUG = True\n"), "settings.py 1");
    EXPECT_EQ(found_in("DEBUG=True"), "settings.py 1");
    EXPECT_EQ(found_in("DEBUG: bool = True\r\n"), "settings.py 1");
    EXPECT_EQ(found_in("class Config:\n    DEBUG = True\n"), "settings.py 2");
    for (const char* other :
         {"DEBUG = False\n", "# DEBUG = True\n", "DEBUG == True\n", "DEBUG = Trueish\n", "NO_DEBUG = True\n",
          "DEBUGGER = True\n", "DEBUG = os.environ.get('DEBUG') == 'True'\n", "DEBUG:", "DEBUG", ""})
        EXPECT_EQ(found_in(other), "") << other;
}

TEST_F(DebugLine, IsTheLastOfAFileThatCounts) {
    EXPECT_EQ(found_in("DEBUG = False\nDEBUG = True\n"), "settings.py 2");
    EXPECT_EQ(found_in("DEBUG = True\nDEBUG = False\n"), "");
    EXPECT_EQ(found_in("DEBUG = False\nif LOCAL:\n    DEBUG = True\n"), "") << "it may be another's";
    EXPECT_EQ(found_in("class A:\n    DEBUG = True\nclass B:\n    DEBUG = False\n"), "");
}

TEST_F(DebugLine, IsNotToldWhereAnotherFileSaysOtherwise) {
    write("settings/local.py", "DEBUG = True\n");
    EXPECT_EQ(found(), "settings/local.py 1");
    write("settings/production.py", "DEBUG = False\n");
    EXPECT_EQ(found(), "");
}

TEST_F(DebugLine, IsLookedForInRegularPythonFilesOfItsOwn) {
    const test::TempDirectory elsewhere;
    std::ofstream(elsewhere.path() / "settings.py") << "DEBUG = True\n";
    std::filesystem::create_symlink(elsewhere.path() / "settings.py", folder_.path() / "settings.py");
    std::filesystem::create_directory_symlink(elsewhere.path(), folder_.path() / "project");
    write("env/pyvenv.cfg", "version = 3.11.2\n");
    write("env/lib/settings.py", "DEBUG = True\n");
    write("README.md", "DEBUG = True\n");
    write("long.py", "DEBUG = True\n" + std::string(std::size_t{1} << 20U, '#'));
    EXPECT_EQ(found(), "");
    EXPECT_EQ(debug_line(folder_.path() / "nowhere"), std::nullopt);
}

TEST(DebugLineOfTheContenders, IsNone) {
    for (const char* name : {"django", "fastapi"})
        EXPECT_EQ(debug_line(Path(JOUST_SOURCE_DIR) / "contenders" / name), std::nullopt) << name;
}

}  // namespace
}  // namespace joust::deploy
