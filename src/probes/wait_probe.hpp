#pragma once

#include <memory>
#include <optional>
#include <set>

#include "database/session_reader.hpp"
#include "probes/probe.hpp"
#include "probes/sampling_thread.hpp"

namespace joust::probes {

/// The distance between samples, of which a window gets about 12: 400 ms at the least, 1 s at the most.
Nanoseconds sampling_distance(Nanoseconds window);

/// Triggers and rules in a contender's database.
using OwnCode = std::set<model::FaultyTable>;

/// What the contender's sessions with the database were doing in the window, by samples at irregular times:
/// TrialResult::database_waits. It stays empty without a reader, and where the database did not answer.
class WaitProbe final : public Probe {
public:
    /// `seed` says by how much the samples are apart. What triggers and rules were seen, while temporary ones
    /// are there, goes to `code` with finish(); it outlives the probe.
    WaitProbe(std::unique_ptr<database::SessionReader> reader, std::uint64_t seed, OwnCode& code)
        : reader_(std::move(reader)), seed_(seed), code_(code) {}
    Status begin(TimePoint start, TimePoint end) override;
    Status finish(model::TrialResult& trial) override;

private:
    void sample(TimePoint start, TimePoint end);
    void look_for_code();

    const std::unique_ptr<database::SessionReader> reader_;
    const std::uint64_t seed_;
    OwnCode& code_;
    OwnCode code_seen_;                          ///< written by the thread, read after join
    std::optional<model::DatabaseWaits> waits_;  ///< likewise
    SamplingThread sampler_;                     ///< the last: it uses the others until its end
};

}  // namespace joust::probes
