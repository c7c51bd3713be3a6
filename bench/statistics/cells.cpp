#include "statistics/cells.hpp"

#include <cmath>

#include <fmt/format.h>

namespace joust::statistics {
namespace {

constexpr double k_most_false = 0.06;
constexpr double k_most_false_with_looks = 0.05;
constexpr double k_most_false_of_levels = 0.05;
constexpr double k_most_false_in_doubt = 0.10;
constexpr double k_least_found_in_doubt = 0.95;
constexpr double k_most_falsely_equivalent = 0.025;
constexpr double k_least_covered = 0.94;
constexpr int k_most_blocks = 12;

// `blocks` of as many levels as `log_ratios`, all with the same spread.
World even(int blocks, double spread, std::vector<double> log_ratios = {0, 0, 0}) {
    const std::vector<double> spreads(log_ratios.size(), spread);
    return {.blocks = blocks, .spreads = spreads, .log_ratios = std::move(log_ratios)};
}

World one_level(int blocks, double spread, double log_ratio) {
    return even(blocks, spread, {log_ratio});
}

std::vector<double> three(double ratio) {
    return std::vector<double>(3, std::log(ratio));
}

struct Named {
    const char* name;
    World world;
};

// The worlds without steal in which two are alike, of so many blocks of levels with these spreads.
std::vector<Named> quiet_worlds(const World& base, double spread) {
    std::vector<Named> worlds;
    const auto with = [&](const char* name, auto change) {
        worlds.push_back({name, base});
        change(worlds.back().world);
    };
    with("white noise", [](World&) {});
    with("drift of 30 %", [](World& world) { world.noise = Noise::drift; });
    with("AR(1) of 0.7 over trials", [](World& world) { world.noise = Noise::sluggish; });
    with("t with 3 degrees", [](World& world) { world.noise = Noise::heavy; });
    with("step of 20 %", [](World& world) { world.noise = Noise::step; });
    with("outliers, 5 %", [](World& world) { world.noise = Noise::outliers; });
    with("spread 1 : 3 of contenders", [](World& world) { world.noise = Noise::one_sided; });
    with("slot effect of 2 %", [](World& world) { world.slot_effect = 0.02; });
    if (base.spreads.size() < 3) return worlds;
    with("spread 1 : 3 of levels",
         [spread](World& world) { world.spreads = {spread / 2, spread, spread * 1.5}; });
    with("levels differ (0.89, 1.06, 1.06)", [](World& world) { world.log_ratios = {-0.12, 0.06, 0.06}; });
    return worlds;
}

void add_alike(std::vector<Cell>& all) {
    for (const int blocks : {4, 6}) {
        for (const Named& named : quiet_worlds(even(blocks, 0.05), 0.05))
            all.push_back({.item = "1, 5",
                           .what = fmt::format("alike, 3 levels × {} blocks: {}", blocks, named.name),
                           .world = named.world,
                           .most_different = k_most_false,
                           .least_covered = k_least_covered});
    }
    for (const double median : {0.01, 0.02, 0.04, 0.10})
        for (const double seconds : {1.0, 10.0, 60.0})
            for (const int blocks : {4, 6}) {
                World world = even(blocks, 0.05);
                world.steal = {.median = median, .seconds = seconds};
                all.push_back({.item = "1, 5",
                               .what = fmt::format("alike, 3 × {}: steal {:.0f} %, {:.0f} s", blocks,
                                                   median * 100, seconds),
                               .world = world,
                               .most_different = k_most_false,
                               .least_covered = k_least_covered});
            }
}

// Levels that scatter differently, and levels that void pairs have left with few or one.
void add_uneven(std::vector<Cell>& all) {
    World four = even(4, 0.05, {0, 0, 0, 0});
    four.spreads.back() = 0.15;
    World three_levels = even(4, 0.05);
    three_levels.spreads.back() = 0.15;
    World voided = even(4, 0.05);
    voided.voided = 0.3;
    World both = voided;
    both.spreads.back() = 0.15;
    for (const double median : {0.0, 0.04})
        for (Named named :
             {Named{"3 × 4: one level scatters three times as much", three_levels},
              {"4 × 4: one level scatters three times as much", four},
              {"3 × 4: 30 % of the pairs void", voided},
              {"3 × 4: 30 % of the pairs void, one level scatters three times as much", both}}) {
            named.world.steal.median = median;
            all.push_back(
                {.item = "1, 5",
                 .what = fmt::format("alike, {}{}", named.name, median > 0 ? ", steal 4 %, 10 s" : ""),
                 .world = named.world,
                 .most_different = k_most_false,
                 .least_covered = k_least_covered});
        }
}

// Steal that costs levels differently, and void pairs. Where one level alone suffers it scatters most, and
// may be left with one pair, which tells nothing of that: no target is held there, it is told all the same.
void add_unlike_levels(std::vector<Cell>& all) {
    struct Unlike {
        const char* name;
        std::vector<double> of_levels;
        bool promised;
    };
    for (const Unlike& unlike :
         {Unlike{"1 : 2 : 3", {0.5, 1, 1.5}, true}, Unlike{"0 : 0 : 3", {0, 0, 1.5}, false}})
        for (const double median : {0.04, 0.10})
            for (const double seconds : {1.0, 10.0, 60.0}) {
                World world = even(4, 0.02);
                world.voided = 0.3;
                world.steal = {.median = median, .seconds = seconds};
                world.steal.of_levels = unlike.of_levels;
                Cell cell{.item = "1, 5",
                          .what = fmt::format("alike, 3 × 4, spread 2 %: 30 % of the pairs void, sensitivity "
                                              "by level {}, steal {:.0f} %, {:.0f} s",
                                              unlike.name, median * 100, seconds),
                          .world = world};
                if (unlike.promised) {
                    cell.most_different = k_most_false;
                    cell.least_covered = k_least_covered;
                }
                all.push_back(cell);
            }
    World one_scatters = even(4, 0.02);
    one_scatters.voided = 0.3;
    one_scatters.spreads.back() = 0.3;
    all.push_back({.item = "1, 5",
                   .what = "alike, 3 × 4, spread 2 %: 30 % of the pairs void, one level scatters fifteen "
                           "times as much",
                   .world = one_scatters});
}

void add_sensitivity(std::vector<Cell>& all) {
    for (const double median : {0.01, 0.04, 0.10})
        for (const double seconds : {1.0, 10.0, 60.0}) {
            World world = even(4, 0.05);
            world.steal = {.median = median, .seconds = seconds, .of_entrant = 1, .of_baseline = 2};
            all.push_back({.item = "2",
                           .what = fmt::format("sensitivity 1 : 2, 3 × 4: steal {:.0f} %, {:.0f} s",
                                               median * 100, seconds),
                           .world = world,
                           .least_covered = k_least_covered});
        }
    World own = even(4, 0.05);
    own.steal = {.median = 0.04, .seconds = 10, .entrants_own = 0.02};
    all.push_back(
        {.item = "2",
         .what = "alike at equal steal, 3 × 4: steal 4 %, 10 s, the entrant brings 2 points upon itself",
         .world = own,
         .most_different = k_most_false});
}

struct Power {
    double ratio;
    int blocks;
    double spread;
    double least;
};

constexpr Power k_powers[] = {
    {1.10, 4, 0.07, 0.95}, {1.05, 4, 0.05, 0.75}, {1.05, 6, 0.05, 0.92}, {1.05, 10, 0.07, 0.92}};

void add_power(std::vector<Cell>& all) {
    for (const Power& power : k_powers)
        for (const double seconds : {1.0, 10.0, 60.0}) {
            World world = even(power.blocks, power.spread, three(power.ratio));
            world.steal = {.median = 0.04, .seconds = seconds};
            all.push_back({.item = "3, 5",
                           .what = fmt::format(
                               "true {:.0f} %, {} pairs of 3 levels, spread {:.0f} %: steal 4 %, {:.0f} s",
                               (power.ratio - 1) * 100, power.blocks * 3, power.spread * 100, seconds),
                           .world = world,
                           .least_found = power.least,
                           .least_covered = k_least_covered});
        }
}

// What no target asks for, told all the same: rougher steal, void pairs, and much steal with and without the
// adjustment.
void add_power_beyond(std::vector<Cell>& all) {
    for (const Power& power : k_powers) {
        World world = even(power.blocks, power.spread, three(power.ratio));
        world.steal = {.median = 0.04, .seconds = 10, .sigma = 0.8};
        all.push_back({.item = "3",
                       .what = fmt::format(
                           "true {:.0f} %, {} pairs of 3 levels, spread {:.0f} %: rough steal 4 %, 10 s",
                           (power.ratio - 1) * 100, power.blocks * 3, power.spread * 100),
                       .world = world});
    }
    World voided = even(4, 0.07, three(1.10));
    voided.voided = 0.3;
    all.push_back({.item = "3",
                   .what = "true 10 %, 12 pairs of 3 levels, spread 7 %: 30 % of the pairs void",
                   .world = voided});
    World much = even(6, 0.05, three(1.05));
    much.steal = {.median = 0.10, .seconds = 10};
    all.push_back(
        {.item = "3", .what = "true 5 %, 18 pairs of 3 levels, spread 5 %: steal 10 %, 10 s", .world = much});
    all.push_back({.item = "3",
                   .what = "true 5 %, 18 pairs of 3 levels, spread 5 %: steal 10 %, 10 s, not adjusted for",
                   .world = much,
                   .judge = without_adjustment});
}

// Where steal meets levels that scatter differently, or noise that is not normal; and rougher steal than
// elsewhere.
void add_hard_steal(std::vector<Cell>& all) {
    const auto add = [&](const char* what, const World& world) {
        all.push_back({.item = "1, 5",
                       .what = what,
                       .world = world,
                       .most_different = k_most_false,
                       .least_covered = k_least_covered});
    };
    World world = even(4, 0.05);
    world.steal = {.median = 0.04, .seconds = 10};
    World unlike = world;
    unlike.spreads = {0.03, 0.03, 0.09};
    add("alike, 3 × 4: steal 4 %, 10 s, spread 1 : 3 of levels", unlike);
    World heavy = world;
    heavy.noise = Noise::heavy;
    add("alike, 3 × 4: steal 4 %, 10 s, t with 3 degrees", heavy);
    World slot = world;
    slot.slot_effect = 0.02;
    add("alike, 3 × 4: steal 4 %, 10 s, slot effect of 2 %", slot);
    World rough = world;
    rough.steal.sigma = 0.8;
    add("alike, 3 × 4: steal 4 %, 10 s, rough (sigma 0.8)", rough);
    rough.steal.median = 0.10;
    add("alike, 3 × 4: steal 10 %, 10 s, rough (sigma 0.8)", rough);
}

// Five and six pairs of one level on a disturbed host: of two that are alike, and what a true 10 % is found
// in, which no target asks for.
void add_few_pairs(std::vector<Cell>& all) {
    const auto add = [&](const std::string& what, const World& world, bool alike) {
        Cell cell{.item = alike ? "1, 5" : "3, 5", .what = what, .world = world};
        if (alike) cell.most_different = k_most_false;
        cell.least_covered = k_least_covered;
        all.push_back(cell);
    };
    for (const double ratio : {1.0, 1.10})
        for (const int blocks : {5, 6})
            for (const double median : {0.04, 0.10, 0.15})
                for (const double seconds : {1.0, 10.0, 60.0}) {
                    World world = one_level(blocks, 0.04, std::log(ratio));
                    world.steal = {.median = median, .seconds = seconds};
                    add(fmt::format("{}, 1 level × {}, spread 4 %: steal {:.0f} %, {:.0f} s",
                                    ratio == 1 ? "alike" : "true 10 %", blocks, median * 100, seconds),
                        world, ratio == 1);
                }
    for (const Named& named : quiet_worlds(one_level(5, 0.04, 0), 0.04)) {
        World world = named.world;
        world.steal = {.median = 0.10, .seconds = 10};
        add(fmt::format("alike, 1 level × 5, spread 4 %: steal 10 %, 10 s, {}", named.name), world, true);
    }
    World rough = one_level(5, 0.04, 0);
    rough.steal = {.median = 0.10, .seconds = 10, .sigma = 0.8};
    add("alike, 1 level × 5, spread 4 %: steal 10 %, 10 s, rough (sigma 0.8)", rough, true);
    World unlike = one_level(5, 0.04, 0);
    unlike.steal = {.median = 0.10, .seconds = 10, .of_entrant = 1, .of_baseline = 2};
    all.push_back({.item = "2",
                   .what = "sensitivity 1 : 2, 1 level × 5, spread 4 %: steal 10 %, 10 s",
                   .world = unlike,
                   .least_covered = k_least_covered});
}

// What few pairs gain from being taken at equal steal, over how they are as measured; that at equal steal of
// a spread of 4 % is among add_few_pairs().
void add_gain_of_few_pairs(std::vector<Cell>& all) {
    for (const double spread : {0.03, 0.04, 0.07})
        for (const double median : {0.04, 0.10}) {
            World world = one_level(5, spread, std::log(1.10));
            world.steal = {.median = median, .seconds = 10};
            const std::string what = fmt::format(
                "true 10 %, 1 level × 5, spread {:.0f} %: steal {:.0f} %, 10 s", spread * 100, median * 100);
            if (spread != 0.04)
                all.push_back(
                    {.item = "3, 5", .what = what, .world = world, .least_covered = k_least_covered});
            all.push_back({.item = "3",
                           .what = what + ", not adjusted for",
                           .world = world,
                           .judge = without_adjustment});
        }
}

void add_looks(std::vector<Cell>& all) {
    const auto add = [&](std::string what, const World& world, Cell targets) {
        targets.item = "4";
        targets.what = std::move(what);
        targets.world = world;
        targets.judge = with_looks;
        all.push_back(std::move(targets));
    };
    const Cell alike{.item = {}, .what = {}, .world = {}, .most_different = k_most_false_with_looks};
    for (const Named& named : quiet_worlds(one_level(k_most_blocks, 0.07, 0), 0.07))
        add(fmt::format("looks, alike, 1 level: {}", named.name), named.world, alike);
    for (const Named& named : quiet_worlds(even(k_most_blocks, 0.07), 0.07))
        add(fmt::format("looks, alike, 3 levels: {}", named.name), named.world, alike);
    for (const double median : {0.01, 0.04, 0.10}) {
        World world = one_level(k_most_blocks, 0.07, 0);
        world.steal = {.median = median, .seconds = 10};
        add(fmt::format("looks, alike, 1 level: steal {:.0f} %, 10 s", median * 100), world, alike);
    }
    Cell budget = alike;
    budget.ends_at_random = true;
    add("looks, alike, 1 level, budget ends after 4 to 12 blocks", one_level(k_most_blocks, 0.07, 0), budget);
    all.push_back({.item = "6",
                   .what = "for contrast: a plain 95 % interval at every look, alike, 1 level",
                   .world = one_level(k_most_blocks, 0.07, 0),
                   .judge = with_naive_looks});
    const Cell margin{.item = {}, .what = {}, .world = {}, .most_equivalent = k_most_falsely_equivalent};
    for (const double spread : {0.02, 0.03, 0.05})
        for (const bool pooled : {false, true})
            add(fmt::format("looks, true 5 %, {}, spread {:.0f} %", pooled ? "3 levels" : "1 level",
                            spread * 100),
                pooled ? even(k_most_blocks, spread, three(1.05))
                       : one_level(k_most_blocks, spread, std::log(1.05)),
                margin);
    const Cell found{.item = {}, .what = {}, .world = {}, .least_found = 0.95};
    add("looks, true 10 %, 1 level, spread 7 %", one_level(k_most_blocks, 0.07, std::log(1.10)), found);
    add("looks, true 10 %, 3 levels, spread 7 %", even(k_most_blocks, 0.07, three(1.10)), found);
}

// The verdicts of levels: none of so many that are alike is told apart. Their spread is so large that none is
// called equivalent, which would hide what is false.
void add_families(std::vector<Cell>& all) {
    for (const std::size_t levels : {std::size_t{3}, std::size_t{6}}) {
        const std::vector<double> alike(levels, 0.0);
        all.push_back({.item = "7",
                       .what = fmt::format("any of {} levels, alike, 4 blocks, spread 20 %", levels),
                       .world = even(4, 0.20, alike),
                       .judge = any_level_at_once,
                       .most_different = k_most_false_of_levels});
        all.push_back({.item = "7",
                       .what = fmt::format("any of {} levels, alike, at any look, spread 20 %", levels),
                       .world = even(k_most_blocks, 0.20, alike),
                       .judge = any_level_with_looks,
                       .most_different = k_most_false_of_levels});
        World stolen = even(k_most_blocks, 0.20, alike);
        stolen.steal = {.median = 0.10, .seconds = 10};
        all.push_back({.item = "7",
                       .what = fmt::format(
                           "any of {} levels, alike, at any look, spread 20 %: steal 10 %, 10 s", levels),
                       .world = stolen,
                       .judge = any_level_with_looks,
                       .most_different = k_most_false_of_levels});
    }
}

// Doubt on two thirds of the pairs, all of it on the entrant: where it hides a bias it takes verdicts back,
// where it is harmless it takes hardly any.
void add_doubts(std::vector<Cell>& all) {
    World biased = even(4, 0.05);
    biased.doubted = 2.0 / 3;
    biased.doubted_bias = std::log(1.10);
    all.push_back({.item = "8",
                   .what = "alike, 3 × 4: two thirds of the pairs in doubt and 10 % too fast",
                   .world = biased,
                   .most_different = k_most_false_in_doubt});
    World harmless = even(4, 0.05, three(1.10));
    harmless.doubted = 2.0 / 3;
    all.push_back({.item = "8",
                   .what = "true 10 %, 3 × 4: two thirds of the pairs in doubt, harmlessly",
                   .world = harmless,
                   .least_found = k_least_found_in_doubt});
    World few = one_level(5, 0.04, std::log(1.10));
    few.steal = {.median = 0.10, .seconds = 10};
    few.doubted = 0.4;
    all.push_back({.item = "8",
                   .what = "true 10 %, 1 level × 5, spread 4 %: steal 10 %, 10 s, two of the pairs in doubt, "
                           "harmlessly",
                   .world = few});
}

}  // namespace

std::vector<Cell> cells() {
    std::vector<Cell> all;
    add_alike(all);
    add_hard_steal(all);
    add_few_pairs(all);
    add_gain_of_few_pairs(all);
    add_uneven(all);
    add_unlike_levels(all);
    add_sensitivity(all);
    add_power(all);
    add_power_beyond(all);
    add_looks(all);
    add_families(all);
    add_doubts(all);
    return all;
}

std::vector<Contrast> contrasts() {
    std::vector<Contrast> all;
    World drift = even(4, 0.05);
    drift.noise = Noise::drift;
    World steal = even(4, 0.05);
    steal.steal = {.median = 0.04, .seconds = 10};
    World found = even(4, 0.05, three(1.10));
    World found_under_steal = found;
    found_under_steal.steal = steal.steal;
    World apart = even(4, 0.05, {std::log(0.85), std::log(1.01), std::log(0.96)});
    all.push_back({"alike, white noise", even(4, 0.05)});
    all.push_back({"alike, drift of 30 %", drift});
    all.push_back({"alike, steal 4 %", steal});
    all.push_back({"true 10 %, white noise", found});
    all.push_back({"true 10 %, steal 4 %", found_under_steal});
    all.push_back({"true 0.85, 1.01, 0.96 by level, white noise", apart});
    return all;
}

}  // namespace joust::statistics
