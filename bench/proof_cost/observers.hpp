#pragma once

#include <memory>
#include <string>

#include "base/random.hpp"
#include "experiment/rig.hpp"
#include "load/engine.hpp"
#include "probes/wait_probe.hpp"

namespace joust::bench {

/// Which of the observers of a window are switched on and off.
struct ObserverSet {
    bool files = false;      ///< probes::FileProbe
    bool waits = false;      ///< probes::WaitProbe, with its looks at the catalog
    bool traffic = false;    ///< probes::RoundTripProbe
    bool processes = false;  ///< probes::ProcessProbe
};
/// Of "files,waits,traffic,processes", "all" or "none"; fails (bad_input) where a word is none of them.
Result<ObserverSet> parse_observers(const std::string& text);

/// What observers have done in all slices so far.
struct Dose {
    Nanoseconds slices{0};   ///< their lengths
    Nanoseconds watched{0};  ///< with the files watched
    std::uint64_t watched_requests = 0;
    std::uint64_t samples = 0;        ///< of sessions
    std::uint64_t catalog_looks = 0;  ///< for triggers and rules
    std::uint64_t traffic_looks = 0;
};

/// How much of what a probe does in a short slice it does, so that it does as much per second as in a window.
struct Thinning {
    double files = 1;
    double samples = 1;
    double catalog = 1;
    double traffic = 1;
};
/// By the probes' own plans. Shares are 1 at the most: a slice too short for a probe has too little of it.
Thinning thinned(Nanoseconds slice, Nanoseconds window, double requests_per_s,
                 const model::Workload& workload, std::uint64_t connections);

/// Observes slices as a trial observes its window, by the same probes. The sessions with the database are
/// opened once, as those of a trial are opened before its window.
class Observers {
public:
    /// All that is referred to outlives the object.
    static Result<Observers> create(ObserverSet chosen, experiment::Rig& rig, const experiment::RunSpec& spec,
                                    const deploy::Instance& instance, Nanoseconds window);

    /// Begins to observe a slice that begins at `start`, a moment away.
    Status begin(const load::Engine& engine, TimePoint start, TimePoint end);
    /// To be called by the one who waits for the slice's end, as the thread of a trial does.
    void look(TimePoint at) { probes::look(probes_, at); }
    /// Ends what begin() began.
    Status finish();
    [[nodiscard]] const Dose& dose() const { return *dose_; }

private:
    Observers(ObserverSet chosen, const experiment::RunSpec& spec, const deploy::Instance& instance,
              Nanoseconds window)
        : chosen_(chosen),
          window_(window),
          spec_(&spec),
          instance_(&instance),
          random_(random_for(spec.benchmark.experiment.seed, "slices of files")),
          code_(std::make_unique<probes::OwnCode>()) {}
    [[nodiscard]] probes::Probes make_probes(const load::Engine& engine, TimePoint start,
                                             const Thinning& thinning);
    [[nodiscard]] bool drawn(double share) { return uniform_open(random_) < share; }

    ObserverSet chosen_;
    Nanoseconds window_;
    const experiment::RunSpec* spec_;
    const deploy::Instance* instance_;
    std::unique_ptr<database::SessionReader> waits_reader_;
    std::unique_ptr<database::SessionReader> traffic_reader_;
    Random random_;
    // Both stay where they are while probes refer to them.
    std::unique_ptr<probes::OwnCode> code_;
    std::unique_ptr<Dose> dose_ = std::make_unique<Dose>();
    Nanoseconds length_{0};  ///< of the slice that is observed
    probes::Probes probes_;
};

}  // namespace joust::bench
