// What the proof of effects costs within a measured window: joust_proof_cost CONTENDER --rate N. One service
// serves a constant rate, and the observers that a trial has in its window are switched on and off: pairs of
// neighbouring slices, one with them and one without, in random order. The kernel's CPU time of contender and
// database is read at each edge, and operations are those that are due, so that only CPU time scatters.
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <thread>

#include "base/text.hpp"
#include "cli/run_spec.hpp"
#include "cli/signals.hpp"
#include "experiment/trial.hpp"
#include "host/measuring_lock.hpp"
#include "proof_cost/observers.hpp"
#include "proof_cost/pairs.hpp"
#include "terminal/standard_streams.hpp"

namespace joust::bench {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds k_between = 60ms;     // slices: what observers do before and after a window
constexpr Nanoseconds k_after_start = 2ms;  // counters are read before anything is observed,
constexpr Nanoseconds k_before_end = 15ms;  // and when the last observation has been made
constexpr Nanoseconds k_look = 50ms;        // as the thread of a trial
constexpr double k_most_cost = 1.01;
constexpr double k_least_answered = 0.98;  // of what is due; less is no constant rate

struct Asked {
    std::string contender;
    std::string benchmark = "io-intensive";
    std::int64_t rate = 80;
    double slice_s = 0.5;
    double window_s = 6;
    double warm_up_s = 5;
    double measure_s = 120;
    std::string observers = "all";
    std::string pairs_file;
    std::uint64_t seed = 1;
};

struct Measured {
    std::vector<CostPair> pairs;  ///< those of earlier calls too
    Dose dose;
};

class StageTeller final : public experiment::Observer {
public:
    void stage(const std::string& what) override { terminal::tell("{}\n", printable(what)); }
    void warning(const std::string& text) override { terminal::tell("warning: {}\n", printable(text)); }
    void planned(const model::PlannedRun& /*plan*/, int /*finished*/, const Path& /*directory*/) override {}
    void trial_started(const model::PlannedTrial& /*trial*/) override {}
    void trial_reading(const model::PlannedTrial& /*trial*/,
                       const experiment::LiveReading& /*reading*/) override {}
    void trial_finished(const model::TrialResult& /*result*/) override {}
};

bool interrupted() {
    return cli::interruption() != 0;
}

Result<Nanoseconds> cpu_of(const host::UsageSource& source) {
    const auto* const group = std::get_if<host::GroupSource>(&source);
    if (group == nullptr)
        return fail(ErrorKind::unsupported, "CPU time per slice is read from cgroups, and there are none");
    JOUST_TRY(const host::UsageCounters counters, group->group->read_usage());
    return counters.cpu_total;
}

// What the parties had used at one moment.
struct Edge {
    TimePoint at;
    Nanoseconds contender{0};
    Nanoseconds database{0};
};

class Switching {
public:
    Switching(const Asked& asked, const load::Engine& engine, Observers& observers,
              host::UsageSource contender, host::UsageSource database)
        : asked_(asked),
          engine_(engine),
          observers_(observers),
          contender_(std::move(contender)),
          database_(std::move(database)),
          random_(random_for(asked.seed, "order of slices")) {}

    Result<CostPair> pair() {
        CostPair pair;
        const bool with_first = uniform_below(random_, 2) == 0;
        for (const bool with : {with_first, !with_first}) {
            JOUST_TRY((with ? pair.with : pair.without), slice(with));
        }
        return pair;
    }

private:
    // Shortly before a request is due: at half its capacity the service then rests, and hardly any request
    // lies on both sides of an edge.
    [[nodiscard]] TimePoint next_start() const {
        const Nanoseconds interval = from_seconds(1.0 / static_cast<double>(asked_.rate));
        const Nanoseconds passed = now() + k_between - engine_.started_at();
        return engine_.started_at() + (passed / interval + 1) * interval - interval / 10;
    }

    Result<Edge> edge() const {
        Edge edge;
        JOUST_TRY(edge.contender, cpu_of(contender_));
        JOUST_TRY(edge.database, cpu_of(database_));
        edge.at = now();
        return edge;
    }

    Status wait_until(TimePoint end, bool with) {
        while (now() < end) {
            if (interrupted()) return fail(ErrorKind::interrupted, "interrupted");
            const load::Progress progress = engine_.progress();
            if (with) observers_.look(progress.at);
            std::this_thread::sleep_for(std::clamp<Nanoseconds>(end - now(), 0ns, k_look));
        }
        return {};
    }

    Result<SliceCost> slice(bool with) {
        const TimePoint start = next_start();
        const TimePoint end = start + from_seconds(asked_.slice_s);
        if (with) JOUST_CHECK(observers_.begin(engine_, start + k_after_start, end - k_before_end));
        std::this_thread::sleep_until(start);
        JOUST_TRY(const Edge before, edge());
        JOUST_CHECK(wait_until(end, with));
        JOUST_TRY(const Edge after, edge());
        if (with) JOUST_CHECK(observers_.finish());
        const double operations = seconds(after.at - before.at) * static_cast<double>(asked_.rate);
        return SliceCost{.contender_us = seconds(after.contender - before.contender) * 1e6 / operations,
                         .database_us = seconds(after.database - before.database) * 1e6 / operations};
    }

    const Asked& asked_;
    const load::Engine& engine_;
    Observers& observers_;
    host::UsageSource contender_;
    host::UsageSource database_;
    Random random_;
};

// The rate is only what it is called where all that is due is answered.
Status check_served(const Asked& asked, const load::Engine& engine) {
    const load::Progress progress = engine.progress();
    const double due = seconds(progress.at - engine.started_at()) * static_cast<double>(asked.rate);
    if (progress.errors.total() == 0 && static_cast<double>(progress.succeeded) >= due * k_least_answered)
        return {};
    return fail(
        ErrorKind::service,
        "{} answered {} requests rightly of {:.0f} that were due, and {} failed; write a lower --rate",
        asked.contender, progress.succeeded, due, progress.errors.total());
}

std::string dose_text(const Dose& dose) {
    if (dose.slices == 0ns) return "";
    const auto per_second = [&](std::uint64_t count) {
        return static_cast<double>(count) / seconds(dose.slices);
    };
    return fmt::format(
        "with: files watched for {:.0f} % of the time, {} requests; per second {:.2f} samples of sessions, "
        "{:.2f} looks at the catalog, {:.2f} at the connections\n",
        100 * seconds(dose.watched) / seconds(dose.slices), dose.watched_requests, per_second(dose.samples),
        per_second(dose.catalog_looks), per_second(dose.traffic_looks));
}

// The pairs of one service on one run of the database.
Status measure(const Asked& asked, const ObserverSet& chosen, experiment::Rig& rig,
               const experiment::RunSpec& spec, Measured& measured) {
    JOUST_TRY(deploy::Instance instance, rig.start_instance(asked.contender));
    JOUST_CHECK(instance.wait_until_healthy(instance.contender().healthy_within, interrupted));
    JOUST_CHECK(rig.database().begin_turn(asked.contender));
    const auto database = rig.database().usage_source();
    if (!database)
        return fail(ErrorKind::unsupported, "the database is no server, and has no CPU time of its own");
    JOUST_TRY(load::Engine engine,
              load::Engine::start(experiment::load_options(spec, instance.contender(), {.level = asked.rate},
                                                           instance.port(), rig.layout().generator.cpus)));
    JOUST_TRY(Observers observers,
              Observers::create(chosen, rig, spec, instance, from_seconds(asked.window_s)));
    Switching switching(asked, engine, observers, instance.usage_source(), *database);
    const TimePoint warm = engine.started_at() + from_seconds(asked.warm_up_s);
    std::this_thread::sleep_until(warm);
    while (now() < warm + from_seconds(asked.measure_s)) {
        JOUST_TRY(const CostPair pair, switching.pair());
        measured.pairs.push_back(pair);
    }
    JOUST_CHECK(check_served(asked, engine));
    engine.stop_now();
    instance.stop(experiment::k_stop_grace);
    measured.dose = observers.dose();
    return {};
}

Status measure(const Asked& asked, const ObserverSet& chosen, const std::vector<std::string>& command_line,
               const Path& results, Measured& measured) {
    JOUST_TRY(const cli::Installation installation, cli::find_installation());
    JOUST_TRY(experiment::RunSpec spec,
              cli::read_run({.benchmark = asked.benchmark,
                             .assignments = {fmt::format("contenders = [\"{}\"]", asked.contender),
                                             fmt::format("load.levels = [{}]", asked.rate),
                                             "load.model = \"open\"", "experiment.equal_rate = false"},
                             .results = results},
                            installation));
    spec.benchmark.experiment.seed = asked.seed;
    spec.about = cli::about(installation, command_line);
    JOUST_TRY(const host::MeasuringLock lock, host::MeasuringLock::take());
    JOUST_TRY(files::RunDirectory directory,
              files::RunDirectory::create(spec.results, spec.benchmark.name, wall_now()));
    StageTeller teller;
    JOUST_TRY(experiment::Rig rig, experiment::Rig::create(spec, directory, teller, interrupted));
    return measure(asked, chosen, rig, spec, measured);
}

Result<std::string> run(const Asked& asked, const std::vector<std::string>& command_line,
                        const Path& results) {
    JOUST_TRY(const ObserverSet chosen, parse_observers(asked.observers));
    const std::string what =
        fmt::format("{} {} {}/s, slices of {} s, as in windows of {} s, {}", asked.benchmark, asked.contender,
                    asked.rate, asked.slice_s, asked.window_s, asked.observers);
    Measured measured;
    if (!asked.pairs_file.empty()) {
        JOUST_TRY(measured.pairs, read_pairs(asked.pairs_file, what));
    }
    if (asked.measure_s > 0) {
        JOUST_CHECK(measure(asked, chosen, command_line, results, measured));
        if (!asked.pairs_file.empty()) JOUST_CHECK(write_pairs(asked.pairs_file, what, measured.pairs));
    }
    return fmt::format("{}\n{}{}", what, costs_text(measured.pairs, k_most_cost), dose_text(measured.dose));
}

int ended(const Result<std::string>& text) {
    const Status printed = text ? terminal::print_text(*text) : Status{};
    if (!text) terminal::tell("joust_proof_cost: {}\n", printable(text.error().message));
    return text && printed ? 0 : 1;
}

}  // namespace
}  // namespace joust::bench

int main(int argc, char** argv) {
    using namespace joust;
    terminal::secure_standard_streams();
    bench::Asked asked;
    CLI::App app("What the proof of effects costs within a measured window, with ÷ without");
    app.add_option("contender", asked.contender)->required();
    app.add_option("--benchmark", asked.benchmark);
    app.add_option("--rate", asked.rate, "requests per second, about half of what the contender can do")
        ->check(CLI::Range(1, 100'000));
    app.add_option("--slice", asked.slice_s, "seconds")->check(CLI::Range(0.2, 60.0));
    app.add_option("--window", asked.window_s, "seconds: as much is observed as in a window of this length")
        ->check(CLI::Range(1.0, 600.0));
    app.add_option("--warm-up", asked.warm_up_s, "seconds")->check(CLI::Range(1.0, 600.0));
    app.add_option("--for", asked.measure_s, "seconds of slices; 0: only judges the pairs of the file")
        ->check(CLI::Range(0.0, 3600.0));
    app.add_option("--observers", asked.observers, "all, none, or files, waits, traffic, processes");
    app.add_option("--pairs", asked.pairs_file, "a file to which the pairs of several calls are added");
    app.add_option("--seed", asked.seed);
    CLI11_PARSE(app, argc, argv);
    cli::catch_interruptions();
    std::string results = "/tmp/joust-proof-cost-XXXXXX";
    if (::mkdtemp(results.data()) == nullptr) return 1;
    const auto text = bench::run(asked, {argv, argv + argc}, results);
    std::error_code ignored;
    if (text)
        std::filesystem::remove_all(results, ignored);
    else  // logs may tell why, where there are any
        std::filesystem::remove(results, ignored);
    return bench::ended(text);
}
