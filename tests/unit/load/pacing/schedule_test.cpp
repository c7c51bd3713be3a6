#include "load/pacing/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace joust::load {
namespace {

using namespace std::chrono_literals;

RateCurve curve_of(const OpenLoop& loop) {
    return RateCurve::create(loop.segments).value();
}

std::vector<double> due_times(DueTimes due, std::size_t count) {
    std::vector<double> all;
    for (; all.size() < count && due.current(); due.advance())
        all.push_back(seconds(*due.current()));
    return all;
}

TEST(RateCurve, AtAConstantRateHasNoDrift) {
    const RateCurve curve = curve_of(OpenLoop::constant_rate(3));
    EXPECT_EQ(curve.due(0), 0ns);
    EXPECT_EQ(curve.due(1), 333333333ns);
    EXPECT_EQ(curve.due(3e9), 1'000'000'000s);   // after thirty years still on the nanosecond
    EXPECT_EQ(curve.due(1e18), 3'000'000'000s);  // never comes
}

TEST(RateCurve, RampsByTheSquareRoot) {
    const RateCurve curve = curve_of(OpenLoop::ramp(0, 100, 10s));
    EXPECT_EQ(curve.due(0), 0ns);
    EXPECT_NEAR(seconds(*curve.due(125)), 5, 1e-6);  // t²·5 requests after t seconds
    EXPECT_NEAR(seconds(*curve.due(500)), 10, 1e-6);
    EXPECT_NEAR(seconds(*curve.due(600)), 11, 1e-6);  // the final rate goes on
}

TEST(RateCurve, EndsWhenItFallsToZero) {
    const RateCurve curve = curve_of(OpenLoop::ramp(100, 0, 10s));
    EXPECT_NEAR(seconds(*curve.due(375)), 5, 1e-6);
    EXPECT_NEAR(seconds(*curve.due(499.9999)), 10, 0.01);
    EXPECT_FALSE(curve.due(501).has_value());
    EXPECT_EQ(curve.requests(), 500);
    EXPECT_EQ(curve_of(OpenLoop::steps({10, 0}, 1s)).requests(), 10);
    EXPECT_FALSE(curve_of(OpenLoop::ramp(0, 100, 10s)).requests().has_value());
}

TEST(RateCurve, StepsOverAPause) {
    const RateCurve curve = curve_of(OpenLoop::steps({10, 0, 20}, 1s));
    EXPECT_NEAR(seconds(*curve.due(9)), 0.9, 1e-6);
    EXPECT_NEAR(seconds(*curve.due(10.5)), 2.025, 1e-6);
    EXPECT_NEAR(seconds(*curve.due(30)), 3, 1e-6);
}

TEST(RateCurve, InvertsItself) {
    const RateCurve curve = RateCurve::create({{2s, 5, 50}, {1s, 50, 50}, {3s, 50, 0}, {1s, 0, 7}}).value();
    for (double index = 0.5; index < 400; index += 0.7)
        EXPECT_NEAR(curve.requests_until(*curve.due(index)), index, 1e-4);
}

TEST(RateCurve, RefusesWhatCannotBe) {
    EXPECT_FALSE(RateCurve::create({}).has_value());
    EXPECT_FALSE(RateCurve::create({{1s, -1, 1}}).has_value());
    EXPECT_FALSE(RateCurve::create({{1s, 0, 0}}).has_value());
    EXPECT_FALSE(RateCurve::create({{-1s, 1, 1}}).has_value());
    EXPECT_FALSE(RateCurve::create({{1s, NAN, 1}}).has_value());
}

TEST(DueTimes, OfThreadsInterleaveToTheWholeSchedule) {
    const RateCurve curve = curve_of(OpenLoop::ramp(10, 1000, 2s));
    std::vector<double> all;
    for (int thread = 0; thread < 3; ++thread) {
        const auto part = due_times(DueTimes(curve, Arrivals::constant, thread, 3, 1), 100);
        all.insert(all.end(), part.begin(), part.end());
    }
    std::sort(all.begin(), all.end());
    for (std::size_t i = 0; i < all.size(); ++i)
        EXPECT_NEAR(all[i], seconds(*curve.due(static_cast<double>(i))), 1e-9);
}

TEST(DueTimes, OfPoissonAreExponentialAndSeeded) {
    const RateCurve curve = curve_of(OpenLoop::constant_rate(1000));
    const auto times = due_times(DueTimes(curve, Arrivals::poisson, 0, 2, 5), 20000);
    EXPECT_EQ(times, due_times(DueTimes(curve, Arrivals::poisson, 0, 2, 5), 20000));
    EXPECT_NE(times, due_times(DueTimes(curve, Arrivals::poisson, 1, 2, 5), 20000));
    EXPECT_NE(times, due_times(DueTimes(curve, Arrivals::poisson, 0, 2, 6), 20000));
    std::vector<double> gaps;
    for (std::size_t i = 1; i < times.size(); ++i)
        gaps.push_back((times[i] - times[i - 1]) * 500);  // this thread's half of the rate
    std::sort(gaps.begin(), gaps.end());
    double distance = 0;  // Kolmogorov-Smirnov against 1 - exp(-x)
    for (std::size_t i = 0; i < gaps.size(); ++i)
        distance =
            std::max(distance, std::abs((static_cast<double>(i) + 0.5) / static_cast<double>(gaps.size()) -
                                        (1 - std::exp(-gaps[i]))));
    EXPECT_LT(distance, 1.95 / std::sqrt(static_cast<double>(gaps.size())));  // p = 0.001
}

}  // namespace
}  // namespace joust::load
