#include "host/measuring_lock.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <optional>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;
using ::testing::HasSubstr;

/// Forked: a process of another user who has the name, with Joust or without, until it is let go.
class Foreigner {
public:
    enum class By { joust, bind };
    Foreigner(const std::string& name, uid_t uid, By by) {
        int ready[2];
        if (::pipe2(ready, O_CLOEXEC) != 0) std::abort();
        pid_ = ::fork();
        if (pid_ == 0) {
            if (::setresgid(uid, uid, uid) != 0 || ::setresuid(uid, uid, uid) != 0) ::_exit(2);
            std::optional<MeasuringLock> lock;
            if (by == By::joust)
                lock.emplace(must(MeasuringLock::take(name)));
            else
                bind_only(name);
            if (::write(ready[1], "r", 1) != 1) ::_exit(3);
            for (;;)
                ::pause();
        }
        ::close(ready[1]);
        char byte = 0;
        EXPECT_EQ(::read(ready[0], &byte, 1), 1);
        ::close(ready[0]);
    }
    Foreigner(const Foreigner&) = delete;
    Foreigner& operator=(const Foreigner&) = delete;
    ~Foreigner() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    static void bind_only(const std::string& name) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path + 1, name.data(), name.size());
        const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
        if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), length) != 0) ::_exit(4);
    }
    pid_t pid_ = 0;
};

TEST(MeasuringLock, IsOneRunsAtATimeAndNamesItsHolder) {
    const std::string name = "joust-test-" + unique_run();
    std::optional first(must(MeasuringLock::take(name)));
    const Result<MeasuringLock> second = MeasuringLock::take(name);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::timed_out);
    EXPECT_THAT(second.error().message, HasSubstr(fmt::format("process {})", ::getpid())));
    EXPECT_THAT(second.error().message, HasSubstr(current_user().name));
    EXPECT_FALSE(first->warning());
    first.reset();
    EXPECT_TRUE(MeasuringLock::take(name));
    EXPECT_FALSE(std::filesystem::exists("/run/" + name + ".lock"));
}

TEST(MeasuringLock, OfAnotherUserDoesNotKeepRootFromMeasuring) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    for (const auto by : {Foreigner::By::joust, Foreigner::By::bind}) {
        const std::string name = "joust-test-" + unique_run();
        const Foreigner foreigner(name, 54321, by);
        const Result<MeasuringLock> lock = MeasuringLock::take(name);
        ASSERT_TRUE(lock) << lock.error().message;
        ASSERT_TRUE(lock->warning());
        EXPECT_THAT(*lock->warning(), HasSubstr(fmt::format("user 54321 (process {})", foreigner.pid())));
        EXPECT_FALSE(MeasuringLock::take(name)) << "two runs of root's exclude each other all the same";
    }
}

TEST(MeasuringLock, OfRootKeepsOthersFromMeasuringAndSaysWhose) {
    ASSERT_EQ(::geteuid(), 0U) << "this test needs root";
    const std::string name = "joust-test-" + unique_run();
    const MeasuringLock lock = must(MeasuringLock::take(name));
    const std::string expected =
        fmt::format("(process {}) measures on this host, as user 0 (root)", ::getpid());
    EXPECT_EXIT(
        {
            if (::setresgid(54321, 54321, 54321) != 0 || ::setresuid(54321, 54321, 54321) != 0) ::_exit(2);
            const Result<MeasuringLock> other = MeasuringLock::take(name);
            ::_exit(!other && other.error().message.find(expected) != std::string::npos ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace joust::host
