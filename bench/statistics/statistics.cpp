// Simulates how often Joust's verdicts are right, through the functions that give them, and prints what
// docs/method.md shows: joust_statistics [EXPERIMENTS] [SEED] [TEXT]. With a text, only the rows of the first
// table whose name has it. Its exit code is 1 where a target is missed by more than chance explains.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "statistics/cells.hpp"
#include "statistics/law.hpp"

namespace joust::statistics {
namespace {

using stats::Outcome;

struct Tally {
    double experiments = 0;
    double different = 0;
    double found = 0;
    double equivalent = 0;
    double intervals = 0;
    double covered = 0;
    double blocks = 0;

    void add(const Judgement& judgement, double truth) {
        ++experiments;
        const bool higher = judgement.outcome == Outcome::higher;
        const bool lower = judgement.outcome == Outcome::lower;
        different += higher || lower;
        found += (higher && truth > 0) || (lower && truth < 0);
        equivalent += judgement.outcome == Outcome::equivalent;
        intervals += judgement.interval.has_value();
        covered +=
            judgement.interval && judgement.interval->low <= truth && truth <= judgement.interval->high;
        blocks += judgement.blocks;
    }
    double share(double count) const { return count / experiments; }
};

Tally tally_of(const Cell& cell, int experiments, std::uint64_t seed) {
    Random random = random_for(seed, cell.what);
    Tally tally;
    for (int i = 0; i < experiments; ++i) {
        World world = cell.world;
        if (cell.ends_at_random)
            world.blocks =
                4 + static_cast<int>(uniform_below(random, static_cast<std::uint64_t>(world.blocks - 3)));
        const Experiment experiment = drawn(world, random);
        tally.add(cell.judge(experiment), experiment.truth);
    }
    return tally;
}

// What a share of so many experiments may be off by chance; a limit that holds is missed by it in one of
// 30 000 cells.
constexpr double k_standard_errors = 4;

// "different ≤ 6 % met, covered ≥ 94 % **missed**"
class Targets {
public:
    explicit Targets(double experiments) : experiments_(experiments) {}

    void add(const std::optional<double>& limit, double share, bool most, const char* name) {
        if (!limit) return;
        const double beyond = most ? share - *limit : *limit - share;
        const double error = std::sqrt(*limit * (1 - *limit) / experiments_);
        const bool missed = beyond > k_standard_errors * error;
        missed_ = missed_ || missed;
        text_ += fmt::format("{}{} {} {:.4g} % {}", text_.empty() ? "" : ", ", name, most ? "≤" : "≥",
                             *limit * 100,
                             missed       ? "**missed**"
                             : beyond > 0 ? "met within its error"
                                          : "met");
    }
    const std::string& text() const { return text_; }
    bool missed() const { return missed_; }

private:
    double experiments_;
    std::string text_;
    bool missed_ = false;
};

std::string covered_text(const Tally& tally) {
    return tally.intervals == 0 ? "–" : fmt::format("{:.1f}", tally.share(tally.covered) * 100);
}

// Whether a target is missed.
bool print(const Cell& cell, const Tally& tally) {
    Targets targets(tally.experiments);
    targets.add(cell.most_different, tally.share(tally.different), true, "different");
    targets.add(cell.most_equivalent, tally.share(tally.equivalent), true, "equivalent");
    targets.add(cell.least_found, tally.share(tally.found), false, "found");
    targets.add(cell.least_covered, tally.share(tally.covered), false, "covered");
    fmt::print("| {} | {} | {:.1f} | {:.1f} | {} | {:.1f} | {} |\n", cell.item, cell.what,
               tally.share(tally.different) * 100, tally.share(tally.equivalent) * 100, covered_text(tally),
               tally.share(tally.blocks), targets.text());
    std::fflush(stdout);
    return targets.missed();
}

int print_cells(int experiments, std::uint64_t seed, const std::string& wanted) {
    fmt::print(
        "| item | experiments | different, % | equivalent, % | covered, % | blocks | target |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | --- |\n");
    int missed = 0;
    for (const Cell& cell : cells())
        if (cell.what.find(wanted) != std::string::npos && print(cell, tally_of(cell, experiments, seed)))
            ++missed;
    return missed;
}

struct Way {
    const char* name;
    Judge judge;
    bool original;
};

std::string contrasted(const Contrast& contrast, const Way& way, int experiments, std::uint64_t seed) {
    Cell cell{.item = "6", .what = contrast.what, .world = contrast.world, .judge = way.judge};
    if (way.original) {
        cell.world.blocks = 1;
        cell.world.one_after_the_other = true;
    }
    const Tally tally = tally_of(cell, experiments, seed);
    return fmt::format(" {:.1f}, {:.1f} |", tally.share(tally.different) * 100,
                       tally.share(tally.equivalent) * 100);
}

void print_contrasts(int experiments, std::uint64_t seed) {
    constexpr Way ways[] = {{"as the original did", as_the_original, true},
                            {"as Joust did before", as_before, false},
                            {"within levels, steal not adjusted for", without_adjustment, false},
                            {"as Joust does", at_once, false}};
    fmt::print("\n| different, equivalent, % (item 6) |");
    for (const Way& way : ways)
        fmt::print(" {} |", way.name);
    fmt::print("\n| --- |");
    for ([[maybe_unused]] const Way& way : ways)
        fmt::print(" ---: |");
    for (const Contrast& contrast : contrasts()) {
        fmt::print("\n| {} |", contrast.what);
        for (const Way& way : ways)
            fmt::print("{}", contrasted(contrast, way, experiments, seed));
    }
    fmt::print("\n");
    std::fflush(stdout);
}

// How many of its shares are above the level that they are of.
int print_sequential_levels(int experiments, std::uint64_t seed) {
    constexpr double k_levels[] = {0.005, 0.01, 0.025, 0.05, 0.10};
    fmt::print("\n| overall level |");
    for (const double level : k_levels)
        fmt::print(" {:.1f} % |", level * 100);
    fmt::print("\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    int missed = 0;
    for (const std::size_t levels : {std::size_t{1}, std::size_t{3}}) {
        const World world{.blocks = 12,
                          .spreads = std::vector<double>(levels, 0.15),
                          .log_ratios = std::vector<double>(levels, 0.0)};
        Random random = random_for(seed, "sequential p-values");
        std::array<int, std::size(k_levels)> below{};
        for (int i = 0; i < experiments; ++i) {
            const double p = sequential_p_of_all_looks(drawn(world, random));
            for (std::size_t k = 0; k < below.size(); ++k)
                if (p < k_levels[k]) ++below[k];
        }
        fmt::print("| sequential p-value below, {} |", levels == 1 ? "1 level" : "3 levels");
        for (std::size_t k = 0; k < below.size(); ++k) {
            Targets target(experiments);
            const double share = static_cast<double>(below[k]) / experiments;
            target.add(k_levels[k], share, true, "");
            if (target.missed()) ++missed;
            fmt::print(" {:.2f} %{} |", share * 100, target.missed() ? " **missed**" : "");
        }
        fmt::print("\n");
    }
    return missed;
}

}  // namespace
}  // namespace joust::statistics

int main(int count, char** arguments) {
    using namespace joust::statistics;
    const int experiments = count > 1 ? std::atoi(arguments[1]) : 20000;
    const std::uint64_t seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
    const std::string wanted = count > 3 ? arguments[3] : "";
    if (experiments < 1) {
        fmt::print(stderr, "joust_statistics [EXPERIMENTS >= 1] [SEED] [TEXT]\n");
        return 2;
    }
    fmt::print("{} experiments a row, seed {}\n\n", experiments, seed);
    int missed = print_cells(experiments, seed, wanted);
    if (wanted.empty()) {
        print_contrasts(experiments, seed);
        missed += print_sequential_levels(experiments, seed);
        print_law(experiments / 20 + 1, seed);
    }
    fmt::print("\n{} targets missed by more than {} standard errors\n", missed, k_standard_errors);
    return missed == 0 ? 0 : 1;
}
