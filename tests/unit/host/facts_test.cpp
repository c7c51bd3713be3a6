#include "host/facts.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

TEST(HostFacts, AreThoseOfThisHost) {
    const TempDirectory place;
    const model::HostFacts facts = read_facts(place.path());
    EXPECT_EQ(facts.kernel,
              must(run_program(shell("printf '%s %s %s' $(uname -s) $(uname -r) $(uname -m)"), 10s)));
    EXPECT_EQ(std::to_string(facts.cpus_online) + "\n",
              must(run_program(shell("getconf _NPROCESSORS_ONLN"), 10s)));
    EXPECT_EQ(std::to_string(facts.cpus_allowed.size()) + "\n", must(run_program(shell("nproc"), 10s)));
    EXPECT_EQ(std::to_string(facts.memory_total.count / 1024) + "\n",
              must(run_program(shell("awk '/^MemTotal/ {print $2}' /proc/meminfo"), 10s)));
    EXPECT_EQ(facts.distribution,
              must(run_program(shell(". /etc/os-release; printf '%s' \"$PRETTY_NAME\""), 10s)));
    EXPECT_EQ(std::to_string(facts.listen_backlog_limit) + "\n", text_of("/proc/sys/net/core/somaxconn"));
    EXPECT_EQ(facts.cgroup_version, name(CgroupHost::detect().version()));
    EXPECT_NE(facts.cpu_model, "");
    EXPECT_NE(facts.clock_source, "unknown");
    EXPECT_GE(facts.load_average_1min, 0);
}

TEST(StorageFacts, TellFileSystemAndTheTimeOfASync) {
    const TempDirectory place;
    const model::StorageFacts facts = read_storage_facts(place.path());
    EXPECT_EQ(facts.directory, place.path().string());
    const std::string type = must(run_program(shell("stat -f -c %T " + place.path().string()), 10s));
    EXPECT_EQ(type.substr(0, 3), facts.file_system.substr(0, 3))
        << "stat says ext2/ext3 for all of its family";
    ASSERT_TRUE(facts.sync_median);
    EXPECT_GT(*facts.sync_median, 0ns);
    EXPECT_TRUE(std::filesystem::is_empty(place.path())) << "nothing is left there";
}

TEST(StorageFacts, SayWhetherExt4HasAJournal) {
    const TempDirectory place;
    const model::StorageFacts facts = read_storage_facts(place.path());
    if (facts.file_system != "ext4") {
        EXPECT_EQ(facts.journal, std::nullopt);
        return;
    }
    // The kernel lists each journal by its device's name and the number of its inode.
    struct stat about{};
    ASSERT_EQ(::stat(place.path().c_str(), &about), 0);
    const Path device = std::filesystem::read_symlink(
        fmt::format("/sys/dev/block/{}:{}", major(about.st_dev), minor(about.st_dev)));
    std::error_code no_journal_at_all;
    bool listed = false;
    for (const auto& journal : std::filesystem::directory_iterator("/proc/fs/jbd2", no_journal_at_all))
        listed = listed || journal.path().filename().string().starts_with(device.filename().string() + "-");
    EXPECT_EQ(facts.journal, listed);
}

TEST(StorageFacts, RecognizeARamDisk) {
    EXPECT_TRUE(read_storage_facts("/dev/shm").in_memory);
    EXPECT_EQ(read_storage_facts("/dev/shm").file_system, "tmpfs");
    EXPECT_FALSE(read_storage_facts("/proc").in_memory);
}

TEST(StorageFacts, OfARamDiskAreNotThoseOfDurableData) {
    const Status checked = check_durable(read_storage_facts("/dev/shm"));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().kind, ErrorKind::unsupported);
    EXPECT_EQ(checked.error().message,
              "/dev/shm lies on a RAM disk (tmpfs), where durability = \"full\" costs nothing; mount a real "
              "disk there, or write durability = \"relaxed\"");
    EXPECT_TRUE(check_durable(read_storage_facts("/proc")));
}

TEST(StorageFacts, OfAPlaceThatCannotBeWrittenHaveNoSyncTime) {
    EXPECT_EQ(read_storage_facts("/no/such/place").sync_median, std::nullopt);
    EXPECT_EQ(read_storage_facts("/no/such/place").file_system, "unknown");
}

}  // namespace
}  // namespace joust::host
