#include "probes/storage_probe.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "../host/support.hpp"
#include "host/storage.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

/// A sysfs with one device, which has been busy for `busy_ms`.
void write_device(const Path& sysfs, int busy_ms) {
    std::filesystem::create_directories(sysfs / "8:1");
    std::ofstream(sysfs / "8:1/stat") << "  12 0 96 4 5 6 7 8 0 " << busy_ms << " 99 0 0 0 0 0 0\n";
}

TEST(StorageProbe, ReadsHowLongADeviceWasBusyInTheWindow) {
    const test::TempDirectory sysfs;
    write_device(sysfs.path(), 100);
    EXPECT_EQ(host::busy_times({"8:1"}, sysfs.path()), std::vector<Nanoseconds>{100ms});
    model::TrialResult trial;
    trial.samples.window = 20ms;
    StorageProbe probe({"8:1"}, sysfs.path());
    const TimePoint start = now();
    ASSERT_TRUE(probe.begin(start, start + 20ms));
    ASSERT_TRUE(probe.finish(trial));
    EXPECT_EQ(trial.storage_busy, Nanoseconds{0});
}

TEST(StorageProbe, SaysNothingOfADeviceThatCannotBeRead) {
    const test::TempDirectory sysfs;
    model::TrialResult trial;
    StorageProbe probe({"8:1"}, sysfs.path());
    ASSERT_TRUE(probe.begin(now(), now()));
    ASSERT_TRUE(probe.finish(trial));
    EXPECT_EQ(trial.storage_busy, std::nullopt);
}

TEST(StorageProbe, SaysNothingOfDirectoriesWithoutADevice) {
    EXPECT_TRUE(host::block_devices({"/proc"}).empty());
    model::TrialResult trial;
    StorageProbe probe(host::block_devices({"/proc"}));
    ASSERT_TRUE(probe.begin(now(), now()));
    ASSERT_TRUE(probe.finish(trial));
    EXPECT_EQ(trial.storage_busy, std::nullopt);
}

TEST(StorageProbe, EndsBeforeItsWindowWhereNobodyAsks) {
    StorageProbe probe({"8:1"});
    ASSERT_TRUE(probe.begin(now() + 1h, now() + 2h));
}

}  // namespace
}  // namespace joust::probes
