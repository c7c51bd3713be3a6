#include "probes/wait_probe.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

const model::FaultyTable k_trigger{model::TableFault::trigger, "pg_temp.jobs", "t"};

/// One session that waits for a lock whenever it is looked at; the look numbered `fails_at` fails.
class Waiting final : public database::SessionReader {
public:
    explicit Waiting(int fails_at = 0) : fails_at_(fails_at) {}
    Status read(model::DatabaseWaits& sum) override {
        if (++looks_ == fails_at_) return fail(ErrorKind::database, "the server is gone");
        model::add(sum, {.samples = 1, .sessions = 1, .on_lock = 1, .all_in_use = 1, .most_sessions = 1});
        return {};
    }
    Result<database::OpenSessions> open_sessions() override { return database::OpenSessions{}; }
    Result<std::vector<model::FaultyTable>> own_code() override {
        return std::vector<model::FaultyTable>{k_trigger};
    }

private:
    int fails_at_;
    int looks_ = 0;
};

std::optional<model::DatabaseWaits> seen_in(Nanoseconds window,
                                            std::unique_ptr<database::SessionReader> reader) {
    model::TrialResult trial;
    OwnCode code;
    WaitProbe probe(std::move(reader), 7, code);
    const TimePoint start = now();
    EXPECT_TRUE(probe.begin(start, start + window));
    EXPECT_TRUE(probe.finish(trial));
    return trial.database_waits;
}

TEST(WaitProbe, SamplesTheWindow) {
    const auto waits = seen_in(1s, std::make_unique<Waiting>());
    ASSERT_TRUE(waits);
    // Samples are 200 to 600 ms apart, the first one 100 to 300 ms after the start.
    EXPECT_GE(waits->samples, 1U);
    EXPECT_LE(waits->samples, 5U) << "the one before the window is none of it";
    EXPECT_EQ(waits->on_lock, waits->samples);
}

TEST(WaitProbe, SeesTriggersThatLiveNoLongerThanTheLoad) {
    model::TrialResult trial;
    OwnCode code;
    WaitProbe probe(std::make_unique<Waiting>(), 7, code);
    const TimePoint start = now();
    ASSERT_TRUE(probe.begin(start, start + 200ms));
    ASSERT_TRUE(probe.finish(trial));
    EXPECT_EQ(code, OwnCode{k_trigger});
}

TEST(WaitProbe, SaysNothingWhereTheDatabaseDoesNotAnswer) {
    EXPECT_EQ(seen_in(400ms, std::make_unique<Waiting>(1)), std::nullopt);
    EXPECT_EQ(seen_in(0ms, nullptr), std::nullopt) << "a database without sessions";
}

TEST(WaitProbe, EndsWhenNobodyAsksForItsResult) {
    const TimePoint begun = now();
    {
        OwnCode code;
        WaitProbe probe(std::make_unique<Waiting>(), 7, code);
        ASSERT_TRUE(probe.begin(begun + 50s, begun + 100s));
    }
    EXPECT_LT(now() - begun, 40s);
}

TEST(WaitProbe, TakesAboutTwelveSamplesOfAWindow) {
    EXPECT_EQ(sampling_distance(6s), 500ms);
    EXPECT_EQ(sampling_distance(1s), 400ms) << "five samples in two seconds at most";
    EXPECT_EQ(sampling_distance(600s), 1s);
}

}  // namespace
}  // namespace joust::probes
