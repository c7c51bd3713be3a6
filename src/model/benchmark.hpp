#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/entrant.hpp"
#include "model/limits.hpp"

namespace joust::files {
class BenchmarkReader;
}

namespace joust::model {

enum class DatabaseEngine { postgres, sqlite };
/// Full: fsync and synchronous_commit on (SQLite: synchronous=FULL). Relaxed: commits may be lost in a crash.
enum class Durability { full, relaxed };
enum class LoadModel { closed, open };

std::string_view name(DatabaseEngine engine);
std::string_view name(Durability durability);
std::string_view name(LoadModel model);

struct DatabaseSpec {
    DatabaseEngine engine = DatabaseEngine::postgres;
    Durability durability = Durability::full;
    std::map<std::string, std::string> settings;  ///< PostgreSQL's own names and units
    friend bool operator==(const DatabaseSpec&, const DatabaseSpec&) = default;
};

struct LoadSpec {
    LoadModel model = LoadModel::closed;
    std::vector<std::int64_t> levels;  ///< rising; users (closed) or requests per second (open)
    Nanoseconds duration{};            ///< length of the measured window
    Nanoseconds timeout{};             ///< of one request; also the longest drain
    Nanoseconds think_time{};          ///< of a user between answer and next request (closed model)
    Nanoseconds warmup_min{};          ///< the window never starts earlier
    Nanoseconds warmup_max{};  ///< the window starts then at the latest, marked "no steady state" if need be
    friend bool operator==(const LoadSpec&, const LoadSpec&) = default;
};

struct ExperimentSpec {
    int blocks_min = 1;
    int blocks_max = 1;
    double margin = 0.05;          ///< practical equivalence, each side of a ratio of 1
    double error_rate_max = 0.01;  ///< a trial above it is invalid
    std::uint64_t seed = 1;        ///< of every random choice
    /// After the last block: pairs of trials at one open rate for all, half of what the slowest entrant does.
    bool equal_rate = false;
    bool calibration = false;  ///< the baseline enters again, as an entrant of its own
    /// For all trials together, without set-up. Empty: the blocks alone decide.
    std::optional<Nanoseconds> budget;
    friend bool operator==(const ExperimentSpec&, const ExperimentSpec&) = default;
};

/// How many blocks a run has at the most: blocks_max, but none after the last look (stats::k_looks) beyond
/// blocks_min.
int last_block(const ExperimentSpec& experiment);
/// How many blocks a run has at the least unless its budget ends it: those of the first look that may end it
/// (none below blocks_min), or all.
int fewest_blocks(const ExperimentSpec& experiment);

/// A benchmark that was read and found right; there is no other way to make one.
class Benchmark {
public:
    std::string name;
    std::string title;
    std::string workload;
    std::vector<Entrant> entrants;  ///< at least one, each label once
    std::string baseline;           ///< the label of one of them; ratios are of the others to it
    std::string profile;            ///< "" when none was applied
    RuntimeKind runtime =
        RuntimeKind::process;  ///< of the database, and of entrants that have none themselves
    Limits contender_limits;
    Limits database_limits;
    DatabaseSpec database;
    LoadSpec load;
    ExperimentSpec experiment;

    friend bool operator==(const Benchmark&, const Benchmark&) = default;

private:
    Benchmark() = default;
    friend class files::BenchmarkReader;
};

/// Of an entrant of this benchmark.
RuntimeKind runtime_of(const Benchmark& benchmark, const Entrant& entrant);
/// Any of its parties runs that way.
bool uses(const Benchmark& benchmark, RuntimeKind kind);

/// Of its entrants, in its order.
std::vector<std::string> labels(const Benchmark& benchmark);

/// Trials of a run: blocks × levels × contenders. More are neither planned nor read.
inline constexpr std::uint64_t k_most_trials = 100'000;

}  // namespace joust::model
