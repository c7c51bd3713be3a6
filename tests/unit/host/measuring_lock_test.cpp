#include "host/measuring_lock.hpp"

#include <unistd.h>

#include <optional>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

TEST(MeasuringLock, IsOneRunsAtATimeAndNamesItsHolder) {
    const std::string name = "joust-test-" + unique_run();
    std::optional first(must(MeasuringLock::take(0s, name)));
    const Result<MeasuringLock> second = MeasuringLock::take(50ms, name);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::unsupported);
    EXPECT_NE(second.error().message.find(fmt::format("process {})", ::getpid())), std::string::npos)
        << second.error().message;
    first.reset();
    EXPECT_TRUE(MeasuringLock::take(0s, name));
}

TEST(MeasuringLock, IsWaitedFor) {
    const std::string name = "joust-test-" + unique_run();
    std::optional first(must(MeasuringLock::take(0s, name)));
    std::thread other([&] {
        std::this_thread::sleep_for(200ms);
        first.reset();
    });
    EXPECT_TRUE(MeasuringLock::take(60s, name));
    other.join();
}

}  // namespace
}  // namespace joust::host
