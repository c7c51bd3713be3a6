#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "support/kolmogorov_smirnov.hpp"
#include "unit/load/engine_support.hpp"
#include "unit/load/scenario_run.hpp"

namespace joust::load {
namespace {

constexpr double k_least_p = 0.001;

/// Arrivals by the server's log, in seconds after the schedule's time zero, in order; and how late they were.
struct Seen {
    std::vector<double> at_s;
    std::vector<double> late_s;

    /// Share of the arrivals that came more than `limit_s` after they were due.
    [[nodiscard]] double late_share(double limit_s) const {
        const auto late = std::count_if(late_s.begin(), late_s.end(), [&](double s) { return s > limit_s; });
        return static_cast<double>(late) / static_cast<double>(late_s.size());
    }
};

/// Largest distance between the empirical distribution of `values` and `distribution`.
template <typename Distribution>
double distance(std::vector<double> values, Distribution&& distribution) {
    std::sort(values.begin(), values.end());
    const auto n = static_cast<double>(values.size());
    double largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double at = distribution(values[i]);
        const auto rank = static_cast<double>(i);
        largest = std::max({largest, at - rank / n, (rank + 1) / n - at});
    }
    return largest;
}

/// The goodness of fit, after `excused`: the share of the values that the log shows to have been displaced
/// because this host was busy. Each of them moves the empirical distribution by 1/n at most.
double p_value(double distance, double excused, std::size_t n) {
    const double root = std::sqrt(static_cast<double>(n));
    return test::kolmogorov_tail((root + 0.12 + 0.11 / root) * std::max(0.0, distance - excused));
}

class ArrivalsOf : public EngineOn {
protected:
    /// The due times are those that the schedule computes, so each arrival is known to be late by how much.
    Seen run_schedule(const OpenLoop& open, int threads, std::uint64_t seed, Nanoseconds length) {
        ScriptedServer server([](const SeenRequest&) { return Reply::ok("ok", 1ms); });
        Options options = options_for(server);
        options.operations[0].request.path = "/{sequence}";
        options.schedule = open;
        options.threads = threads;
        options.seed = seed;
        options.stop = StopAfter{length};
        auto engine = Engine::start(options);
        if (!engine) {
            ADD_FAILURE() << engine.error().message;
            return {};
        }
        const TimePoint zero = engine->started_at();
        const auto samples = engine->finish();
        EXPECT_TRUE(samples && samples->requests.succeeded == samples->requests.started);
        Seen seen;
        for (const LogEntry& entry : server.log())
            seen.at_s.push_back(seconds(entry.request.arrived - zero));
        std::sort(seen.at_s.begin(), seen.at_s.end());
        const std::vector<double> due_s = due_times(open, threads, seed, length);
        EXPECT_EQ(seen.at_s.size(), due_s.size());
        for (std::size_t i = 0; i < std::min(due_s.size(), seen.at_s.size()); ++i) {
            seen.late_s.push_back(seen.at_s[i] - due_s[i]);
            EXPECT_GE(seen.late_s.back(), 0) << "request " << i << " was early";
        }
        return seen;
    }

private:
    static std::vector<double> due_times(const OpenLoop& open, int threads, std::uint64_t seed,
                                         Nanoseconds length) {
        std::vector<double> all;
        for (int thread = 0; thread < threads; ++thread) {
            DueTimes due(RateCurve::create(open.segments).value(), open.arrivals, thread, threads, seed);
            for (; due.current() && *due.current() < length; due.advance())
                all.push_back(seconds(*due.current()));
        }
        std::sort(all.begin(), all.end());
        return all;
    }
};

TEST_P(ArrivalsOf, AConstantRateAreUniform) {
    const Seen seen = run_schedule(OpenLoop::constant_rate(500), 1, 1, 2s);
    ASSERT_EQ(seen.at_s.size(), 1000U);
    constexpr double k_late_s = 0.01;  // moves a value by half a percent of the window
    const double d = distance(seen.at_s, [](double at_s) { return std::clamp(at_s / 2, 0.0, 1.0); });
    EXPECT_GT(p_value(d, seen.late_share(k_late_s), 1000), k_least_p);
    EXPECT_LT(seen.late_share(0.1), 0.5);  // an excuse for some, not for all
    // Far more even than chance: the due times are a grid.
    EXPECT_LT(d, 0.001 + k_late_s / 2 + seen.late_share(k_late_s));
}

TEST_P(ArrivalsOf, APoissonProcessHaveExponentialGaps) {
    OpenLoop open = OpenLoop::constant_rate(200);
    open.arrivals = Arrivals::poisson;
    const Seen seen = run_schedule(open, 2, 42, 3s);
    ASSERT_GT(seen.at_s.size(), 500U);
    std::vector<double> gaps(seen.at_s.size());
    std::adjacent_difference(seen.at_s.begin(), seen.at_s.end(), gaps.begin());
    constexpr double k_late_s = 0.0005;  // a tenth of the mean gap; a late arrival changes two gaps
    const double excused = 2 * seen.late_share(k_late_s);
    const double mean_s = 1.0 / 200;
    const double d = distance(gaps, [&](double gap_s) { return -std::expm1(-gap_s / mean_s); });
    EXPECT_GT(p_value(d, excused, gaps.size()), k_least_p) << d;
    EXPECT_GT(p_value(distance(seen.at_s, [](double at_s) { return std::clamp(at_s / 3, 0.0, 1.0); }),
                      seen.late_share(0.01), seen.at_s.size()),
              k_least_p);
}

INSTANTIATE_TEST_SUITE_P(Backends, ArrivalsOf, k_both_backends, io_name);

/// The same on the schedule alone, many draws and no clock: what no busy host can excuse.
TEST(Schedule, OfAPoissonProcessIsExponential) {
    std::vector<double> gaps;
    double before = 0;
    DueTimes due(RateCurve::create(OpenLoop::constant_rate(100).segments).value(), Arrivals::poisson, 0, 1,
                 3);
    for (; gaps.size() < 20'000; due.advance()) {
        gaps.push_back(seconds(*due.current()) - before);
        before = seconds(*due.current());
    }
    EXPECT_GT(*test::exponential_p_value(gaps, 0.01), 0.01);
    EXPECT_LT(*test::exponential_p_value(gaps, 0.0105), 0.001);  // it would notice 5 %
    // Independent: the correlation of neighbours is that of chance.
    double sum = 0;
    for (std::size_t i = 1; i < gaps.size(); ++i)
        sum += (gaps[i] - 0.01) * (gaps[i - 1] - 0.01);
    EXPECT_LT(std::abs(sum / static_cast<double>(gaps.size()) / (0.01 * 0.01)), 0.03);
}

/// At full rate, a ramp's arrivals are uniform after the change of time by the integral of the rate.
TEST(Schedule, OfARampIsUniformInItsIntegral) {
    const RateCurve curve = RateCurve::create(OpenLoop::ramp(100, 900, 10s).segments).value();
    DueTimes due(curve, Arrivals::poisson, 0, 1, 5);
    std::vector<double> integrals;
    for (; due.current() && *due.current() < 10s; due.advance())
        integrals.push_back(curve.requests_until(*due.current()));
    EXPECT_NEAR(static_cast<double>(integrals.size()), 5000, 4 * std::sqrt(5000));
    EXPECT_GT(*test::uniform_p_value(integrals, 0, 5000), 0.01);
}

}  // namespace
}  // namespace joust::load
