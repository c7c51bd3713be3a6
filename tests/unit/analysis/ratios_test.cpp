#include "analysis/ratios.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "report/words/verdicts.hpp"
#include "support/compared.hpp"

namespace joust::analysis {
namespace {

using model::Cell;
using model::Comparison;
using model::PairedRatio;
using model::Quantity;
using model::Verdict;
using testing::by_level;
using testing::compared;
namespace words = report::words;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::pooled;
using testing::ReportCase;
using testing::TrialShape;

// FastAPI's trials from that level on are in doubt and faster by that factor, so that a ratio over the pairs
// without doubt tells itself from that over all.
ReportCase with_doubt(std::int64_t from_level, double factor) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level >= from_level) {
            trial.warmup.steady = false;
            auto& completed = trial.samples.completed_in_window;
            completed = static_cast<std::uint64_t>(static_cast<double>(completed) * factor);
        }
    return run;
}

ReportCase with_steal(double of_fastapi, double of_django) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.samples.conduct.steal_share = trial.plan.entrant == "fastapi" ? of_fastapi : of_django;
    return run;
}

TEST(ratios, gives_the_ratio_over_the_pairs_without_doubt_beside_that_over_all) {
    const Comparison comparison = compared(with_doubt(200, 1.5));
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.pairs, 9);
    EXPECT_NEAR(*ratio.ratio, 250.0 / 185 * std::cbrt(1.5), 0.04);
    EXPECT_EQ(ratio.without_doubt.pairs, 6);
    EXPECT_NEAR(ratio.without_doubt.ratio.value(), 250.0 / 185, 0.03);
    EXPECT_LT(ratio.without_doubt.low.value(), *ratio.without_doubt.ratio);
    EXPECT_GT(ratio.without_doubt.high.value(), *ratio.without_doubt.ratio);
    EXPECT_EQ(ratio.verdict, Verdict::faster);
    EXPECT_EQ(ratio.doubt, model::Doubt::marks);
    EXPECT_EQ(comparison.winner, "fastapi");
    EXPECT_THAT(words::headline(comparison), HasSubstr("; over the 6 pairs without doubt 1.3"));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("over the 6 pairs without doubt it is 1.3"));
}

TEST(ratios, how_much_levels_differ_is_no_noise) {
    const PairedRatio ratio = pooled(compared(with_doubt(200, 1.5)));
    EXPECT_LT(*ratio.high / *ratio.low, 1.1) << "the level of 200 users is half as fast again as the others";
}

TEST(ratios, decides_nothing_where_the_pairs_without_doubt_tell_another_story) {
    const Comparison comparison = compared(with_doubt(50, 3));
    const PairedRatio ratio = pooled(comparison);
    ASSERT_GT(ratio.low.value(), 1);
    EXPECT_EQ(ratio.without_doubt.pairs, 3);
    EXPECT_EQ(ratio.doubt, model::Doubt::contradicts);
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_EQ(comparison.winner, std::nullopt);
    EXPECT_THAT(words::headline(comparison),
                HasSubstr("Whether fastapi is faster than django is not decided: 6 of 9 pairs are in doubt, "
                          "and those without doubt tell another story"));
    EXPECT_THAT(words::headline(comparison), Not(HasSubstr("times its goodput (")));
    EXPECT_THAT(words::why(comparison, ratio),
                HasSubstr("but 6 of 9 pairs are in doubt, and those without doubt tell another story"));
}

TEST(ratios, says_where_the_interval_without_doubt_alone_is_of_the_scatter_between_levels) {
    const auto with_doubt_but_for = [](int blocks) {
        ReportCase run = testing::clear_winner();
        for (model::TrialResult& trial : run.trials)
            trial.warmup.steady = trial.plan.block < blocks;
        return compared(run);
    };
    const Comparison one = with_doubt_but_for(1);
    ASSERT_TRUE(pooled(one).without_doubt.low);
    EXPECT_FALSE(pooled(one).between_levels);
    EXPECT_TRUE(pooled(one).without_doubt.between_levels);
    const auto says_so = ::testing::ContainsRegex(
        "over the 3 pairs without doubt [^;]*interval [0-9.]+ to [0-9.]+ [(]no two at "
        "one level: of the scatter between levels[)]");
    EXPECT_THAT(words::headline(one), says_so);
    EXPECT_THAT(words::why(one, pooled(one)), says_so);
    const Comparison two = with_doubt_but_for(2);
    EXPECT_FALSE(pooled(two).without_doubt.between_levels);
    EXPECT_THAT(words::headline(two), Not(HasSubstr("between levels")));
    EXPECT_THAT(words::why(two, pooled(two)), Not(HasSubstr("between levels")));
}

TEST(ratios, decides_nothing_where_doubt_on_one_of_the_two_leaves_fewer_than_three_pairs) {
    const Comparison comparison = compared(with_doubt(4, 1));
    const PairedRatio ratio = pooled(comparison);
    ASSERT_GT(ratio.low.value(), 1);
    EXPECT_EQ(ratio.doubt, model::Doubt::one_sided);
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_EQ(ratio.without_doubt.ratio, std::nullopt);
    EXPECT_THAT(words::headline(comparison), HasSubstr("and the doubt is on one of the two"));
    for (const PairedRatio& at : by_level(comparison, Quantity::goodput))
        EXPECT_EQ(at.verdict, Verdict::inconclusive);
}

TEST(ratios, decides_nothing_where_think_time_was_the_limit) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        const double goodput =
            static_cast<double>(trial.samples.completed_in_window) / seconds(trial.samples.window);
        trial.think_time = from_seconds(static_cast<double>(trial.plan.level) / goodput);
    }
    const Comparison comparison = compared(run);
    EXPECT_EQ(pooled(comparison).doubt, model::Doubt::load_bound);
    EXPECT_EQ(pooled(comparison).verdict, Verdict::inconclusive);
    EXPECT_THAT(words::headline(comparison), HasSubstr("and think time was the limit"));
}

// Of the entrant the users have all but no more to ask for.
ReportCase at_the_loads_limit(const std::string& entrant) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        const double goodput =
            static_cast<double>(trial.samples.completed_in_window) / seconds(trial.samples.window);
        const double most = trial.plan.entrant == entrant ? goodput : goodput * 2;
        trial.think_time = from_seconds(static_cast<double>(trial.plan.level) / most);
    }
    return run;
}

TEST(ratios, decides_where_think_time_was_the_limit_of_the_one_that_is_ahead) {
    const PairedRatio ratio = pooled(compared(at_the_loads_limit("fastapi")));
    EXPECT_EQ(ratio.verdict, Verdict::faster);
    EXPECT_EQ(ratio.doubt, model::Doubt::marks);
}

TEST(ratios, decides_nothing_where_think_time_was_the_limit_of_the_one_that_is_behind) {
    const PairedRatio ratio = pooled(compared(at_the_loads_limit("django")));
    EXPECT_EQ(ratio.verdict, Verdict::inconclusive);
    EXPECT_EQ(ratio.doubt, model::Doubt::one_sided);
}

// Two that are alike, and users that pause so long that these trials have so much of the most they can cause.
ReportCase alike_at(double fastapi_share, double django_share, double cpu_share) {
    constexpr auto k_think_time = std::chrono::milliseconds(20);
    ReportCase run = testing::equivalent();
    run.benchmark.load.think_time = k_think_time;
    for (model::TrialResult& trial : run.trials) {
        const double share = trial.plan.entrant == "fastapi" ? fastapi_share : django_share;
        model::Samples& samples = trial.samples;
        const double most = static_cast<double>(trial.plan.level) / seconds(k_think_time);
        samples.completed_in_window = static_cast<std::uint64_t>(
            std::llround(share * most * (1 + 0.005 * testing::noise(trial.plan)) * seconds(samples.window)));
        trial.think_time = k_think_time;
        trial.party(model::Role::contender)->usage.cpu = {from_seconds(cpu_share * seconds(samples.window)),
                                                          {}};
        trial.party(model::Role::database)->usage.cpu = {from_seconds(0.05 * seconds(samples.window)), {}};
    }
    return run;
}

TEST(ratios, calls_nobody_equivalent_of_whom_the_load_was_measured) {
    const PairedRatio idle = pooled(compared(alike_at(0.91, 0.9, 0.1)));
    EXPECT_EQ(idle.doubt, model::Doubt::load_bound) << "idle, though not within 5 % of users ÷ think time";
    EXPECT_EQ(idle.verdict, Verdict::inconclusive);
    const PairedRatio ahead = pooled(compared(alike_at(0.965, 0.945, 0.6)));
    EXPECT_EQ(ahead.doubt, model::Doubt::load_bound) << "the one that is ahead had no more to do";
    EXPECT_EQ(ahead.verdict, Verdict::inconclusive);
    const PairedRatio busy = pooled(compared(alike_at(0.86, 0.85, 0.6)));
    EXPECT_EQ(busy.verdict, Verdict::equivalent) << "of neither the load was measured";
}

TEST(ratios, decides_between_two_that_users_pause_for) {
    const PairedRatio ratio = pooled(compared(alike_at(0.9, 0.6, 0.1)));
    EXPECT_EQ(ratio.verdict, Verdict::faster);
    EXPECT_EQ(ratio.doubt, model::Doubt::marks);
}

TEST(ratios, decides_and_says_so_where_every_trial_is_in_doubt) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.warmup.steady = false;
    const Comparison comparison = compared(run);
    EXPECT_EQ(pooled(comparison).verdict, Verdict::faster);
    EXPECT_EQ(pooled(comparison).doubt, model::Doubt::marks);
    EXPECT_THAT(words::headline(comparison), HasSubstr("no pair is without doubt"));
}

TEST(ratios, are_not_doubted_for_steal_that_falls_on_both_alike_but_tails_are) {
    const Comparison comparison = compared(with_steal(0.05, 0.045));
    EXPECT_EQ(pooled(comparison).verdict, Verdict::faster);
    EXPECT_EQ(pooled(comparison).doubt, model::Doubt::none);
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).doubt, model::Doubt::marks);
    EXPECT_THAT(
        words::warnings(comparison),
        ::testing::Contains(HasSubstr(
            "took CPU time from 18 of 18 trials: ratios are those at the steal of this run (median 4.8 %)")));
}

TEST(ratios, look_at_the_steal_of_the_contenders_cpus_where_it_is_known) {
    ReportCase run = with_steal(0.2, 0);  // of the host, and on the CPUs of others
    for (model::TrialResult& trial : run.trials)
        trial.contender_steal_share = 0.003;
    EXPECT_EQ(pooled(compared(run)).doubt, model::Doubt::none);
    EXPECT_THAT(words::warnings(compared(run)), Not(::testing::Contains(HasSubstr("took CPU time"))));
}

TEST(caveats, tell_of_steal_that_an_experiment_added) {
    ReportCase run = testing::clear_winner();
    run.trials.front().contender_steal_added = Nanoseconds(1);
    EXPECT_THAT(
        words::warnings(compared(run)),
        ::testing::Contains(HasSubstr("In 1 of 18 trials CPU time that a program of this experiment took")));
}

TEST(ratios, are_doubted_for_steal_that_falls_on_one_of_the_two) {
    const Comparison comparison = compared(with_steal(0.05, 0));
    EXPECT_EQ(pooled(comparison).verdict, Verdict::inconclusive);
    EXPECT_EQ(pooled(comparison).doubt, model::Doubt::one_sided);
}

// Steal that differs within pairs by chance and slows the one that has it; `more` is FastAPI's alone.
ReportCase with_uneven_steal(double by_chance, double more) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials) {
        const bool odd = (trial.plan.block + static_cast<int>(trial.plan.level)) % 2 != 0;
        const bool mine = trial.plan.entrant == "fastapi";
        const double steal = (odd == mine ? by_chance : 0.0) + 0.01 * trial.plan.block + (mine ? more : 0);
        trial.contender_steal_share = steal;
        auto& completed = trial.samples.completed_in_window;
        completed = static_cast<std::uint64_t>(static_cast<double>(completed) * (1 - 2 * steal));
    }
    return run;
}

TEST(ratios, are_adjusted_to_equal_steal_where_it_differs_by_chance) {
    const Comparison comparison = compared(with_uneven_steal(0.12, 0));
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.decided_by, model::DecidedBy::adjusted);
    ASSERT_TRUE(ratio.adjusted.has_value());
    EXPECT_EQ(ratio.ratio, ratio.adjusted->ratio);
    EXPECT_NEAR(*ratio.ratio, 250.0 / 185, 0.05);
    EXPECT_LT(*ratio.high / *ratio.low, *ratio.raw.high / *ratio.raw.low) << "it explains scatter";
    EXPECT_EQ(ratio.doubt, model::Doubt::none) << "uneven steal is accounted for";
    EXPECT_EQ(ratio.verdict, Verdict::faster);
    EXPECT_THAT(words::headline(comparison), HasSubstr("adjusted to equal steal (as measured 1."));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("adjusted to equal steal (as measured 1."));
    EXPECT_EQ(pooled(comparison, Quantity::response_time_p99).doubt, model::Doubt::marks) << "but not tails";
}

TEST(ratios, must_agree_with_and_without_adjustment_where_one_of_the_two_suffered_more_steal) {
    const Comparison comparison = compared(with_uneven_steal(0.03, 0.08));
    const PairedRatio ratio = pooled(comparison);
    EXPECT_EQ(ratio.decided_by, model::DecidedBy::both);
    EXPECT_EQ(*ratio.low, std::min(*ratio.raw.low, *ratio.adjusted->low));
    EXPECT_EQ(*ratio.high, std::max(*ratio.raw.high, *ratio.adjusted->high));
    EXPECT_THAT(words::why(comparison, ratio), HasSubstr("one of the two suffered more steal"));
}

TEST(ratios, are_not_adjusted_with_too_few_degrees_and_doubted_instead) {
    ReportCase run = with_uneven_steal(0.12, 0);
    std::erase_if(run.trials, [](const model::TrialResult& trial) { return trial.plan.level != 50; });
    const PairedRatio ratio = pooled(compared(run));
    EXPECT_EQ(ratio.decided_by, model::DecidedBy::raw);
    EXPECT_EQ(ratio.adjusted, std::nullopt);
    EXPECT_NE(ratio.doubt, model::Doubt::none);
}

TEST(ratios, pair_the_quantiles_of_response_times) {
    const Comparison comparison = compared(testing::clear_winner());
    for (const Quantity quantity : {Quantity::response_time_p50, Quantity::response_time_p99}) {
        const PairedRatio ratio = pooled(comparison, quantity);
        EXPECT_EQ(ratio.pairs, 9);
        double sum = 0;
        for (const PairedRatio& level : by_level(comparison, quantity))
            sum += std::log(level.ratio.value());
        EXPECT_NEAR(std::log(*ratio.ratio), sum / 3, 1e-9) << "the mean of the levels";
    }
}

TEST(cells, take_the_intervals_of_quantiles_from_trials_and_widen_them_to_hold_the_figure) {
    ReportCase run = testing::clear_winner();
    const auto p99_of = [&](int block) {
        for (const model::TrialResult& trial : run.trials)
            if (trial.plan.entrant == "fastapi" && trial.plan.level == 50 && trial.plan.block == block)
                return model::value(Quantity::response_time_p99, trial).value();
        return 0.0;
    };
    const auto of_trials = analysis::estimate({p99_of(0), p99_of(1), p99_of(2)});
    const model::Comparison comparison = compared(run);
    const model::Estimate& p99 = comparison.cell("fastapi", 50)->at(Quantity::response_time_p99);
    EXPECT_EQ(p99.low, std::min(*of_trials.low, p99.value));
    EXPECT_EQ(p99.high, std::max(*of_trials.high, p99.value));
    // One trial with far more and far longer requests moves the figure of all requests beyond the trials'
    // interval.
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level == 50 && trial.plan.block == 0)
            trial.samples.response_time.record(900'000'000, 5'000'000);
    const model::Comparison with_them = compared(run);
    const model::Estimate& moved = with_them.cell("fastapi", 50)->at(Quantity::response_time_p50);
    EXPECT_GE(moved.value, 0.9e9);
    EXPECT_GE(moved.high.value(), moved.value);
    EXPECT_LE(moved.low.value(), moved.value);
}

TEST(ratios, are_doubted_only_by_rules_that_doubt_their_quantity) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        trial.samples.in_flight_mean /= 2;  // against Little's law, which is a matter of times
    EXPECT_EQ(pooled(compared(run)).doubt, model::Doubt::none);
}

TEST(ratios, counts_a_saturated_cell_as_doubt_on_its_pairs) {
    const model::Benchmark benchmark = testing::benchmark_of({"fastapi", "django"}, {50}, 3);
    const auto trials = testing::synthetic_trials(benchmark, [](const model::PlannedTrial& plan) {
        return TrialShape{.goodput_rps = plan.entrant == "django" ? 30.0 : 60.0,
                          .p50_ms = plan.entrant == "django" ? 50'000.0 : 40'000.0,
                          .spread = 0.01};
    });
    const PairedRatio ratio = pooled(compare(benchmark, trials));
    EXPECT_EQ(ratio.pairs, 3);
    EXPECT_EQ(ratio.without_doubt.pairs, 0);
}

// Requests that were sent before the window and starved are in the time in flight, but in no percentile.
void starve(model::TrialResult& trial) {
    trial.samples.in_flight_mean *= 2;
}

TEST(ratios, calls_latencies_lower_bounds_where_littles_law_fails) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level == 200 && trial.plan.block == 1)
            starve(trial);
    const Comparison comparison = compared(run);
    for (const model::QuantityRow& row : model::quantities()) {
        if (row.aspect != model::Aspect::latency) continue;
        EXPECT_TRUE(comparison.cell("fastapi", 200)->at(row.quantity).at_least) << row.key;
        EXPECT_FALSE(comparison.cell("django", 200)->at(row.quantity).at_least) << row.key;
    }
}

TEST(ratios, calls_latencies_no_lower_bounds_where_requests_outlast_the_window) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.level == 200) trial.samples.in_flight_mean /= 2;
    const Comparison comparison = compared(run);
    const Cell& cell = *comparison.cell("fastapi", 200);
    ASSERT_EQ(cell.judgement.findings.at(0).rule, model::Rule::littles_law);
    EXPECT_FALSE(cell.at(Quantity::response_time_p99).at_least);
    const PairedRatio p99 = pooled(comparison, Quantity::response_time_p99);
    EXPECT_EQ(p99.pairs, 9) << "all of their times were measured";
    EXPECT_EQ(p99.without_doubt.pairs, 6);
    EXPECT_THAT(words::why(comparison, p99), ::testing::Not(HasSubstr("Little's law")));
}

TEST(ratios, leaves_trials_against_littles_law_out_of_the_p99_ratio_and_says_so) {
    ReportCase run = testing::clear_winner();
    for (model::TrialResult& trial : run.trials)
        if (trial.plan.entrant == "fastapi" && trial.plan.level == 200) starve(trial);
    const Comparison comparison = compared(run);
    const PairedRatio ratio = pooled(comparison, Quantity::response_time_p99);
    EXPECT_EQ(ratio.pairs, 6);
    EXPECT_EQ(ratio.left_out.total(), 3);
    EXPECT_THAT(words::why(comparison, ratio),
                HasSubstr("3 of 9 pairs are left out: Little's law fails in 3"));
    EXPECT_EQ(pooled(comparison).pairs, 9);
    EXPECT_EQ(pooled(comparison).left_out.total(), 0);
}

}  // namespace
}  // namespace joust::analysis
