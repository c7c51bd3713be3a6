#include "analysis/decision.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "analysis/looks.hpp"
#include "base/random.hpp"

namespace joust::analysis {
namespace {

using model::PairedRatio;
using model::Verdict;

constexpr int k_families = 3000;

// Two whose log ratio is `effect` at every level, and scatters by `spread` from pair to pair.
struct Rivals {
    std::size_t levels = 1;
    double effect = 0;
    double spread = 0;
};

double normal(Random& random) {
    const double radius = std::sqrt(-2 * std::log(uniform_open(random)));
    return radius * std::cos(2 * std::numbers::pi * uniform_open(random));
}

// Measures blocks until every level has as many.
void measure(std::vector<LevelPairs>& levels, int blocks, const Rivals& rivals, Random& random) {
    levels.resize(rivals.levels);
    for (LevelPairs& level : levels)
        while (static_cast<int>(level.blocks.size()) < blocks) {
            const int block = static_cast<int>(level.blocks.size());
            level.blocks.push_back(
                {.pairs = {{.point = {.log_ratio = rivals.effect + rivals.spread * normal(random),
                                      .went_first = block % 2 == 0,
                                      .block = block},
                            .mine = {},
                            .theirs = {}}},
                 .left_out = {}});
        }
}

model::ExperimentSpec experiment(int least, int most) {
    model::ExperimentSpec spec;
    spec.blocks_min = least;
    spec.blocks_max = most;
    spec.margin = 0.05;
    return spec;
}

Terms terms_of(const model::ExperimentSpec& spec) {
    // A run with one look is judged when it is over.
    const auto state = one_look(spec) ? stats::RunState::over : stats::RunState::going_on;
    return {.quantity = model::Quantity::goodput, .margin = spec.margin, .experiment = spec, .state = state};
}

bool different(const PairedRatio& ratio) {
    return ratio.verdict == Verdict::faster || ratio.verdict == Verdict::slower;
}

// What a run with looks ends with: at the first verdict, or after its last block.
Verdict after_looks(const Rivals& rivals, Random& random) {
    const model::ExperimentSpec spec = experiment(4, 12);
    std::vector<LevelPairs> levels;
    for (const stats::Look& look : stats::k_looks) {
        measure(levels, look.blocks, rivals, random);
        const Verdict verdict = pooled_decision(levels, terms_of(spec)).verdict;
        if (verdict != Verdict::inconclusive) return verdict;
    }
    return Verdict::inconclusive;
}

// How many of the families `is` true of, as a share.
template <typename Is>
double share(const char* purpose, const Is& is) {
    Random random = random_for(1, purpose);
    int found = 0;
    for (int i = 0; i < k_families; ++i)
        found += is(random) ? 1 : 0;
    return static_cast<double>(found) / k_families;
}

// What a share of at most `limit` may come to here: four standard errors more.
double at_most(double limit) {
    return limit + 4 * std::sqrt(limit * (1 - limit) / k_families);
}

TEST(Decision, TellsTwoThatAreAlikeApartInFiveOfAHundredRunsWithLooksAtMost) {
    for (const std::size_t levels : {std::size_t{1}, std::size_t{3}})
        EXPECT_LE(share("looks, alike",
                        [&](Random& random) {
                            const Verdict verdict = after_looks({.levels = levels, .spread = 0.10}, random);
                            return verdict == Verdict::faster || verdict == Verdict::slower;
                        }),
                  at_most(0.05))
            << levels << " levels";
}

TEST(Decision, CallsTwoThatDifferByTheMarginEquivalentInTwoAndAHalfOfAHundredRunsWithLooksAtMost) {
    for (const double spread : {0.03, 0.05})
        EXPECT_LE(share("looks, true 5 %",
                        [&](Random& random) {
                            return after_looks({.effect = std::log(1.05), .spread = spread}, random) ==
                                   Verdict::equivalent;
                        }),
                  at_most(0.025))
            << "spread " << spread;
}

// The spread is so large that no level is ever called equivalent, which would hide false differences.
TEST(Decision, TellsAnyOfSixLevelsThatAreAlikeApartInFiveOfAHundredRunsAtMost) {
    const model::ExperimentSpec spec = experiment(4, 4);
    const double any = share("Holm, one look", [&](Random& random) {
        std::vector<LevelPairs> levels;
        measure(levels, 4, {.levels = 6, .spread = 0.2}, random);
        std::vector<PairedRatio> found = decisions(levels, terms_of(spec));
        found.pop_back();  // all levels together
        return std::any_of(found.begin(), found.end(), different);
    });
    EXPECT_LE(any, at_most(0.05));
    EXPECT_GE(any, 0.03) << "levels that are never told apart prove nothing";
}

TEST(Decision, TellsAnyOfThreeLevelsThatAreAlikeApartAtAnyLookInFiveOfAHundredRunsAtMost) {
    const model::ExperimentSpec spec = experiment(4, 12);
    const double any = share("Holm, looks", [&](Random& random) {
        std::vector<LevelPairs> levels;
        for (const stats::Look& look : stats::k_looks) {
            measure(levels, look.blocks, {.levels = 3, .spread = 0.2}, random);
            std::vector<PairedRatio> found = decisions(levels, terms_of(spec));
            found.pop_back();
            if (std::any_of(found.begin(), found.end(), different)) return true;
        }
        return false;
    });
    EXPECT_LE(any, at_most(0.05));
    EXPECT_GE(any, 0.02);
}

// Five pairs under steal that differs within them, as measured far apart, at equal steal alike; of some the
// entrant's side is in doubt.
std::vector<LevelPairs> under_steal(std::size_t in_doubt) {
    constexpr double k_differences[] = {0.05, 0.06, -0.05, -0.04, -0.03};
    constexpr double k_noise[] = {0.004, -0.003, 0.002, -0.004, 0.001};
    std::vector<LevelPairs> levels(1);
    for (std::size_t i = 0; i < 5; ++i)
        levels[0].blocks.push_back({.pairs = {{.point = {.log_ratio = 0.1 + k_noise[i] - 2 * k_differences[i],
                                                         .steal_difference = k_differences[i]},
                                               .mine = {.by_rule = i >= 5 - in_doubt},
                                               .theirs = {}}},
                                    .left_out = {}});
    return levels;
}

TEST(Decision, HoldsTheVerdictAtEqualStealAgainstPairsWithoutDoubtAtEqualSteal) {
    const PairedRatio ratio = pooled_decision(under_steal(2), terms_of(experiment(5, 5)));
    ASSERT_EQ(ratio.decided_by, model::DecidedBy::adjusted);
    EXPECT_EQ(ratio.without_doubt.pairs, 3);
    EXPECT_NEAR(std::log(ratio.without_doubt.ratio.value()), 0.1, 0.005);
    EXPECT_EQ(ratio.doubt, model::Doubt::marks);
    EXPECT_EQ(ratio.verdict, Verdict::faster);
}

TEST(Decision, CountsTheBlocksOfALevelAtWhichOneIsBarredAndTakesNoneOfItsPairs) {
    const model::ExperimentSpec spec = experiment(4, 4);
    Random random = random_for(1, "invalid level");
    std::vector<LevelPairs> levels;
    measure(levels, 4, {.levels = 2, .effect = 0.5, .spread = 0.01}, random);
    levels.front().one_invalid = levels.front().one_barred = true;
    const std::vector<PairedRatio> found = decisions(levels, terms_of(spec));
    EXPECT_EQ(found[0].verdict, Verdict::invalid);
    EXPECT_EQ(found[1].verdict, Verdict::faster);
    EXPECT_EQ(found[2].pairs, 4);
    EXPECT_EQ(found[2].verdict, Verdict::faster);
    levels.back().one_invalid = levels.back().one_barred = true;
    EXPECT_EQ(pooled_decision(levels, terms_of(spec)).verdict, Verdict::invalid);
}

}  // namespace
}  // namespace joust::analysis
