#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "host/file_lives.hpp"
#include "model/observed_files.hpp"
#include "model/workload.hpp"

namespace joust::probes {

/// What every request of a workload has to do to files, nothing included; empty where its operations differ.
std::optional<model::FileEffects> files_per_request(const model::Workload& workload);

/// A stretch of the window.
struct FileSlice {
    Nanoseconds start{0};  ///< from the start of the window, as is `latest`
    Nanoseconds length{0};
    /// Where fewer requests than these were answered by its end, as when the service stands still, it goes on
    /// for them, but not beyond `latest`; at twice as many it ends early.
    std::uint64_t requests = 0;
    Nanoseconds latest{0};
    friend bool operator==(const FileSlice&, const FileSlice&) = default;
};

/// What decides how long the slices have to be, and may be.
struct FileLoad {
    Nanoseconds window{0};
    double requests_per_s = 0;           ///< answered rightly, as far as is known; 0: not known
    std::uint64_t straddling = 0;        ///< requests that may be under way at one moment
    std::int64_t files_per_request = 0;  ///< > 0
};

/// Slices at random places, in order and apart. Each is long enough for its edges to hide a tenth of the work
/// at most; there are up to four, as far as the cost allows, which goes before: at least one, however short.
std::vector<FileSlice> plan_slices(const FileLoad& load, Random& random);

/// What was seen in one slice.
struct WatchedSlice {
    host::FileCounts files;
    std::uint64_t requests = 0;  ///< answered rightly in it
    Nanoseconds length{0};
};
/// All slices together. A request that was answered in a slice and begun before it may have done its work
/// before, and of those there are at most `straddling`.
model::ObservedFiles observed_files(const model::FileEffects& contract, std::span<const WatchedSlice> slices,
                                    std::uint64_t straddling);

}  // namespace joust::probes
