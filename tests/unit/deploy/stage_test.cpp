#include "deploy/stage.hpp"

#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/venv.hpp"
#include "support/faulty_contender.hpp"

namespace joust::deploy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

mode_t mode_of(const Path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
}

class StageTest : public ::testing::Test {
protected:
    test::Rig rig_;
    test::TempDirectory checkout_;
    model::Contender contender_ = test::faulty_contender();

    /// The contender out of a checkout below a directory that only its owner can enter.
    StageTest() {
        const Path folder = checkout_.path() / "faulty";
        fs::copy(contender_.folders.at(0), folder, fs::copy_options::recursive);
        contender_.folders = {folder};
        fs::permissions(checkout_.path(), fs::perms(0700));
    }
    [[nodiscard]] Result<Staged> try_stage() {
        return stage(contender_, rig_.state_root(), rig_.run(), model::RuntimeKind::process);
    }
    [[nodiscard]] Staged staged() { return test::must(try_stage()); }
    [[nodiscard]] Status set_up_now(const Staged& staged) {
        return set_up(contender_, staged, rig_.run(), log(), {});
    }
    [[nodiscard]] Path log() const { return rig_.logs() / "setup.log"; }
};

TEST_F(StageTest, MakesAPrivateCheckoutReadableAndNotWritable) {
    fs::permissions(contender_.folders[0] / "service.py", fs::perms(0600));
    const Staged copy = staged();
    EXPECT_EQ(mode_of(copy.directory), 0755U);
    EXPECT_EQ(mode_of(copy.directory / "service.py"), 0644U);
    EXPECT_EQ(mode_of(copy.directory / "setup.sh"), 0755U);
    struct stat status{};
    ASSERT_EQ(::stat((copy.directory / "service.py").c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, ::geteuid());
}

TEST_F(StageTest, LeavesBehindWhatACheckoutCollects) {
    checkout_.write("faulty/__pycache__/service.cpython-311.pyc", "x");
    checkout_.write("faulty/.venv/bin/python", "x");
    checkout_.write("faulty/deeper/kept.py", "x");
    checkout_.write("faulty/deeper/__pycache__/kept.pyc", "x");
    const Staged copy = staged();
    EXPECT_FALSE(fs::exists(copy.directory / "__pycache__"));
    EXPECT_FALSE(fs::exists(copy.directory / ".venv"));
    EXPECT_FALSE(fs::exists(copy.directory / "deeper/__pycache__"));
    EXPECT_TRUE(fs::exists(copy.directory / "deeper/kept.py"));
}

TEST_F(StageTest, LaysAnExtendingContenderOverTheOneItExtends) {
    checkout_.write("over/service.py", "print('over')");
    contender_.folders.push_back(checkout_.path() / "over");
    const Staged copy = staged();
    EXPECT_EQ(test::text_of(copy.directory / "service.py"), "print('over')");
    EXPECT_TRUE(fs::exists(copy.directory / "migrate.py"));
}

TEST_F(StageTest, RefusesALinkThatLeadsOutOfTheFolderAndTakesOneThatStaysInIt) {
    const Path secret = checkout_.write("secret", "of root's");
    fs::create_symlink("service.py", contender_.folders[0] / "alias.py");
    EXPECT_EQ(test::text_of(staged().directory / "alias.py"),
              test::text_of(contender_.folders[0] / "service.py"));
    fs::create_symlink(secret, contender_.folders[0] / "data.txt");
    const auto failed = try_stage();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(failed.error().message, HasSubstr("data.txt is a symbolic link to something outside"));
}

TEST_F(StageTest, RefusesThePasswordOfTheDatabaseWhereEveryUserCanReadIt) {
    const model::Contender before = contender_;
    contender_.start.argv.emplace_back("--database={database_url}");
    auto failed = try_stage();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(failed.error().message, HasSubstr("put it into [start.environment]"));
    contender_ = before;
    contender_.migrate.argv.emplace_back("{database_url}");
    failed = try_stage();
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message, HasSubstr("put it into [migrate.environment]"));
}

TEST_F(StageTest, NamesManifestAndKeyOfAnUnknownPlaceholder) {
    contender_.start.argv.emplace_back("--database={databse_url}");
    const auto failed = try_stage();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(failed.error().message, HasSubstr("faulty/contender.toml: start.command has {databse_url}"));
    EXPECT_THAT(failed.error().message, HasSubstr("did you mean {database_url}?"));
}

TEST_F(StageTest, AnotherLockFileMeansAnotherVirtualEnvironment) {
    const Path before = staged().venv;
    checkout_.write("faulty/service.py", "another program");
    EXPECT_EQ(staged().venv, before) << "sources do not count";
    checkout_.write("faulty/requirements.lock", "alpha==9\n");
    const Path after = staged().venv;
    EXPECT_NE(after, before);
    EXPECT_EQ(after.parent_path(), rig_.state_root() / "venvs");
    contender_.setup.argv.emplace_back("--fast");
    EXPECT_NE(staged().venv, after);
}

TEST_F(StageTest, AnotherSourceOfACompiledContenderIsBuiltAnew) {
    checkout_.write("faulty/src/main.cpp", "int main() {}\n");
    const Path before = staged().venv;
    checkout_.write("faulty/src/main.cpp", "int main() { return 1; }\n");
    EXPECT_NE(staged().venv, before);
}

TEST_F(StageTest, SetsUpWithSystemProgramsAndOnlyWhatLeadsToPackages) {
    ::setenv("PIP_INDEX_URL", "http://mirror.example/simple", 1);
    ::setenv("https_proxy", "http://proxy.example", 1);
    ::setenv("PYTHONPATH", "/nowhere", 1);
    ::umask(077);
    const Staged copy = staged();
    const Status done = set_up_now(copy);
    ::umask(022);
    ::unsetenv("PYTHONPATH");
    ASSERT_TRUE(done) << done.error().message;
    const std::string environment = test::text_of(copy.venv / "environment");
    EXPECT_THAT(environment, HasSubstr("PIP_INDEX_URL=http://mirror.example/simple"));
    EXPECT_THAT(environment, HasSubstr("https_proxy=http://proxy.example"));
    EXPECT_THAT(environment, HasSubstr("PATH=/usr/bin:/bin"));
    EXPECT_THAT(environment, HasSubstr("JOUST_VENV=" + copy.venv.string()));
    EXPECT_THAT(environment, Not(HasSubstr("PYTHONPATH")));
    EXPECT_EQ(mode_of(copy.venv / "environment"), 0644U) << "readable whatever the caller's umask";
    EXPECT_EQ(mode_of(copy.venv), 0755U);
    EXPECT_EQ(mode_of(copy.venv.parent_path()), 0755U);
}

TEST_F(StageTest, KeepsAWholeVirtualEnvironmentAndMakesAHalfOneAnew) {
    const Staged copy = staged();
    ASSERT_TRUE(set_up_now(copy));
    ASSERT_TRUE(set_up_now(copy));
    EXPECT_EQ(test::text_of(copy.venv / "made"), "once more\nonce more\n");
    fs::remove(ready_mark(copy.venv));  // as after a set-up that was killed
    ASSERT_TRUE(set_up_now(copy));
    EXPECT_EQ(test::text_of(copy.venv / "made"), "once more\n");
}

TEST_F(StageTest, ShowsWhyASetUpFailedAndTriesFromScratchNextTime) {
    checkout_.write("faulty/requirements.lock", "");
    const Staged copy = staged();
    const Status failed = set_up_now(copy);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::service);
    EXPECT_THAT(failed.error().message, HasSubstr("setting up faulty failed"));
    EXPECT_THAT(failed.error().message, HasSubstr("exited with code 9"));
    EXPECT_THAT(failed.error().message, HasSubstr("no requirements: nothing to install"));
    EXPECT_THAT(failed.error().message, HasSubstr(log().string()));
    EXPECT_FALSE(fs::exists(ready_mark(copy.venv)));
}

TEST_F(StageTest, WaitsForAnotherJoustThatMakesTheSameOne) {
    const Staged copy = staged();
    fs::create_directories(copy.venv.parent_path());
    Fd other(::open(lock_file(copy.venv).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
    int waited = 0;
    // The other one is ready when it has been asked for the third time.
    const Status done = set_up(contender_, copy, rig_.run(), log(), [&] {
        EXPECT_FALSE(waited < 2 && fs::exists(copy.venv));
        if (++waited == 3) other.close();
        return false;
    });
    EXPECT_TRUE(done);
    EXPECT_GE(waited, 3);
    EXPECT_TRUE(fs::exists(copy.venv));
}

TEST_F(StageTest, ASetUpCanBeInterrupted) {
    checkout_.write("faulty/setup.sh", "#!/bin/sh\nsleep 600\n");
    const TimePoint begin = now();
    const Staged copy = staged();
    const Status stopped = set_up(contender_, copy, rig_.run(), log(), [] { return true; });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
    EXPECT_LT(now() - begin, 60s);
    EXPECT_FALSE(fs::exists(ready_mark(copy.venv)));
}

TEST_F(StageTest, RemovesVirtualEnvironmentsThatNobodyUsedForAMonth) {
    const Staged old = staged();
    {
        test::Rig earlier(rig_.state_root());
        ASSERT_TRUE(set_up(contender_, old, earlier.run(), log(), {}));
    }
    checkout_.write("faulty/requirements.lock", "alpha==8\n");
    const Staged recent = staged();
    ASSERT_TRUE(set_up_now(recent));
    EXPECT_TRUE(fs::exists(old.venv)) << "used today";
    fs::last_write_time(ready_mark(old.venv), fs::file_time_type::clock::now() - std::chrono::days(31));
    ASSERT_TRUE(set_up_now(recent));
    EXPECT_FALSE(fs::exists(old.venv));
    EXPECT_FALSE(fs::exists(ready_mark(old.venv)));
    EXPECT_TRUE(fs::exists(recent.venv));
}

TEST_F(StageTest, TheRunThatSetUpAnEnvironmentKeepsItFromBeingRemoved) {
    const Staged used = staged();
    ASSERT_TRUE(set_up_now(used));
    EXPECT_EQ(test::must(remove_venv(used.venv)), VenvFate::used_by_a_run);
    fs::last_write_time(ready_mark(used.venv), fs::file_time_type::clock::now() - std::chrono::days(31));
    remove_old_venvs(contender_.name, used.venv.parent_path() / "another");
    EXPECT_TRUE(fs::exists(used.venv)) << "however long ago that was";
}

TEST_F(StageTest, MigratesAsTheUnprivilegedUserWithTheEnvironmentOfTheStart) {
    const Staged copy = staged();
    const Status done =
        migrate(contender_, copy, {"sqlite:///somewhere"}, rig_.runtime(), rig_.run(), rig_.user(), log());
    ASSERT_TRUE(done) << done.error().message;
    const std::string printed = test::text_of(log());
    EXPECT_THAT(printed,
                HasSubstr(fmt::format("uid {} database sqlite:///somewhere port none", rig_.user().uid)));
    EXPECT_THAT(printed, HasSubstr("writable False scratch True"));
}

TEST_F(StageTest, ShowsWhyAMigrationFailed) {
    const Staged copy = staged();
    const Status failed =
        migrate(contender_, copy, {"refused"}, rig_.runtime(), rig_.run(), rig_.user(), log());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::service);
    EXPECT_THAT(failed.error().message, HasSubstr("migrating the database of faulty failed"));
    EXPECT_THAT(failed.error().message, HasSubstr("no database there"));
}

}  // namespace
}  // namespace joust::deploy
