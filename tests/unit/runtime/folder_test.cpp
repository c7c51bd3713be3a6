#include "runtime/folder.hpp"

#include <fcntl.h>
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

}  // namespace
}  // namespace joust::runtime
