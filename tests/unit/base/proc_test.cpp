#include "base/proc.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

namespace joust {
namespace {

using namespace std::chrono_literals;

/// A folder in the place of /proc.
class MadeUpProc : public testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(root); }
    void TearDown() override { std::filesystem::remove_all(root); }
    void write(const std::string& name, std::string_view text) const {
        std::filesystem::create_directories((root / name).parent_path());
        std::ofstream(root / name) << text;
    }
    Path root = Path(testing::TempDir()) / ("joust_proc_" + std::to_string(::getpid()));
};

TEST(Proc, ReadsAStatWhoseCommandIsMadeToMislead) {
    const auto stat =
        parse_process_stat("42 (a) S 1 2) Z 7 8 9 10 11 12 13 14 15 16 250 50 19 20 21 22 23 24 1234 26");
    ASSERT_TRUE(stat.has_value());
    EXPECT_EQ(stat->state, 'Z');
    EXPECT_TRUE(stat->dead());
    EXPECT_EQ(stat->parent, 7);
    EXPECT_EQ(stat->session, 9);
    EXPECT_EQ(stat->start_ticks, 1234U);
    EXPECT_EQ(stat->threads, 23);
    const auto tick = 1'000'000'000ns / ::sysconf(_SC_CLK_TCK);
    EXPECT_EQ(stat->cpu, (CpuTime{250 * tick, 50 * tick}));
    EXPECT_FALSE(parse_process_stat("42 (short) S 1").has_value());
    EXPECT_FALSE(parse_process_stat("").has_value());
}

TEST(Proc, KnowsThisProcess) {
    const auto stat = read_process_stat(proc_directory(::getpid()) / "stat");
    ASSERT_TRUE(stat.has_value());
    EXPECT_EQ(stat->parent, ::getppid());
    EXPECT_FALSE(stat->dead());
    const std::vector<pid_t> all = numbered_entries("/proc");
    EXPECT_NE(std::find(all.begin(), all.end(), ::getpid()), all.end());
}

TEST(Proc, TellsASchedulersAccountOfZeroFromNone) {
    EXPECT_EQ(parse_schedstat("0 0 0\n"), SchedulerAccount{});
    EXPECT_EQ(parse_schedstat("12 34 5\n"), (SchedulerAccount{12ns, 34ns}));
    EXPECT_EQ(parse_schedstat("12"), std::nullopt);
    EXPECT_EQ(parse_schedstat(""), std::nullopt);
    EXPECT_EQ(SchedulerFile("/proc/self/nothing").read(), std::nullopt);
    EXPECT_EQ(SchedulerFile("/proc/self").read(), std::nullopt);  // opens, but cannot be read
}

TEST_F(MadeUpProc, LeavesEmptyWhatAThreadsFilesDoNotTell) {
    write("5/task/6/stat", "6 (x) R 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20");
    write("5/task/6/status", "Name:\tx\n");
    auto counters = read_thread(5, 6, root);
    ASSERT_TRUE(counters.has_value());
    EXPECT_EQ(counters->account, std::nullopt);
    EXPECT_EQ(counters->voluntary_switches, std::nullopt);
    write("5/task/6/schedstat", "70 80 1\n");
    write("5/task/6/status", "voluntary_ctxt_switches:\t3\nnonvoluntary_ctxt_switches:\t4\n");
    counters = read_thread(5, 6, root);
    EXPECT_EQ(counters->account, (SchedulerAccount{70ns, 80ns}));
    EXPECT_EQ(counters->voluntary_switches, 3U);
    EXPECT_EQ(counters->involuntary_switches, 4U);
    EXPECT_FALSE(read_thread(5, 7, root).has_value());
}

TEST_F(MadeUpProc, SumsTheTimeOfTheCpusAsked) {
    write("stat",
          "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 2 3 4 5 6 7 8 1 0\ncpu1 10 20 30 40 50 60 70 80 9 0\n"
          "cpu2 1 2 3 4\ncpu10 5 5 5 5 5 5 5 5\nintr 5\n");
    const auto tick = 1'000'000'000ns / ::sysconf(_SC_CLK_TCK);
    EXPECT_EQ(read_cpu_time({0}, root), (TimeOfCpus{{3 * tick, 3 * tick}, 8 * tick, 36 * tick}));
    EXPECT_EQ(read_cpu_time({0, 1}, root), (TimeOfCpus{{33 * tick, 33 * tick}, 88 * tick, 396 * tick}));
    EXPECT_EQ(read_cpu_time({2}, root), std::nullopt) << "a line that is not whole";
    EXPECT_EQ(read_cpu_time({3}, root), std::nullopt);
    EXPECT_EQ(read_cpu_time({0}, root / "nothing"), std::nullopt);
}

TEST_F(MadeUpProc, CountsTheTicksThatOtherGuestsTook) {
    write("stat", "cpu  10 20 30 40 50 60 70 80 900 900\ncpu0 1 2 3 4\n");
    EXPECT_EQ(read_host_ticks(root), (HostTicks{.all = 360, .stolen = 80}));
    write("stat", "cpu  10 20 30 40\n");
    EXPECT_EQ(read_host_ticks(root), std::nullopt);
    EXPECT_EQ(read_host_ticks(root / "nothing"), std::nullopt);
    EXPECT_GT(read_host_ticks().value().all, 0U);
}

TEST(Proc, ReadsTheRangeOfLocalPorts) {
    EXPECT_EQ(parse_port_range("32768\t60999\n"), (PortRange{32768, 60999}));
    EXPECT_EQ(parse_port_range("1024 1024"), (PortRange{1024, 1024}));
    for (const std::string_view wrong : {"", "32768", "60999 32768", "1 65536", "a b", "1 2 3", "1-2"})
        EXPECT_EQ(parse_port_range(wrong), std::nullopt) << wrong;
    EXPECT_TRUE(read_port_range().has_value());
}

TEST(Proc, FindsWhoHoldsASocket) {
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const std::string link =
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(socket.get())).string();
    EXPECT_EQ(find_holder({link}), ::getpid());
    EXPECT_EQ(find_holder({"socket:[nothing]"}), std::nullopt);
}

}  // namespace
}  // namespace joust
