#pragma once

#include <memory>
#include <optional>

#include "database/session_reader.hpp"
#include "probes/probe.hpp"
#include "probes/sampling_thread.hpp"

namespace joust::probes {

/// The distance between samples, of which a window gets about 40: 100 ms at the least, 1 s at the most.
Nanoseconds sampling_distance(Nanoseconds window);

/// What the contender's sessions with the database were doing in the window, by samples at irregular times:
/// TrialResult::database_waits. It stays empty without a reader, and where the database did not answer.
class WaitProbe final : public Probe {
public:
    /// `seed` says by how much the samples are apart.
    WaitProbe(std::unique_ptr<database::SessionReader> reader, std::uint64_t seed)
        : reader_(std::move(reader)), seed_(seed) {}
    Status begin(TimePoint start, TimePoint end) override;
    Status finish(model::TrialResult& trial) override;

private:
    void sample(TimePoint start, TimePoint end);

    const std::unique_ptr<database::SessionReader> reader_;
    const std::uint64_t seed_;
    std::optional<model::DatabaseWaits> waits_;  ///< written by the thread, read after join
    SamplingThread sampler_;                     ///< the last: it uses the others until its end
};

}  // namespace joust::probes
