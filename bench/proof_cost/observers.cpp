#include "proof_cost/observers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "probes/file_probe.hpp"
#include "probes/process_probe.hpp"
#include "probes/round_trip_probe.hpp"

namespace joust::bench {
namespace {

struct Named {
    std::string_view name;
    bool ObserverSet::* observer;
};
constexpr std::array<Named, 4> k_observers{{{"files", &ObserverSet::files},
                                            {"waits", &ObserverSet::waits},
                                            {"traffic", &ObserverSet::traffic},
                                            {"processes", &ObserverSet::processes}}};

// A probe's session ends with the probe; this one goes on from slice to slice, and is asked only for the
// shares that are given of what the probe asks. What is asked before the slice is no part of it. The fields
// of the dose that a probe's thread changes are its own.
class SharedReader final : public database::SessionReader {
public:
    SharedReader(database::SessionReader& reader, TimePoint start, const Thinning& shares, Random random,
                 Dose& dose)
        : reader_(reader), start_(start), shares_(shares), random_(random), dose_(dose) {}
    Status read(model::DatabaseWaits& sum) override {
        if (!left_out(shares_.samples, dose_.samples)) return reader_.read(sum);
        ++sum.samples;  // the probe counts on
        return {};
    }
    Result<database::OpenSessions> open_sessions() override {
        if (now() >= start_) ++dose_.traffic_looks;
        return reader_.open_sessions();
    }
    Result<std::vector<model::FaultyTable>> own_code() override {
        if (left_out(shares_.catalog, dose_.catalog_looks)) return std::vector<model::FaultyTable>{};
        return reader_.own_code();
    }

private:
    bool left_out(double share, std::uint64_t& looks) {
        if (now() < start_) return false;
        if (uniform_open(random_) >= share) return true;
        ++looks;
        return false;
    }

    database::SessionReader& reader_;
    const TimePoint start_;
    const Thinning shares_;
    Random random_;
    Dose& dose_;
};

// Per second, by the rules of WaitProbe and RoundTripProbe.
struct Rates {
    double samples = 0;
    double catalog = 0;
    double traffic = 0;
};
Rates rates_in(Nanoseconds window) {
    constexpr double k_samples_for_code = 8;
    const double samples = seconds(window) / seconds(probes::sampling_distance(window));
    const double interval = std::max(seconds(window) / 3, 1.0);
    const double between = std::max(0.0, std::ceil(seconds(window) / interval - 1.5));
    return {.samples = samples / seconds(window),
            .catalog = (std::floor(samples / k_samples_for_code) + 1) / seconds(window),
            .traffic = (between + 2) / seconds(window)};
}

double watched_share(Nanoseconds window, double requests_per_s, std::int64_t files,
                     std::uint64_t connections) {
    Random random(1);
    Nanoseconds watched{0};
    for (const probes::FileSlice& slice : probes::plan_slices({.window = window,
                                                               .requests_per_s = requests_per_s,
                                                               .straddling = connections,
                                                               .files_per_request = files},
                                                              random))
        watched += slice.length;
    return seconds(watched) / seconds(window);
}

}  // namespace

Result<ObserverSet> parse_observers(const std::string& text) {
    if (text == "none") return ObserverSet{};
    if (text == "all") return ObserverSet{.files = true, .waits = true, .traffic = true, .processes = true};
    ObserverSet chosen;
    for (const std::string_view word : split(text, ',')) {
        const auto* const known = std::find_if(k_observers.begin(), k_observers.end(),
                                               [&](const Named& one) { return one.name == word; });
        if (known == k_observers.end())
            return fail(ErrorKind::bad_input,
                        "--observers: \"{}\" is none of all, none, files, waits, traffic, processes",
                        printable(word));
        chosen.*(known->observer) = true;
    }
    return chosen;
}

Thinning thinned(Nanoseconds slice, Nanoseconds window, double requests_per_s,
                 const model::Workload& workload, std::uint64_t connections) {
    const Rates here = rates_in(slice);
    const Rates there = rates_in(window);
    Thinning shares{.samples = there.samples / here.samples,
                    .catalog = there.catalog / here.catalog,
                    .traffic = there.traffic / here.traffic};
    if (const auto files = probes::files_per_request(workload); files && files->created > 0) {
        const double of_slice = watched_share(slice, requests_per_s, files->created, connections);
        if (of_slice > 0)
            shares.files = watched_share(window, requests_per_s, files->created, connections) / of_slice;
    }
    return shares;
}

Result<Observers> Observers::create(ObserverSet chosen, experiment::Rig& rig, const experiment::RunSpec& spec,
                                    const deploy::Instance& instance, Nanoseconds window) {
    Observers all(chosen, spec, instance, window);
    JOUST_TRY(all.waits_reader_, rig.database().session_reader(instance.label()));
    JOUST_TRY(all.traffic_reader_, rig.database().session_reader(instance.label()));
    return all;
}

// As the trial makes them (experiment/trial.cpp), but for those that measure usage and are there without any
// proof, and those that do nothing within the window.
probes::Probes Observers::make_probes(const load::Engine& engine, TimePoint start, const Thinning& thinning) {
    probes::Probes all;
    if (const auto files = probes::files_per_request(spec_->workload);
        files && chosen_.files && drawn(thinning.files))
        all.push_back(std::make_unique<probes::FileProbe>(
            instance_->scratch().here(), *files,
            probes::WatchedLoad{.succeeded = [&engine] { return engine.progress().succeeded; },
                                .requests_per_s = static_cast<double>(spec_->benchmark.load.levels.front()),
                                .straddling = engine.progress().connections},
            Random(random_())));
    if (chosen_.processes)
        all.push_back(std::make_unique<probes::ProcessProbe>([this] { return instance_->pids(); },
                                                             instance_->pid(), probes::DeclaredProcesses{}));
    if (waits_reader_ && chosen_.waits)
        all.push_back(std::make_unique<probes::WaitProbe>(
            std::make_unique<SharedReader>(*waits_reader_, start, thinning, Random(random_()), *dose_),
            random_(), *code_));
    if (traffic_reader_ && chosen_.traffic && drawn(thinning.traffic))
        all.push_back(std::make_unique<probes::RoundTripProbe>(
            std::make_unique<SharedReader>(*traffic_reader_, start, Thinning{}, Random(1), *dose_)));
    return all;
}

Status Observers::begin(const load::Engine& engine, TimePoint start, TimePoint end) {
    length_ = end - start;
    probes_ = make_probes(engine, start,
                          thinned(length_, window_, static_cast<double>(spec_->benchmark.load.levels.front()),
                                  spec_->workload, engine.progress().connections));
    return probes::begin(probes_, start, end);
}

Status Observers::finish() {
    model::TrialResult trial;
    trial.load_model = model::LoadModel::open;
    const probes::Probes ended = std::exchange(probes_, {});
    JOUST_CHECK(probes::finish(ended, trial));
    dose_->slices += length_;
    if (trial.files) {
        dose_->watched += trial.files->watched;
        dose_->watched_requests += trial.files->requests;
    }
    return {};
}

}  // namespace joust::bench
