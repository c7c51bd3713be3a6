#include "host/measuring_lock.hpp"

#include <unistd.h>

#include <optional>

#include "support.hpp"

namespace joust::host {
namespace {

using namespace joust::test;

TEST(MeasuringLock, IsOneRunsAtATimeAndNamesItsHolder) {
    const std::string name = "joust-test-" + unique_run();
    std::optional first(must(MeasuringLock::take(name)));
    const Result<MeasuringLock> second = MeasuringLock::take(name);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::timed_out);
    EXPECT_NE(second.error().message.find(fmt::format("process {})", ::getpid())), std::string::npos)
        << second.error().message;
    first.reset();
    EXPECT_TRUE(MeasuringLock::take(name));
}

}  // namespace
}  // namespace joust::host
