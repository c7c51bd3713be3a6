#include "host/sync_count.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <sstream>
#include <tuple>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// A Python program that waits for the file "go" in its directory before it does what it has to, makes the
/// file "done" and waits for "end".
class Worker {
public:
    explicit Worker(const std::string& work, const std::string& before = "pass") {
        const Path script =
            place_.write("work.py", R"(import ctypes, mmap, os, signal, sys, threading, time
def wait_for(name):
    while not os.path.exists(name): time.sleep(0.01)
def syncs(count, name):
    with open(name, "w") as file:
        for _ in range(count): file.write("x"); file.flush(); os.fdatasync(file.fileno())
)" + before + "\nopen('ready', 'w'); wait_for('go')\n" +
                                        work + "\nopen('done', 'w'); wait_for('end'); sys.exit(7)\n");
        process_ = must(Process::start({.command = {"python3", script.string()},
                                        .environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}},
                                        .directory = place_.path(),
                                        .log = place_.path() / "log"}));
        EXPECT_TRUE(eventually([&] { return has("ready"); })) << text_of(place_.path() / "log");
    }
    Process& process() { return *process_; }
    [[nodiscard]] pid_t pid() const { return process_->pid(); }
    [[nodiscard]] bool has(const char* file) const { return std::filesystem::exists(place_.path() / file); }
    [[nodiscard]] std::string text(const char* file) const { return text_of(place_.path() / file); }
    void tell(const char* file) const { place_.write(file, ""); }
    void work() const {
        tell("go");
        EXPECT_TRUE(eventually([&] { return has("done"); })) << text_of(place_.path() / "log");
    }
    [[nodiscard]] char state() const {
        const std::string stat = text_of("/proc/" + std::to_string(process_->pid()) + "/stat");
        return stat.at(stat.rfind(')') + 2);
    }
    [[nodiscard]] std::string tracer() const {
        const std::string status = text_of("/proc/" + std::to_string(process_->pid()) + "/status");
        const std::string key = "TracerPid:\t";
        const std::size_t at = status.find(key) + key.size();
        return status.substr(at, status.find('\n', at) - at);
    }

private:
    TempDirectory place_;
    std::optional<Process> process_;
};

SyncCount count_of(Worker& worker) {
    return must(SyncCount::begin({worker.process().pid()}));
}

TEST(SyncCount, CountsEachCallThatMakesAFileDurable) {
    Worker worker(R"(
with open("data", "w+b") as file:
    file.write(b"x" * 8192); file.flush()
    os.fsync(file.fileno()); os.fdatasync(file.fileno())
    libc = ctypes.CDLL(None)
    libc.sync_file_range(file.fileno(), ctypes.c_int64(0), ctypes.c_int64(0), 7)
    mapped = mmap.mmap(file.fileno(), 4096); mapped[0] = 1; mapped.flush()  # msync(MS_SYNC)
    try: os.fsync(987)  # fails
    except OSError: pass
syncs(20, "log")
)");
    SyncCount count = count_of(worker);
    worker.work();
    EXPECT_EQ(must(count.finish()), 24U);
    EXPECT_EQ(worker.tracer(), "0");
}

TEST(SyncCount, CountsThoseOfThreadsAndChildrenOnceEachWhenTheyStartLater) {
    Worker worker(R"(
later = [threading.Thread(target=syncs, args=(10, f"later{i}")) for i in range(4)]
for one in later: one.start()
child = os.fork()
if child == 0:
    thread = threading.Thread(target=syncs, args=(5, "childs")); thread.start(); thread.join()
    syncs(6, "child")
    os._exit(3)
status = os.waitpid(child, 0)[1]
assert os.waitstatus_to_exitcode(status) == 3  # its parent has seen its end
assert os.system("exec python3 -c 'import os; os.fsync(os.open(\"sh\", os.O_CREAT | os.O_RDWR)); exit(4)'") == 4 << 8
for one in [early] + later: one.join()
)",
                  R"(
early = threading.Thread(target=lambda: (wait_for("go"), syncs(7, "early"))); early.start()
)");
    SyncCount count = count_of(worker);
    worker.work();
    EXPECT_EQ(must(count.finish()), 40U + 5 + 6 + 1 + 7);
}

TEST(SyncCount, CountsNothingBeforeAndAfterAndOfNobodyElse) {
    Worker worker("syncs(3, 'a')\nopen('half', 'w'); wait_for('more'); syncs(100, 'b')",
                  "syncs(50, 'early')");
    Worker another("syncs(10, 'c')");
    SyncCount count = count_of(worker);
    worker.tell("go");
    another.work();
    ASSERT_TRUE(eventually([&] { return worker.has("half"); }));
    EXPECT_EQ(must(count.finish()), 3U);
    worker.tell("more");
    ASSERT_TRUE(eventually([&] { return worker.has("done"); }));
    SyncCount again = count_of(worker);
    EXPECT_EQ(must(again.finish()), 0U) << "a second one can follow";
}

// What `joust verify` is to tell of SQLite: a commit that waits for the disk makes the log durable.
TEST(SyncCount, TellsCommitsOfSqliteThatWaitForTheDiskFromThoseThatDoNot) {
    for (const auto& [synchronous, least, most] : {std::tuple("FULL", 40U, 60U), std::tuple("OFF", 0U, 0U)}) {
        Worker worker(
            "for i in range(40): database.execute('INSERT INTO t VALUES (1)')",
            fmt::format("import sqlite3\n"
                        "database = sqlite3.connect('d', isolation_level=None)\n"
                        "database.executescript('PRAGMA journal_mode = WAL; PRAGMA synchronous = {}; "
                        "CREATE TABLE t (i)')",
                        synchronous));
        SyncCount count = count_of(worker);
        worker.work();
        const std::uint64_t syncs = must(count.finish());
        EXPECT_GE(syncs, least) << synchronous;
        EXPECT_LE(syncs, most) << synchronous;
    }
}

TEST(SyncCount, OfSeveralProcessesIsTheirSum) {
    Worker one("syncs(4, 'a')");
    Worker other("syncs(5, 'a')");
    SyncCount count = must(SyncCount::begin({one.process().pid(), other.process().pid()}));
    one.work();
    other.work();
    EXPECT_EQ(must(count.finish()), 9U);
}

TEST(SyncCount, LeavesTheEndOfAProcessToWhoeverStartedIt) {
    Worker ends("syncs(300, 'a')");
    SyncCount count = count_of(ends);
    ends.tell("go");
    bool ran = true;
    while (ran && !ends.has("done"))
        for (int i = 0; i < 100; ++i)
            ran = ran && ends.process().running();
    EXPECT_TRUE(ran) << "it stops at each of its calls, and has not ended";
    ends.tell("end");
    EXPECT_EQ(ends.process().wait_for(10s), (ExitStatus{.code = 7})) << "while it is counted";
    EXPECT_EQ(must(count.finish()), 300U);

    Worker killed("threading.Thread(target=lambda: time.sleep(600)).start(); syncs(2, 'a')");
    SyncCount other = count_of(killed);
    killed.work();
    for (int i = 0; i < 3; ++i)
        killed.process().signal(SIGKILL);
    EXPECT_EQ(killed.process().wait_for(10s), (ExitStatus{.signal = SIGKILL}));
    EXPECT_EQ(must(other.finish()), 2U);
}

TEST(SyncCount, PassesSignalsOnAndLeavesAStoppedProcessStopped) {
    Worker worker("syncs(1, 'a')\nwhile not got: time.sleep(0.01)",
                  "got = []\nsignal.signal(signal.SIGUSR1, lambda *_: got.append(1))");
    SyncCount count = count_of(worker);
    worker.process().signal(SIGSTOP);
    ASSERT_TRUE(eventually([&] { return worker.state() == 't' || worker.state() == 'T'; }));
    worker.tell("go");
    worker.process().signal(SIGUSR1);
    std::this_thread::sleep_for(200ms);
    EXPECT_FALSE(worker.has("done"));
    worker.process().signal(SIGCONT);
    ASSERT_TRUE(eventually([&] { return worker.has("done"); }));
    worker.process().signal(SIGSTOP);
    ASSERT_TRUE(eventually([&] { return worker.state() == 't' || worker.state() == 'T'; }));
    EXPECT_EQ(must(count.finish()), 1U);
    EXPECT_TRUE(eventually([&] { return worker.state() == 'T'; }));
    worker.tell("end");
    worker.process().signal(SIGCONT);
    EXPECT_EQ(worker.process().wait_for(10s), (ExitStatus{.code = 7}));
}

TEST(SyncCount, ThatIsNotFinishedLetsGoAllTheSame) {
    Worker worker("syncs(1, 'a')");
    {
        const SyncCount count = count_of(worker);
        EXPECT_NE(worker.tracer(), "0");
    }
    EXPECT_EQ(worker.tracer(), "0");
    worker.work();
    worker.tell("end");
    EXPECT_EQ(worker.process().wait_for(10s), (ExitStatus{.code = 7}));
}

TEST(SyncCount, SaysWhyItCannotCount) {
    const auto gone = SyncCount::begin({999'999'999});
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().message, "process 999999999 does not exist");
    Worker worker("pass");
    const SyncCount first = count_of(worker);
    const auto second = SyncCount::begin({worker.process().pid()});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::unsupported);
    EXPECT_THAT(second.error().message, HasSubstr("is traced by process"));
}

TEST(SyncCount, OfAProcessThatMayNotBeTracedSaysSo) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(2);
        const auto foreign = SyncCount::begin({1});
        ::_exit(!foreign && foreign.error().kind == ErrorKind::unsupported &&
                        foreign.error().message.find("may not be traced: Operation not permitted") !=
                            std::string::npos
                    ? 0
                    : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST(SyncCount, OfADirectoryLeavesOutFilesThatLieElsewhere) {
    const TempDirectory database;
    const Worker worker(fmt::format("syncs(5, '{}/data'); syncs(7, 'elsewhere')", database.path().string()));
    SyncCount count = must(SyncCount::begin({worker.pid()}, database.path()));
    worker.work();
    EXPECT_EQ(must(count.finish()), 5U);
}

// So an answer that does not wait for a sync comes clearly before it.
TEST(SyncCount, DelaysEachSyncAndTellsWhenItHadEnded) {
    const Worker worker(R"(
with open("data", "w") as file:
    for i in range(3):
        file.write("x"); file.flush(); begun = time.time(); os.fdatasync(file.fileno())
        with open("times", "a") as times: print(begun, time.time(), file=times)
)");
    SyncCount count = must(SyncCount::begin({worker.pid()}, {}, 30ms));
    worker.work();
    EXPECT_EQ(must(count.finish()), 3U);
    std::istringstream times(worker.text("times"));
    for (const WallTime end : count.ends()) {
        const double seconds = std::chrono::duration<double>(end.time_since_epoch()).count();
        double begun = 0;
        double back = 0;
        ASSERT_TRUE(times >> begun >> back);
        EXPECT_GE(seconds - begun, 0.029);
        EXPECT_LE(seconds, back + 0.001) << "its thread went on later";
    }
}

}  // namespace
}  // namespace joust::host
