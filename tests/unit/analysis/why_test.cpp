#include "analysis/why.hpp"

#include <gmock/gmock.h>

#include "report/words/time_parts.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::TimePart;
using model::Why;
using testing::compared;
using testing::ReportCase;
namespace words = report::words;
using ::testing::HasSubstr;
using ::testing::Not;

// Sets CPU per operation, in microseconds, of every trial of an entrant.
void use(ReportCase& run, const std::string& entrant, double user_us, double system_us, double database_us) {
    for (model::TrialResult& trial : run.trials) {
        if (trial.plan.entrant != entrant) continue;
        const auto all = [&](double microseconds) {
            return Nanoseconds(static_cast<std::int64_t>(
                microseconds * 1e3 * static_cast<double>(trial.samples.completed_in_window)));
        };
        const double noise = 1 + 0.01 * testing::noise(trial.plan);
        trial.party(model::Role::contender)->usage.cpu = {all(user_us * noise), all(system_us * noise)};
        trial.party(model::Role::database)->usage.cpu = {all(database_us * noise), Nanoseconds(0)};
    }
}

ReportCase costs_known() {
    ReportCase run = testing::clear_winner();
    use(run, "fastapi", 2500, 800, 600);
    use(run, "django", 3900, 800, 600);
    return run;
}

std::string told(const ReportCase& run) {
    const model::Comparison comparison = compared(run);
    return words::why_different(comparison, comparison.whys.at(0));
}

TEST(why, tells_where_the_time_of_an_operation_goes) {
    const Why why = compared(costs_known()).whys.at(0);
    EXPECT_EQ(why.entrant, "fastapi");
    EXPECT_EQ(why.baseline, "django");
    EXPECT_EQ(why.pairs, 9);
    EXPECT_LT(why.total.difference_us.value, 0);
    EXPECT_NEAR(why.parts.at(TimePart::user_cpu).difference_us.value, -1400, 30);
    EXPECT_TRUE(why.parts.at(TimePart::user_cpu).certain());
    EXPECT_FALSE(why.parts.at(TimePart::system_cpu).certain());
    double sum = 0;
    for (const auto& [part, time] : why.parts)
        sum += time.entrant_us;
    EXPECT_NEAR(sum, why.total.entrant_us, 1e-6) << "the rest is what the other parts leave";
}

TEST(why, says_only_what_the_intervals_tell) {
    const std::string text = told(costs_known());
    EXPECT_THAT(text, HasSubstr("An operation takes 1."));
    EXPECT_THAT(
        text,
        HasSubstr(
            "There go with it: user CPU of the contender, 1.39 ms less (95 % interval 1.37 ms to 1.42 ms)"));
    EXPECT_THAT(text, HasSubstr("from 3.90 ms to 2.51 ms"));
    EXPECT_THAT(text, Not(HasSubstr("system CPU")));
    EXPECT_THAT(text, Not(HasSubstr("database")));
}

TEST(why, tells_parts_that_go_against_the_whole_apart) {
    ReportCase run = costs_known();
    use(run, "fastapi", 2000, 800, 1500);
    const std::string text = told(run);
    EXPECT_THAT(text, HasSubstr(" Against it goes: CPU of the database, "));
    EXPECT_THAT(text, HasSubstr(" more (95 % interval "));
}

TEST(why, leaves_out_what_is_too_small_to_be_a_reason) {
    ReportCase run = costs_known();
    use(run, "fastapi", 2500, 780, 600);
    const Why why = compared(run).whys.at(0);
    ASSERT_TRUE(why.parts.at(TimePart::system_cpu).certain());
    EXPECT_THAT(told(run), Not(HasSubstr("system CPU")));
}

TEST(why, says_nothing_where_the_whole_does_not_differ) {
    ReportCase run = testing::equivalent();
    use(run, "fastapi", 2500, 800, 600);
    use(run, "django", 3900, 800, 600);
    const Why why = compared(run).whys.at(0);
    ASSERT_TRUE(why.parts.at(TimePart::user_cpu).certain());
    EXPECT_FALSE(why.total.certain());
    EXPECT_EQ(told(run), "");
}

TEST(why, says_nothing_where_doubt_keeps_the_verdict_open) {
    ReportCase run = costs_known();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi") trial.warmup.steady = false;
    ASSERT_TRUE(testing::pooled(compared(run)).undecided());
    EXPECT_EQ(told(run), "");
}

TEST(why, leaves_out_a_part_that_is_not_known_of_every_pair) {
    ReportCase run = costs_known();
    run.trials.front().party(model::Role::contender)->usage.run_delay.reset();
    EXPECT_FALSE(compared(run).whys.at(0).parts.contains(TimePart::run_delay));
    for (model::TrialResult& trial : run.trials)
        trial.party(model::Role::contender)->usage.run_delay = Nanoseconds(1);
    EXPECT_TRUE(compared(run).whys.at(0).parts.contains(TimePart::run_delay));
}

TEST(why, tells_work_that_one_causes_more_of) {
    ReportCase run = costs_known();
    const auto ask = [&](const std::string& entrant, std::uint64_t round_trips) {
        for (model::TrialResult& trial : run.trials)
            if (trial.plan.entrant == entrant)
                trial.database_traffic = model::DatabaseTraffic{
                    .segments = model::Segments{.received = round_trips * trial.samples.completed_in_window}};
    };
    ask("fastapi", 4);
    EXPECT_TRUE(compared(run).whys.at(0).work.empty()) << "of the other it is not known";
    ask("django", 6);
    EXPECT_FALSE(compared(run).whys.at(0).work.empty());
    EXPECT_THAT(told(run), Not(HasSubstr("round trips"))) << "not more than 1.5 times as many";
    ask("django", 7);
    EXPECT_THAT(told(run),
                HasSubstr(" The work of an operation differs too, of fastapi against django: round "
                          "trips with the database, 4.00 in place of 7.00."));
}

TEST(why, is_asked_only_where_goodput_says_how_long_an_operation_takes) {
    ReportCase run = costs_known();
    run.benchmark.load.model = model::LoadModel::open;
    EXPECT_TRUE(compared(run).whys.empty());
    run = costs_known();
    for (model::TrialResult& trial : run.trials)
        for (model::Party& party : trial.parties)
            party.usage.cpu = {Nanoseconds(1), Nanoseconds(1)};
    ASSERT_TRUE(compared(run).cell("fastapi", 50)->judgement.has(model::Rule::nobody_busy));
    EXPECT_TRUE(compared(run).whys.empty()) << "users waited, for what the times of work do not say";
}

}  // namespace
}  // namespace joust::analysis
