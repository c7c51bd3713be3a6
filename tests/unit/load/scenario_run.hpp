#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "load/engine.hpp"
#include "support/scenario.hpp"
#include "support/scripted_server.hpp"

namespace joust::load {

/// What a load of constant rate measures of a scenario, beside what the server's log says is true.
struct Measured {
    model::Samples samples;
    /// Response times by the server's log, sorted: from the due time to just before and just after the answer
    /// was given to the kernel. The truth lies in between; the two differ where the server was interrupted.
    std::vector<Nanoseconds> at_least;
    std::vector<Nanoseconds> at_most;
    std::vector<test::LogEntry> log;
    Nanoseconds latest_arrival{0};  ///< of any request at the server, after it was due
    TimePoint started;
};

/// A server that plays a scenario and an engine that loads it, at work from the constructor on. The
/// scenario's time zero is the schedule's.
class ScenarioRun {
public:
    struct Setting {
        test::Scenario scenario;
        double rate = 500;
        Nanoseconds length = std::chrono::seconds(3);
        Io io = Io::automatic;
        std::vector<int> cpus = {};
        int max_connections = 10'000;
        test::ScriptedServer::Manner manner = {};
    };

    explicit ScenarioRun(Setting setting)
        : setting_(std::move(setting)), service_(setting_.scenario), server_(script(), setting_.manner) {
        auto engine = Engine::start(options());
        if (!engine) return;
        engine_.emplace(std::move(*engine));
        zero_ns_ = engine_->started_at().time_since_epoch().count();
    }
    ScenarioRun(const ScenarioRun&) = delete;
    ScenarioRun& operator=(const ScenarioRun&) = delete;
    /// The script must not wait for a time zero that never comes.
    ~ScenarioRun() { zero_ns_ = 1; }

    [[nodiscard]] const Setting& setting() const { return setting_; }
    Measured finish() {
        Measured measured;
        if (!engine_) return measured;
        measured.started = engine_->started_at();
        auto samples = engine_->finish();
        if (!samples) return measured;
        measured.samples = std::move(*samples);
        server_.settle();
        measured.log = server_.log();
        for (const test::LogEntry& entry : measured.log) {
            if (!entry.released) continue;
            const TimePoint due = due_time(entry);
            measured.latest_arrival = std::max(measured.latest_arrival, entry.request.arrived - due);
            measured.at_least.push_back(*entry.releasing - due);
            measured.at_most.push_back(*entry.released - due);
        }
        std::sort(measured.at_least.begin(), measured.at_least.end());
        std::sort(measured.at_most.begin(), measured.at_most.end());
        return measured;
    }

    /// Number of a request whose path is "/{sequence}", from 0.
    static std::int64_t number_of(const test::LogEntry& entry) {
        std::int64_t number = 0;
        const std::string& path = entry.request.path;
        std::from_chars(path.data() + 1, path.data() + path.size(), number);
        return number - 100'000'000'000;
    }
    [[nodiscard]] TimePoint due_time(const test::LogEntry& entry) const {
        return engine_->started_at() + from_seconds(static_cast<double>(number_of(entry)) / setting_.rate);
    }

private:
    test::ScriptedServer::Script script() {
        return [this](const test::SeenRequest& request) {
            while (zero_ns_ == 0)  // the first requests may come before Engine::start returns
                std::this_thread::yield();
            const TimePoint zero{Nanoseconds(zero_ns_)};
            return test::Reply::ok("ok", service_.delay(request.arrived - zero, request.connection));
        };
    }
    [[nodiscard]] Options options() const {
        Options options;
        options.target = parse_url(server_.url()).value();
        options.operations[0].request.path = "/{sequence}";
        options.schedule = OpenLoop::constant_rate(setting_.rate);
        std::get<OpenLoop>(options.schedule).max_connections = setting_.max_connections;
        options.stop = StopAfter{setting_.length};
        options.timeout = std::chrono::seconds(150);  // a host may be very busy
        options.io = setting_.io;
        options.cpus = setting_.cpus;
        return options;
    }

    Setting setting_;
    std::atomic<std::int64_t> zero_ns_{0};
    test::Service service_;  // used by the server's thread alone
    test::ScriptedServer server_;
    std::optional<Engine> engine_;
};

}  // namespace joust::load
