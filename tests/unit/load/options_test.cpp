#include "load/options.hpp"

#include <gtest/gtest.h>

namespace joust::load {
namespace {

using namespace std::chrono_literals;

bool allowed(OpenLoop loop) {
    Options options;
    options.schedule = std::move(loop);
    return check(options).has_value();
}

TEST(Options, BoundRatesToWhatCanBeKept) {
    EXPECT_TRUE(allowed(OpenLoop::constant_rate(10'000'000)));
    EXPECT_FALSE(allowed(OpenLoop::constant_rate(10'000'001)));
    EXPECT_FALSE(allowed(OpenLoop::constant_rate(1e18)));  // never came to an end
    EXPECT_TRUE(allowed(OpenLoop::constant_rate(1.0 / 86400)));
    EXPECT_FALSE(allowed(OpenLoop::constant_rate(1e-300)));  // its second request is due never
    EXPECT_TRUE(allowed(OpenLoop::ramp(0, 5, 1s)));
    EXPECT_TRUE(allowed(OpenLoop::ramp(5, 0, 1s)));
    EXPECT_FALSE(allowed(OpenLoop::ramp(1e-300, 5, 1s)));
    EXPECT_FALSE(allowed(OpenLoop::ramp(0, 1e18, 1s)));
    EXPECT_TRUE(allowed(OpenLoop::steps({5, 0, 5}, 1s)));
    EXPECT_FALSE(allowed(OpenLoop::steps({5, 2e7, 5}, 1s)));
}

}  // namespace
}  // namespace joust::load
