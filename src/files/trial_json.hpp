#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/directory.hpp"
#include "base/error.hpp"
#include "model/trial_result.hpp"

// A trial on disk: its histograms in histograms/<index>.hlog, then one line of trials.jsonl. The line holds
// every fact of the trial but the histograms, and some figures derived from them for whoever reads it without
// Joust. docs/results.md lists the keys.
namespace joust::files {

/// Raised whenever a key of trials.jsonl changes its meaning; readers refuse a newer one.
inline constexpr int k_trials_schema_version = 1;

inline constexpr const char* k_trials_file = "trials.jsonl";

/// The trial as one line of JSON, without the newline. Bytes that are not UTF-8 (in samples of wrong answers)
/// are replaced by U+FFFD.
std::string trial_line(const model::TrialResult& trial);

/// Reads one line back, with empty histograms. bad_input names `file`, `line_number` and the key.
Result<model::TrialResult> parse_trial_line(std::string_view line, const Path& file, int line_number);

/// "histograms/0007.hlog" below the run directory.
Path histogram_file(const Path& run_dir, int trial_index);

/// Writes the trial's histograms, atomically and synced: to be called before its line is appended. Intervals
/// are tagged response_time, service_time, time_to_first_byte, schedule_lag, reap_delay, and
/// response_time_operation_<number> for a mix.
Status write_histograms(const Directory& run, const model::TrialResult& trial);
Status write_histograms(const Path& run_dir, const model::TrialResult& trial);

/// trials.jsonl ended within a line: joust was killed while it wrote it. That trial is not there.
struct TornLine {
    int line_number = 0;
    std::size_t bytes = 0;
    friend bool operator==(const TornLine&, const TornLine&) = default;
};

struct StoredTrials {
    std::vector<model::TrialResult> trials;  ///< in the order of the file, histograms included
    std::optional<TornLine> torn;
};

/// Reads trials.jsonl and every trial's histograms. A missing or broken histogram file is an error that names
/// it. So is one of another layout than Joust's, and a run that is larger than any that Joust makes: a
/// stranger may have made it.
Result<StoredTrials> read_trials(const Directory& run);
Result<StoredTrials> read_trials(const Path& run_dir);

}  // namespace joust::files
