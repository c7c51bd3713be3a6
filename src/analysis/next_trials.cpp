#include "analysis/next_trials.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "analysis/compare.hpp"
#include "analysis/equal_rate.hpp"
#include "model/measuring_time.hpp"
#include "stats/looks.hpp"

namespace joust::analysis {
namespace {

using model::PlannedTrial;
using model::TrialResult;
using LevelList = std::vector<std::int64_t>;

bool at_levels(const TrialResult& trial) {
    return trial.plan.lens == model::Lens::capacity;
}

// What was done at one level in one block.
struct Done {
    bool whole = false;    // in one attempt every entrant was measured
    int next_attempt = 0;  // after those that were begun
};

Done done_at(const model::Benchmark& benchmark, const std::vector<TrialResult>& finished, int block,
             std::int64_t level) {
    Done done;
    for (const TrialResult& one : finished) {
        if (one.plan.block != block || one.plan.level != level || !at_levels(one)) continue;
        done.next_attempt = std::max(done.next_attempt, one.plan.attempt + 1);
        const auto together = std::count_if(finished.begin(), finished.end(), [&](const TrialResult& other) {
            return same_pair(one.plan, other.plan);
        });
        done.whole = done.whole || static_cast<std::size_t>(together) >= benchmark.entrants.size();
    }
    return done;
}

bool looked_at_after(int blocks) {
    return std::any_of(stats::k_looks.begin(), stats::k_looks.end(),
                       [&](const stats::Look& look) { return look.blocks == blocks; });
}

// The experiment as far as it has come.
class Course {
public:
    Course(const model::Benchmark& benchmark, const std::vector<TrialResult>& finished, const Look& look)
        : benchmark_(benchmark), as_it_goes_on_(benchmark), finished_(finished), look_(look) {
        as_it_goes_on_.experiment.budget.reset();
    }

    [[nodiscard]] std::vector<PlannedTrial> next() const {
        LevelList levels = benchmark_.load.levels;
        for (int block = 0; block < last_block(benchmark_.experiment); ++block) {
            if (block >= benchmark_.experiment.blocks_min) levels = open_after(block, levels);
            const LevelList left = not_whole(block, levels);
            if (levels.empty()) return {};
            if (!left.empty() && !within_budget(left, left.size() < levels.size())) return {};
            if (!left.empty()) return plan(block, left);
            levels = whole(block);
        }
        return {};
    }

private:
    [[nodiscard]] LevelList not_whole(int block, const LevelList& levels) const {
        LevelList left;
        std::copy_if(levels.begin(), levels.end(), std::back_inserter(left),
                     [&](std::int64_t level) { return !done_at(benchmark_, finished_, block, level).whole; });
        return left;
    }
    [[nodiscard]] LevelList whole(int block) const { return whole_levels(benchmark_, finished_, block); }

    // Those of `levels`, which have `blocks` blocks, that get one more.
    [[nodiscard]] LevelList open_after(int blocks, const LevelList& levels) const {
        if (!looked_at_after(blocks)) return levels;
        LevelList begun = whole(blocks);
        const bool over = begun.size() == levels.size() ||
                          std::any_of(finished_.begin(), finished_.end(),
                                      [&](const TrialResult& trial) { return trial.plan.block > blocks; });
        if (over) return begun;
        const auto later = [&](const TrialResult& trial) { return trial.plan.block >= blocks; };
        if (std::none_of(finished_.begin(), finished_.end(), later))
            return open_levels(look_(as_it_goes_on_, finished_), benchmark_, levels);
        std::vector<TrialResult> until_then;
        std::remove_copy_if(finished_.begin(), finished_.end(), std::back_inserter(until_then), later);
        return open_levels(look_(as_it_goes_on_, until_then), benchmark_, levels);
    }

    // A block that was begun goes on as far as it can; a new one begins only if all of it can be measured.
    [[nodiscard]] bool within_budget(const LevelList& left, bool begun) const {
        return model::fits_budget(benchmark_, finished_, begun ? std::span(left).first(1) : std::span(left));
    }

    [[nodiscard]] std::vector<PlannedTrial> plan(int block, const LevelList& levels) const {
        int index = 0;  // of the next trial: indices go on where an interrupted run stopped
        for (const TrialResult& trial : finished_)
            index = std::max(index, trial.plan.index + 1);
        std::vector<PlannedTrial> trials;
        for (const std::int64_t level : levels)
            for (PlannedTrial trial :
                 plan_level(benchmark_, block, level, index + static_cast<int>(trials.size()))) {
                trial.attempt = done_at(benchmark_, finished_, block, level).next_attempt;
                trials.push_back(std::move(trial));
            }
        return trials;
    }

    const model::Benchmark& benchmark_;
    model::Benchmark as_it_goes_on_;  // what a look judges by: that a budget may end the run comes after it
    const std::vector<TrialResult>& finished_;
    const Look& look_;
};

model::Comparison seen_by_compare(const model::Benchmark& run, const std::vector<TrialResult>& trials) {
    return compare(run, trials);
}

bool certain(const model::PairedRatio& ratio, double margin) {
    if (ratio.verdict != model::Verdict::inconclusive) return true;
    if (!ratio.low || !ratio.high || *ratio.low <= 0) return false;
    return std::log(*ratio.high / *ratio.low) < 2 * std::log1p(margin);
}

}  // namespace

std::vector<TrialResult> those_at_levels(const std::vector<TrialResult>& finished) {
    std::vector<TrialResult> found;
    std::copy_if(finished.begin(), finished.end(), std::back_inserter(found), at_levels);
    return found;
}

std::vector<std::int64_t> whole_levels(const model::Benchmark& benchmark,
                                       const std::vector<TrialResult>& finished, int block) {
    LevelList found;
    for (const std::int64_t level : benchmark.load.levels)
        if (done_at(benchmark, finished, block, level).whole) found.push_back(level);
    return found;
}

std::vector<PlannedTrial> next_at_levels(const model::Benchmark& benchmark,
                                         const std::vector<TrialResult>& finished) {
    const std::vector<TrialResult> found = those_at_levels(finished);
    const Look none = [](const model::Benchmark&, const std::vector<TrialResult>&) {
        return model::Comparison();
    };
    return Course(benchmark, found, none).next();
}

bool all_blocks_there(const model::Benchmark& benchmark, const std::vector<TrialResult>& finished) {
    model::Benchmark unbounded = benchmark;
    unbounded.experiment.budget.reset();
    const std::vector<TrialResult> found = those_at_levels(finished);
    const Look look = seen_by_compare;
    return Course(unbounded, found, look).next().empty();
}

std::vector<std::int64_t> open_levels(const model::Comparison& comparison, const model::Benchmark& benchmark,
                                      const std::vector<std::int64_t>& levels) {
    std::vector<std::string> compared;
    for (const bool calibration : {false, true})
        if (compared.empty())
            for (const model::Entrant& entrant : benchmark.entrants)
                if (entrant.label != benchmark.baseline && entrant.calibration == calibration)
                    compared.push_back(entrant.label);
    LevelList open;
    std::copy_if(levels.begin(), levels.end(), std::back_inserter(open), [&](std::int64_t level) {
        return std::any_of(compared.begin(), compared.end(), [&](const std::string& entrant) {
            const model::PairedRatio* ratio = comparison.ratio(model::Quantity::goodput, entrant, level);
            return ratio == nullptr || !certain(*ratio, benchmark.experiment.margin);
        });
    });
    const bool whole_is_open = std::any_of(compared.begin(), compared.end(), [&](const std::string& entrant) {
        const model::PairedRatio* pooled = comparison.ratio(model::Quantity::goodput, entrant, std::nullopt);
        return pooled != nullptr && !certain(*pooled, benchmark.experiment.margin);
    });
    return open.empty() && whole_is_open ? levels : open;
}

std::vector<PlannedTrial> next_trials(const model::Benchmark& benchmark,
                                      const std::vector<TrialResult>& finished, const Look& look) {
    const std::vector<TrialResult> found = those_at_levels(finished);
    std::vector<PlannedTrial> next = Course(benchmark, found, look).next();
    return next.empty() ? equal_rate_trials(benchmark, finished) : next;
}

std::vector<PlannedTrial> next_trials(const model::Benchmark& benchmark,
                                      const std::vector<TrialResult>& finished) {
    return next_trials(benchmark, finished, seen_by_compare);
}

}  // namespace joust::analysis
