#include "runtime/folder.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "support/rig.hpp"

namespace joust::runtime {
namespace {

TEST(HostFolder, DirectoriesNestedDeeperThanAnyPathAreCountedAndRemoved) {
    test::Rig rig;
    {
        const auto scratch = test::must(HostFolder::make(rig.run(), "a", rig.user()));
        Fd here(::open(scratch.inside().c_str(), O_RDONLY | O_DIRECTORY));
        for (int level = 0; level < 2000; ++level) {
            ASSERT_EQ(::mkdirat(here.get(), "nested", 0755), 0);
            here = Fd(::openat(here.get(), "nested", O_RDONLY | O_DIRECTORY));
        }
        ASSERT_TRUE(Fd(::openat(here.get(), "deepest", O_WRONLY | O_CREAT, 0644)));
        EXPECT_EQ(scratch.count_files(), 1U);
    }
    EXPECT_TRUE(std::filesystem::is_empty(rig.run().directory() / "scratch"));
}

// Whether a folder may be a flag's bearer is its file system's matter: where it takes none from the test
// either, there is none to set.
TEST(HostFolder, FoldersOfTrialsAreLaidApartWhereTheFileSystemCanDoSo) {
    test::Rig rig;
    const auto flags_of = [](const Path& path) {
        const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY));
        int flags = 0;
        return ::ioctl(folder.get(), FS_IOC_GETFLAGS, &flags) == 0 ? std::optional(flags) : std::nullopt;
    };
    const auto can_be_flagged = [&](const Path& path) {
        const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY));
        int flags = flags_of(path).value_or(0) | FS_TOPDIR_FL;
        return ::ioctl(folder.get(), FS_IOC_SETFLAGS, &flags) == 0;
    };
    const auto scratch = test::must(HostFolder::make(rig.run(), "a", rig.user()));
    const int flags = flags_of(rig.run().directory() / "scratch").value_or(0);
    const Path other = rig.run().directory() / "other";
    ASSERT_TRUE(make_directories(other));
    EXPECT_EQ((flags & FS_TOPDIR_FL) != 0, can_be_flagged(other));
}

}  // namespace
}  // namespace joust::runtime
