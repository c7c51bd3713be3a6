#include "probes/usage_probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/file.hpp"
#include "host/cpu_layout.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;
using model::Role;

model::TrialResult trial_with_parties() {
    model::TrialResult trial;
    for (const Role role : {Role::contender, Role::database, Role::generator})
        trial.parties.push_back({.role = role, .name = std::string(name(role)), .usage = {}});
    return trial;
}

/// What these sources come to in a trial over a short window.
Status watch(std::vector<Watched> watched, model::TrialResult& trial) {
    UsageProbe probe(std::move(watched));
    const TimePoint start = now();
    JOUST_CHECK(probe.begin(start, start + 1ms));
    return probe.finish(trial);
}

const host::OwnThreadsSource k_this_process{{::getpid()}};

TEST(UsageProbe, WritesEachUsageIntoItsParty) {
    model::TrialResult trial = trial_with_parties();
    ASSERT_TRUE(watch({{Role::contender, k_this_process}}, trial));
    EXPECT_GT(trial.party(Role::contender)->usage.anonymous.peak, Bytes{});
    EXPECT_EQ(trial.party(Role::database)->usage, model::Usage{});
    EXPECT_EQ(trial.party(Role::generator)->usage, model::Usage{});
    EXPECT_EQ(trial.contender_cpu_taken, std::nullopt);
}

TEST(UsageProbe, LeavesTheLoadThreadsTheirOwnTimes) {
    model::TrialResult trial = trial_with_parties();
    model::Usage& generator = trial.party(Role::generator)->usage;
    generator.cpu = {7ms, 8ms};
    generator.run_delay = 9ms;
    ASSERT_TRUE(watch({{Role::generator, k_this_process}}, trial));
    EXPECT_EQ(generator.cpu, (model::CpuTime{7ms, 8ms}));
    EXPECT_EQ(generator.run_delay, 9ms);
    EXPECT_GT(generator.anonymous.peak, Bytes{});
}

TEST(UsageProbe, TellsWhatOthersTookOfTheContendersCpus) {
    model::TrialResult trial = trial_with_parties();
    const std::vector<int> cpus{host::read_topology().cores.at(0).at(0)};
    ASSERT_TRUE(watch({{std::nullopt, host::CpuSource{cpus}}, {Role::contender, k_this_process}}, trial));
    ASSERT_TRUE(trial.contender_cpu_taken.has_value());
    EXPECT_GE(*trial.contender_cpu_taken, 0ns);
}

TEST(UsageProbe, DoesNotCallTakenByOthersWhatAContenderTookThatWaitsForItsTurn) {
    model::TrialResult trial = trial_with_parties();
    UsageProbe probe({{Role::contender, host::OwnThreadsSource{{}}},
                      {.role = std::nullopt, .source = k_this_process, .resting = true}});
    const TimePoint start = now();
    ASSERT_TRUE(probe.begin(start, start + 100ms));
    while (now() < start + 100ms)
        std::this_thread::yield();
    ASSERT_TRUE(probe.finish(trial));
    ASSERT_TRUE(trial.resting_cpu.has_value());
    EXPECT_GT(*trial.resting_cpu, 0ns);
    EXPECT_EQ(trial.contender_cpu_taken, std::nullopt);
    EXPECT_EQ(trial.party(Role::contender)->usage.cpu.total(), 0ns);
}

TEST(UsageProbe, TellsWhatOtherGuestsTookOfTheContendersCpus) {
    model::TrialResult trial = trial_with_parties();
    const std::vector<int> cpus{host::read_topology().cores.at(0).at(0)};
    UsageProbe probe({{std::nullopt, host::CpuSource{cpus}}, {Role::contender, k_this_process}});
    const TimePoint start = now();
    ASSERT_TRUE(probe.begin(start, start + 50ms));
    ASSERT_TRUE(probe.finish(trial));
    EXPECT_THAT(trial.contender_steal_share,
                ::testing::Optional(::testing::AllOf(::testing::Ge(0), ::testing::Le(1))));
    EXPECT_EQ(trial.contender_steal_added, std::nullopt);
}

TEST(UsageProbe, CountsTheTimeOfAnExperimentAsStealAndNotAsTakenByOthers) {
    const Path file = Path(::testing::TempDir()) / ("joust_steal_" + std::to_string(::getpid()));
    const int cpu = host::read_topology().cores.at(0).at(0);
    const auto told = [&](int seconds) {
        return write_atomically(file, fmt::format("{} {}000000000\n", cpu, seconds));
    };
    ASSERT_TRUE(told(100));
    model::TrialResult trial = trial_with_parties();
    UsageProbe probe({{std::nullopt, host::CpuSource{{cpu}, file}}, {Role::contender, k_this_process}});
    const TimePoint start = now();
    ASSERT_TRUE(probe.begin(start, start + 200ms));
    while (now() < start + 100ms)
        std::this_thread::yield();
    ASSERT_TRUE(told(105));
    ASSERT_TRUE(probe.finish(trial));
    std::filesystem::remove(file);
    EXPECT_EQ(trial.contender_steal_added, 5s);
    EXPECT_EQ(trial.contender_steal_share, 1.0) << "five seconds of less than one, cut";
    EXPECT_EQ(trial.contender_cpu_taken, 0s);
}

TEST(UsageProbe, FailsWhereASourceCannotBeRead) {
    model::TrialResult trial = trial_with_parties();
    const Status status = watch({{std::nullopt, host::CpuSource{{100'000}}}}, trial);
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, ::testing::HasSubstr("100000"));
}

TEST(UsageProbe, MayBeDroppedInTheMiddleOfItsWindow) {
    const TimePoint start = now();
    {
        UsageProbe probe({{Role::contender, k_this_process}});
        ASSERT_TRUE(probe.begin(start, start + 1h));
    }
    EXPECT_LT(now() - start, 1h);
}

/// A probe that notes what it is asked, and may fail.
class Noted final : public Probe {
public:
    Noted(std::string name, std::string& notes, bool fails)
        : name_(std::move(name)), notes_(notes), fails_(fails) {}
    Status begin(TimePoint /*start*/, TimePoint /*end*/) override { return note("begin"); }
    Status finish(model::TrialResult& /*trial*/) override { return note("finish"); }

private:
    Status note(std::string_view what) {
        notes_ += fmt::format("{} {};", what, name_);
        if (fails_) return fail(ErrorKind::io, "{} cannot be read", name_);
        return {};
    }
    std::string name_;
    std::string& notes_;
    bool fails_;
};

TEST(Probes, BeginAndFinishInOrderUpToTheFirstThatFails) {
    std::string notes;
    Probes probes;
    probes.push_back(std::make_unique<Noted>("one", notes, false));
    probes.push_back(std::make_unique<Noted>("two", notes, false));
    model::TrialResult trial;
    EXPECT_TRUE(begin(probes, now(), now()));
    EXPECT_TRUE(finish(probes, trial));
    EXPECT_EQ(notes, "begin one;begin two;finish one;finish two;");
    notes.clear();
    probes[0] = std::make_unique<Noted>("one", notes, true);
    EXPECT_EQ(finish(probes, trial).error().message, "one cannot be read");
    EXPECT_EQ(notes, "finish one;");
}

}  // namespace
}  // namespace joust::probes
