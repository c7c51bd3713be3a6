#include "host/file_watch.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.hpp"

namespace joust::host {
namespace {

using ::testing::HasSubstr;

enum class Reading { whole, none, mapped };

/// A file as the contract has it, but for how it is read.
void work_with(const Path& path, Reading how = Reading::whole) {
    const std::string text(1000, 'x');
    const Fd made(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    ASSERT_EQ(::write(made.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    if (how != Reading::none) {
        const Fd again(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        std::string read(text.size(), '\0');
        if (how == Reading::whole) {
            ASSERT_EQ(::read(again.get(), read.data(), read.size()), static_cast<ssize_t>(text.size()));
        } else {
            void* const mapped = ::mmap(nullptr, text.size(), PROT_READ, MAP_PRIVATE, again.get(), 0);
            ASSERT_NE(mapped, MAP_FAILED);
            EXPECT_EQ(*static_cast<const char*>(mapped), 'x');
            ::munmap(mapped, text.size());
        }
    }
    ASSERT_EQ(::unlink(path.c_str()), 0);
}

/// A file that gets its name when it is whole.
void work_with_linked(const Path& folder, const Path& path) {
    const std::string text(1000, 'x');
    {
        const Fd made(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
        ASSERT_EQ(::write(made.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
        const std::string there = "/proc/self/fd/" + std::to_string(made.get());
        ASSERT_EQ(::linkat(AT_FDCWD, there.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW), 0);
    }
    const Fd again(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string read(text.size(), '\0');
    ASSERT_EQ(::read(again.get(), read.data(), read.size()), static_cast<ssize_t>(text.size()));
    ASSERT_EQ(::unlink(path.c_str()), 0);
}

/// So many folders in each other, by the deepest.
Path nested(Path top, int levels) {
    for (int i = 0; i < levels; ++i)
        top /= "d";
    std::filesystem::create_directories(top);
    return top;
}

class FileWatchOf : public ::testing::Test {
protected:
    const test::TempDirectory folder_;
    FileWatch watch_ = test::must(FileWatch::make(folder_.path()));
};

TEST_F(FileWatchOf, CountsWhatIsDoneToRealFiles) {
    ASSERT_TRUE(watch_.begin());
    for (int i = 0; i < 100; ++i)
        work_with(folder_.path() / std::to_string(i));
    EXPECT_EQ(test::must(watch_.end()), (FileCounts{100, 100, 100, 0, 100}));
}

TEST_F(FileWatchOf, TellsReadingFromNoneAndFromAMapping) {
    ASSERT_TRUE(watch_.begin());
    work_with(folder_.path() / "a", Reading::none);
    EXPECT_EQ(test::must(watch_.end()), (FileCounts{1, 1, 0, 0, 1}));
    ASSERT_TRUE(watch_.begin());
    work_with(folder_.path() / "a", Reading::mapped);
    EXPECT_EQ(test::must(watch_.end()), (FileCounts{1, 1, 0, 1, 1}));
}

TEST_F(FileWatchOf, CountsFilesThatAreLinkedToTheirNames) {
    ASSERT_TRUE(watch_.begin());
    for (int i = 0; i < 100; ++i)
        work_with_linked(folder_.path(), folder_.path() / std::to_string(i));
    EXPECT_EQ(test::must(watch_.end()), (FileCounts{100, 100, 100, 0, 100}));
}

TEST_F(FileWatchOf, SaysWhichLimitItsFoldersAreBeyond) {
    nested(folder_.path(), 25);
    const Status deep = watch_.begin();
    ASSERT_FALSE(deep);
    EXPECT_THAT(deep.error().message, HasSubstr("nested deeper than is watched (20 levels)"));
    std::filesystem::remove_all(folder_.path() / "d");
    for (int i = 0; i < 1001; ++i)
        std::filesystem::create_directory(folder_.path() / std::to_string(i));
    const Status many = watch_.begin();
    ASSERT_FALSE(many);
    EXPECT_THAT(many.error().message, HasSubstr("more folders than are watched (1000)"));
}

// A single call must not keep its maker's files from being counted.
TEST_F(FileWatchOf, SeesWhatIsDoneBeyondItsLimitsByTheWholeTree) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const Path deepest = nested(folder_.path(), 40);
    const test::TempDirectory elsewhere;
    ASSERT_TRUE(watch_.try_out());
    ASSERT_TRUE(watch_.begin());
    EXPECT_EQ(test::must(watch_.end()), FileCounts{}) << "no file at all";
    ASSERT_TRUE(watch_.begin());
    work_with(folder_.path() / "f");
    work_with(deepest / "f");
    work_with(elsewhere.path() / "f");
    EXPECT_EQ(test::must(watch_.end()), (FileCounts{2, 2, 2, 0, 2}));
}

TEST_F(FileWatchOf, SeesNothingOutsideOfASlice) {
    work_with(folder_.path() / "before");
    ASSERT_TRUE(watch_.begin());
    EXPECT_EQ(test::must(watch_.end()), FileCounts{});
    work_with(folder_.path() / "after");
    ASSERT_TRUE(watch_.begin());
    EXPECT_EQ(test::must(watch_.end()), FileCounts{});
}

TEST_F(FileWatchOf, KnowsFilesThatWereThereBefore) {
    std::ofstream(folder_.path() / "old") << "text";
    std::ofstream(folder_.path() / "new") << "text";
    ASSERT_TRUE(watch_.begin());
    std::filesystem::rename(folder_.path() / "new", folder_.path() / "old");
    EXPECT_EQ(test::must(watch_.end()).removed, 1U) << "the one that was there was replaced";
}

TEST_F(FileWatchOf, SeesFilesBelowFoldersThatAreThere) {
    std::filesystem::create_directories(folder_.path() / "a/b");
    ASSERT_TRUE(watch_.begin());
    work_with(folder_.path() / "a/b/f");
    work_with(folder_.path() / "a/f");
    EXPECT_EQ(test::must(watch_.end()), (FileCounts{2, 2, 2, 0, 2}));
}

TEST_F(FileWatchOf, ProvesNothingWhereAFolderAppearedAndKnowsItTheNextTime) {
    ASSERT_TRUE(watch_.begin());
    std::filesystem::create_directory(folder_.path() / "sub");
    work_with(folder_.path() / "sub/f");
    const auto counts = watch_.end();
    ASSERT_FALSE(counts);
    EXPECT_THAT(counts.error().message, HasSubstr("it made a folder meanwhile"));
    ASSERT_TRUE(watch_.begin());
    work_with(folder_.path() / "sub/f");
    EXPECT_EQ(test::must(watch_.end()), (FileCounts{1, 1, 1, 0, 1}));
}

/// Of a request that has a folder of its own.
void work_in_folder(const Path& folder, int files) {
    std::filesystem::create_directory(folder);
    for (int i = 0; i < files; ++i)
        work_with(folder / std::to_string(i));
    ASSERT_TRUE(std::filesystem::remove(folder));
}

class FileWatchOfTree : public FileWatchOf {
protected:
    void SetUp() override {
        ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
        ASSERT_TRUE(watch_.try_out());
        ASSERT_TRUE(watch_.begin());
        EXPECT_FALSE(watch_.better_begun_anew());
        std::filesystem::create_directory(folder_.path() / "first");
        watch_.take();
        EXPECT_TRUE(watch_.better_begun_anew());
        EXPECT_FALSE(watch_.end());
    }
    FileCounts seen() {
        EXPECT_FALSE(watch_.better_begun_anew());
        return test::must(watch_.end());
    }
};

TEST_F(FileWatchOfTree, MissesNothingInFoldersThatComeAndGo) {
    ASSERT_TRUE(watch_.begin());
    for (int i = 0; i < 100; ++i)
        work_in_folder(folder_.path() / "sub", 5);
    for (int i = 0; i < 100; ++i)
        work_in_folder(folder_.path() / std::to_string(i), 0);
    std::filesystem::create_directories(folder_.path() / "a/b");
    work_with(folder_.path() / "a/b/f");
    work_with(folder_.path() / "first/f");
    work_with(folder_.path() / "f");
    EXPECT_EQ(seen(), (FileCounts{503, 503, 503, 0, 503}));
    ASSERT_TRUE(watch_.begin());
    EXPECT_EQ(seen(), FileCounts{});
}

TEST_F(FileWatchOfTree, TellsReadingFromNoneAndFromAMapping) {
    ASSERT_TRUE(watch_.begin());
    work_with(folder_.path() / "a", Reading::none);
    work_with(folder_.path() / "a", Reading::mapped);
    EXPECT_EQ(seen(), (FileCounts{2, 2, 0, 1, 2}));
}

TEST_F(FileWatchOfTree, CountsFilesThatAreLinkedToTheirNames) {
    ASSERT_TRUE(watch_.begin());
    for (int i = 0; i < 100; ++i)
        work_with_linked(folder_.path(), folder_.path() / std::to_string(i));
    EXPECT_EQ(seen(), (FileCounts{100, 100, 100, 0, 100}));
}

TEST_F(FileWatchOfTree, FollowsARenamedFileAndARenamedFolder) {
    ASSERT_TRUE(watch_.begin());
    const Path a = folder_.path() / "a";
    const Path b = folder_.path() / "b";
    std::filesystem::create_directory(a);
    std::ofstream(a / "part") << "text";
    std::filesystem::rename(a / "part", a / "whole");
    std::filesystem::rename(a, b);
    std::string text;
    std::ifstream(b / "whole") >> text;
    std::filesystem::rename(b / "whole", folder_.path() / "whole");
    std::filesystem::remove(folder_.path() / "whole");
    EXPECT_EQ(seen(), (FileCounts{1, 1, 1, 0, 1}));
}

TEST_F(FileWatchOfTree, MindsNeitherFilesElsewhereNorThoseBeforeIt) {
    const test::TempDirectory elsewhere;
    std::ofstream(folder_.path() / "first/old") << "text";
    ASSERT_TRUE(watch_.begin());
    work_in_folder(elsewhere.path() / "sub", 3);
    std::filesystem::remove(folder_.path() / "first/old");
    EXPECT_EQ(seen(), (FileCounts{0, 0, 0, 0, 1}));
}

TEST_F(FileWatchOfTree, ProvesNothingWhereAFolderCameFromElsewhere) {
    const test::TempDirectory elsewhere;
    std::filesystem::create_directories(elsewhere.path() / "a/b");
    ASSERT_TRUE(watch_.begin());
    std::filesystem::rename(elsewhere.path() / "a", folder_.path() / "a");
    EXPECT_FALSE(watch_.end());
}

TEST_F(FileWatchOfTree, ProvesNothingWhereTheQueueWasFull) {
    ASSERT_TRUE(watch_.begin());
    for (int i = 0; i < 20'000; ++i)
        std::ofstream(folder_.path() / std::to_string(i)) << "text";
    const auto counts = watch_.end();
    ASSERT_FALSE(counts);
    EXPECT_THAT(counts.error().message, HasSubstr("more happened to its files than the kernel keeps"));
}

TEST_F(FileWatchOf, ProvesNothingWhereTheQueueWasFull) {
    const Path path = folder_.path() / "f";
    std::ofstream(path) << "text";
    const Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(watch_.begin());
    char byte = 'x';
    for (int i = 0; i < 20'000; ++i) {
        ASSERT_EQ(::pwrite(file.get(), &byte, 1, 0), 1);
        ASSERT_EQ(::pread(file.get(), &byte, 1, 0), 1);
    }
    const auto counts = watch_.end();
    ASSERT_FALSE(counts);
    EXPECT_THAT(counts.error().message, HasSubstr("more happened to its files than the kernel keeps"));
}

TEST_F(FileWatchOf, LosesNothingOfALongSliceThatIsTakenOften) {
    ASSERT_TRUE(watch_.begin());
    for (int i = 0; i < 10'000; ++i) {
        work_with(folder_.path() / std::to_string(i));
        if (i % 1000 == 0) watch_.take();
    }
    EXPECT_EQ(test::must(watch_.end()), (FileCounts{10'000, 10'000, 10'000, 0, 10'000}));
}

TEST_F(FileWatchOf, FollowsNoLink) {
    const test::TempDirectory elsewhere;
    std::filesystem::create_directory_symlink(elsewhere.path(), folder_.path() / "link");
    ASSERT_TRUE(watch_.begin());
    work_with(elsewhere.path() / "f");
    EXPECT_EQ(test::must(watch_.end()), FileCounts{});
}

TEST_F(FileWatchOf, TriesOutAndLeavesNothing) {
    EXPECT_TRUE(watch_.try_out());
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST(FileWatch, OfAFolderThatIsNotThereSaysSo) {
    FileWatch watch = test::must(FileWatch::make("/nonexistent/scratch"));
    const Status begun = watch.begin();
    ASSERT_FALSE(begun);
    EXPECT_THAT(begun.error().message, HasSubstr("cannot be opened"));
    EXPECT_FALSE(watch.try_out());
}

}  // namespace
}  // namespace joust::host
