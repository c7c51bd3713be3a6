#pragma once

#include <map>
#include <string>

#include "experiment/rig.hpp"
#include "experiment/trial.hpp"
#include "experiment/trial_runner.hpp"

namespace joust::experiment {

/// Plays trials on the rig, with real services, load and database. The services of a pair are started
/// together, and wait for their turns; where one port is for all of them, each is started for its own turn.
class MeasuringRunner final : public TrialRunner {
public:
    /// All outlive it.
    MeasuringRunner(Rig& rig, const RunSpec& spec, const Interrupted& interrupted)
        : rig_(rig), spec_(spec), interrupted_(interrupted) {}

    /// Puts a short load on every entrant that nobody records, at the middle level: the first use of files,
    /// data directory and caches is then in no block.
    Status warm_up(Observer& observer);

    Status prepare(std::span<const model::PlannedTrial> pair, Observer& observer) override;
    Result<model::TrialResult> run(const model::PlannedTrial& plan, Observer& observer) override;

private:
    Status start(const std::vector<std::string>& labels);
    Status warm_up(const std::string& label, std::int64_t level);

    Rig& rig_;
    const RunSpec& spec_;
    const Interrupted& interrupted_;
    std::map<std::string, Started> started_;  ///< by label; those whose turn has not come
};

}  // namespace joust::experiment
