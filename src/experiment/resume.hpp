#pragma once

#include <string>
#include <vector>

#include "experiment/rig.hpp"
#include "files/run_directory.hpp"

namespace joust::experiment {

/// In what a run that is to go on would differ from what it was, each as a sentence's part: "the kernel was
/// \"a\" and is \"b\"". Load and latencies of the host may differ, for they do so all the time.
std::vector<std::string> differences(const model::Environment& before, const model::Environment& now);

/// Refuses (bad_input), naming each difference, to go on with the run where benchmark, workload, sources of
/// its contenders, host or Joust are no longer those of its environment.json. Starts nothing.
Status check_resumable(const RunSpec& spec, const files::RunDirectory& directory);

/// The same once everything is set up: databases, images and packages are known only then.
Status check_unchanged(const model::Environment& before, const model::Environment& now,
                       const Path& run_directory);

}  // namespace joust::experiment
