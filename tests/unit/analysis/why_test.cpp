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

// The first `blocks` blocks of costs_known() as of a run of another number of blocks.
ReportCase costs_after(int blocks, int least, int most) {
    ReportCase run = costs_known();
    run.benchmark.experiment.blocks_min = least;
    run.benchmark.experiment.blocks_max = most;
    run.trials.clear();
    for (int block = 0; block < blocks; ++block)
        for (const model::PlannedTrial& plan :
             plan_block(run.benchmark, block, static_cast<int>(run.trials.size())))
            run.trials.push_back(testing::synthetic_trial(
                run.benchmark, plan,
                {.goodput_rps =
                     (plan.entrant == "fastapi" ? 250 : 185) * (1 + 0.01 * testing::noise(plan))}));
    use(run, "fastapi", 2500, 800, 600);
    use(run, "django", 3900, 800, 600);
    return run;
}

TEST(why, tells_of_the_pairs_that_the_look_saw) {
    const auto five = compared(costs_after(5, 4, 12));
    ASSERT_EQ(testing::pooled(five).pairs, 12);
    EXPECT_EQ(five.whys.at(0).pairs, 12);
    EXPECT_EQ(five.whys, compared(costs_after(4, 4, 12)).whys);
}

TEST(why, has_no_interval_where_there_is_no_verdict_yet) {
    for (const ReportCase& run : {costs_after(3, 4, 12), costs_after(3, 4, 4)}) {
        const Why why = compared(run).whys.at(0);
        EXPECT_EQ(why.pairs, 9);
        EXPECT_EQ(why.total.difference_us.low, std::nullopt);
        for (const auto& [part, time] : why.parts)
            EXPECT_EQ(time.difference_us.high, std::nullopt);
        EXPECT_EQ(told(run), "");
    }
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
    const auto known = [&] {
        return compared(run).whys.at(0).work.contains(model::Quantity::database_round_trips_per_operation);
    };
    EXPECT_FALSE(known()) << "of the other it is not known";
    ask("django", 6);
    EXPECT_TRUE(known());
    EXPECT_THAT(told(run), Not(HasSubstr("round trips"))) << "not more than 1.5 times as many";
    ask("django", 7);
    EXPECT_THAT(told(run),
                HasSubstr(" The work of an operation differs too, of fastapi against django: round "
                          "trips with the database, 4.00 in place of 7.00."));
}

// Sampled 100 times in every window of an entrant; `sum` of sessions in all samples.
void sample(ReportCase& run, const std::string& entrant, std::uint64_t model::DatabaseWaits::* part,
            std::uint64_t sum) {
    for (model::TrialResult& trial : run.trials) {
        if (trial.plan.entrant != entrant) continue;
        if (!trial.database_waits)
            trial.database_waits = model::DatabaseWaits{.samples = 100, .sessions = 5000};
        (*trial.database_waits).*part = sum + static_cast<std::uint64_t>(2 + testing::noise(trial.plan));
    }
}

TEST(why, takes_what_sessions_waited_for_out_of_the_rest) {
    ReportCase run = costs_known();
    const double rest = compared(run).whys.at(0).parts.at(TimePart::rest).baseline_us;
    sample(run, "django", &model::DatabaseWaits::on_lock, 50);
    EXPECT_FALSE(compared(run).whys.at(0).parts.contains(TimePart::lock_wait)) << "the other was not sampled";
    EXPECT_EQ(compared(run).whys.at(0).parts.at(TimePart::rest).baseline_us, rest);
    sample(run, "fastapi", &model::DatabaseWaits::on_lock, 0);
    const Why why = compared(run).whys.at(0);
    const model::TimeDifference& lock = why.parts.at(TimePart::lock_wait);
    EXPECT_NEAR(lock.baseline_us, 0.52 * why.total.baseline_us, 0.02 * why.total.baseline_us)
        << "half a session on average, as long as an operation takes";
    EXPECT_NEAR(why.parts.at(TimePart::rest).baseline_us, rest - lock.baseline_us, 1e-6);
    EXPECT_EQ(why.parts.at(TimePart::log_wait).baseline_us, 0);
    EXPECT_THAT(told(run), HasSubstr("waiting of the contender's sessions with the database for a lock, "));
    EXPECT_THAT(told(run), Not(HasSubstr("write-ahead log"))) << "neither waited for it";
}

TEST(why, tells_waits_for_the_log_and_for_other_files_apart) {
    ReportCase run = costs_known();
    for (const char* entrant : {"fastapi", "django"}) {
        const bool slow = entrant == std::string("django");
        sample(run, entrant, &model::DatabaseWaits::on_log, slow ? 80 : 10);
        sample(run, entrant, &model::DatabaseWaits::on_storage, slow ? 40 : 10);
    }
    const Why why = compared(run).whys.at(0);
    EXPECT_GT(why.parts.at(TimePart::log_wait).baseline_us,
              1.5 * why.parts.at(TimePart::storage_wait).baseline_us);
    EXPECT_THAT(told(run), HasSubstr("waiting of its sessions for the write-ahead log, "));
    EXPECT_THAT(told(run), HasSubstr("waiting of its sessions for other files of the database, "));
}

TEST(why, counts_levels_at_which_users_waited_for_a_lock) {
    ReportCase run = costs_known();
    for (model::TrialResult& trial : run.trials)
        for (model::Party& party : trial.parties)
            party.usage.cpu = {Nanoseconds(1), Nanoseconds(1)};
    for (model::TrialResult& trial : run.trials) {
        const std::uint64_t users = static_cast<std::uint64_t>(trial.plan.level) * 100;
        trial.database_waits = model::DatabaseWaits{.samples = 100, .sessions = users, .on_lock = users};
    }
    ASSERT_TRUE(compared(run).cell("fastapi", 50)->judgement.has(model::Rule::nobody_busy));
    ASSERT_FALSE(compared(run).whys.empty());
    EXPECT_TRUE(compared(run).whys.at(0).parts.contains(TimePart::lock_wait));
    for (model::TrialResult& trial : run.trials)
        trial.database_waits->on_lock = 0;
    EXPECT_TRUE(compared(run).whys.empty()) << "what they waited for is not known";
}

// Of every trial of an entrant, as for a thousand requests each of which has to insert `rows` in one commit;
// without any nothing is declared.
struct Work {
    std::uint64_t opened = 0;
    std::uint64_t log_bytes = 0;
    std::uint64_t syncs = 0;
    std::uint64_t commits = 0;
    std::int64_t rows = 0;
};
void work(ReportCase& run, const std::string& entrant, const Work& done) {
    for (model::TrialResult& trial : run.trials) {
        if (trial.plan.entrant != entrant) continue;
        model::RowsByTable each;
        if (done.rows > 0) each["users"] = {done.rows, 0, 0};
        trial.database_traffic =
            model::DatabaseTraffic{.sessions_opened = done.opened * trial.samples.completed_in_window / 1000};
        trial.effects = model::ObservedEffects{
            .contract = each,
            .transactions = done.rows > 0 ? 1 : 0,
            .acknowledged = 1000,
            .shapes = {{each, done.commits}},
            .rows = {{"users", {done.rows * static_cast<std::int64_t>(done.commits), 0, 0}}},
            .log_syncs = model::LogSyncs{.syncs = done.syncs, .commits = done.commits, .most_sessions = 50},
            .log_bytes = done.log_bytes};
    }
}

TEST(why, tells_connections_and_syncs_that_one_causes_more_of) {
    ReportCase run = costs_known();
    work(run, "fastapi", {.log_bytes = 5000000, .syncs = 300, .commits = 1000, .rows = 10});
    work(run, "django", {.opened = 1000, .log_bytes = 5000000, .syncs = 1000, .commits = 1000, .rows = 10});
    const std::string text = told(run);
    EXPECT_THAT(text, HasSubstr("connections opened with the database, 0 in place of "));
    EXPECT_THAT(text, HasSubstr("syncs of the write-ahead log per commit, 0.300 in place of 1.00"));
    EXPECT_THAT(text, Not(HasSubstr("commits,")));
    EXPECT_THAT(text, Not(HasSubstr("rows changed")));
}

TEST(why, says_nothing_of_work_that_there_hardly_is) {
    ReportCase run = costs_known();
    work(run, "fastapi", {.log_bytes = 3000, .syncs = 10, .commits = 1000});
    work(run, "django", {.opened = 8, .log_bytes = 12000, .syncs = 80, .commits = 1000});
    const Why why = compared(run).whys.at(0);
    ASSERT_TRUE(why.work.at(model::Quantity::database_connections_opened_per_operation).differs());
    ASSERT_TRUE(why.work.at(model::Quantity::database_log_bytes_per_operation).differs());
    ASSERT_TRUE(why.work.at(model::Quantity::database_log_syncs_per_commit).differs());
    const std::string text = told(run);
    EXPECT_THAT(text, Not(HasSubstr("connections opened")));
    EXPECT_THAT(text, Not(HasSubstr("write-ahead log")));
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
