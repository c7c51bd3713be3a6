#include "probes/process_probe.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "base/proc.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

/// A process that works all the time, or sleeps; ended with the test.
class Child {
public:
    explicit Child(bool works) : pid_(::fork()) {
        if (pid_ != 0) return;
        for (volatile unsigned spin = 0;;)
            if (works)
                spin = spin + 1;
            else
                ::pause();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { end(); }
    void end() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_;
};

int own_threads() {
    return read_process_stat("/proc/self/stat")->threads;
}

class ProcessProbeTest : public ::testing::Test {
protected:
    void look_at(Nanoseconds time) { probe_.look(start_ + time); }
    model::TrialResult finished() {
        model::TrialResult trial;
        EXPECT_TRUE(probe_.finish(trial));
        return trial;
    }

    std::vector<pid_t> pids_{::getpid()};
    ProcessProbe probe_{[this] { return pids_; }, ::getpid(), {.all = 2, .workers = 1}};
    TimePoint start_ = now();
};

TEST_F(ProcessProbeTest, SeesOneThatIsAwayAtTheEnd) {
    Child worker(false);
    pids_.push_back(worker.pid());
    look_at(0ms);
    look_at(200ms);
    worker.end();
    look_at(400ms);
    const auto found = finished().processes;
    ASSERT_TRUE(found);
    EXPECT_EQ(found->most, 2);
    EXPECT_EQ(found->looks, 3);
    EXPECT_EQ(found->span, 400ms);
    EXPECT_EQ(found->declared, 2);
    ASSERT_THAT(found->seen, SizeIs(2));
    const bool own_first = found->seen[0].first;
    EXPECT_EQ(found->seen[own_first ? 0 : 1].pid, ::getpid());
    EXPECT_EQ(found->seen[own_first ? 1 : 0].looks, 2);
}

TEST_F(ProcessProbeTest, DoesNotCountOneThatASingleLookHasSeen) {
    Child passing(false);
    look_at(0ms);
    pids_.push_back(passing.pid());
    look_at(200ms);
    pids_.pop_back();
    look_at(400ms);
    EXPECT_EQ(finished().processes->most, 1);
}

TEST_F(ProcessProbeTest, CountsTheThreadsThatTwoLooksHaveSeen) {
    const int alone = own_threads();
    std::promise<void> end;
    std::thread other([ended = end.get_future()] { ended.wait(); });
    look_at(0ms);
    end.set_value();
    other.join();
    while (own_threads() > alone)  // the kernel takes it away a moment later
        std::this_thread::yield();
    look_at(200ms);
    look_at(400ms);
    EXPECT_EQ(finished().processes->most_threads, alone) << "a single look has seen more";
    std::promise<void> last;
    std::thread third([ended = last.get_future()] { ended.wait(); });
    look_at(600ms);
    look_at(800ms);
    last.set_value();
    third.join();
    EXPECT_EQ(finished().processes->most_threads, alone + 1);
}

TEST_F(ProcessProbeTest, TellsWhoWorked) {
    const Child worker(true);
    pids_.push_back(worker.pid());
    look_at(0ms);
    std::this_thread::sleep_for(150ms);
    look_at(200ms);
    const auto found = finished().processes;
    ASSERT_THAT(found->seen, SizeIs(2));
    EXPECT_EQ(found->seen[0].pid, worker.pid()) << "the one with the most CPU time is told first";
    EXPECT_GE(found->seen[0].cpu, 50ms);
    EXPECT_LE(found->seen[1].cpu, 40ms) << "what was used before the first look does not count";
    EXPECT_TRUE(found->seen[1].first);
    EXPECT_FALSE(found->seen[0].command.empty());
}

TEST_F(ProcessProbeTest, LooksNoMoreThanFiveTimesASecond) {
    for (int i = 0; i < 20; ++i)
        look_at(i * 50ms);
    EXPECT_EQ(finished().processes->looks, 5);
}

TEST_F(ProcessProbeTest, TellsNothingWhereItLookedOnceOrSawNobody) {
    look_at(0ms);
    EXPECT_FALSE(finished().processes);
    pids_.clear();
    ProcessProbe blind([] { return std::vector<pid_t>(); }, 1, {});
    blind.look(start_);
    blind.look(start_ + 1s);
    model::TrialResult trial;
    ASSERT_TRUE(blind.finish(trial));
    EXPECT_FALSE(trial.processes);
}

}  // namespace
}  // namespace joust::probes
