#include "model/trial_json.hpp"

#include <array>
#include <utility>

#include "model/json_fields.hpp"
#include "model/limits_json.hpp"
#include "stats/hlog.hpp"

namespace joust::model {

template <typename F, Is<RequestCounts> R>
void fields(F& f, R& requests) {
    f("requests_started", requests.started);
    f("requests_succeeded", requests.succeeded);
    f("requests_failed", requests.failed);
    f("requests_timed_out", requests.timed_out);
    f("requests_unfinished", requests.unfinished);
}

template <typename F, Is<RequestErrors> E>
void fields(F& f, E& errors) {
    for (std::size_t i = 0; i < k_request_error_kinds; ++i)
        f("errors_" + std::string(name(static_cast<RequestErrorKind>(i))), errors.count[i]);
}

template <typename F, Is<ConnectionCounts> C>
void fields(F& f, C& connections) {
    f("connections_asked", connections.asked);
    f("connections_established", connections.established);
    f("connections_peak", connections.peak);
    f("connections_closed_idle", connections.closed_idle);
    f("connections_resent", connections.resent);
}

/// An enumeration by its name: `parse` gives an empty optional for a name that is none.
template <typename F, typename E, typename Parse>
void enumeration(F& f, std::string_view key, E& value, Parse&& parse) {
    if constexpr (F::reading) {
        std::string text;
        f(key, text);
        if (const auto parsed = parse(text)) {
            value = *parsed;
        } else {
            f.complain(std::string(key), "is \"" + text + "\", which is no name that is known here");
        }
    } else {
        f(key, name(value));
    }
}

std::optional<RequestErrorKind> request_error_kind(std::string_view text) {
    for (std::size_t i = 0; i < k_request_error_kinds; ++i)
        if (const auto kind = static_cast<RequestErrorKind>(i); name(kind) == text) return kind;
    return std::nullopt;
}

std::optional<LoadModel> load_model(std::string_view text) {
    for (const LoadModel model : {LoadModel::closed, LoadModel::open})
        if (name(model) == text) return model;
    return std::nullopt;
}

template <typename F, Is<RequestErrorExample> E>
void fields(F& f, E& example) {
    enumeration(f, "kind", example.kind, request_error_kind);
    f("status", example.status);
    f("detail", example.detail);
    f.seconds("since_window_s", example.since_window);
}

template <typename F, Is<SecondOfLoad> S>
void fields(F& f, S& second) {
    f("second", second.second);
    f("succeeded", second.succeeded);
    f("failed", second.failed);
    f("response_time_p50_ns", second.response_time_p50_ns);
    f("response_time_p99_ns", second.response_time_p99_ns);
    f("response_time_max_ns", second.response_time_max_ns);
}

template <typename F, Is<UnacknowledgedId> I>
void fields(F& f, I& id) {
    f("sequence", id.sequence);
    enumeration(f, "kind", id.kind, request_error_kind);
}

template <typename F, Is<IssuedIds> I>
void fields(F& f, I& ids) {
    f("prefix", ids.prefix);
    f("issued", ids.issued);
    f("unacknowledged", ids.unacknowledged);
    f("truncated", ids.truncated);
}

template <typename F, Is<OperationSamples> O>
void fields(F& f, O& operation) {
    f("name", operation.name);
    f("completed_in_window", operation.completed_in_window);
    fields(f, operation.requests);
}

template <typename F, Is<Incident> I>
void fields(F& f, I& incident) {
    enumeration(f, "kind", incident.kind, incident_kind);
    f("text", incident.text);
}

/// Figures that follow from the facts and the histograms; the units of the keys are those of the facts.
template <typename F>
void derived_fields(F& f, const TrialResult& trial) {
    const Samples& samples = trial.samples;
    const stats::Histogram& response = samples.response_time;
    f.derived("started", iso_time(trial.started));
    f.derived("goodput_rps", samples.goodput_rps());
    f.derived("error_rate", samples.error_rate());
    f.derived("response_time_mean_ns", response.mean());
    constexpr std::array<std::pair<std::string_view, double>, 4> quantiles{
        {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}}};
    for (const auto& [label, quantile] : quantiles)
        f.derived("response_time_" + std::string(label) + "_ns", response.value_at_quantile(quantile));
    f.derived("response_time_max_ns", response.max());
    f.derived("schedule_lag_p99_ns", samples.schedule_lag.value_at_quantile(0.99));
    f.derived("reap_delay_p99_ns", samples.reap_delay.value_at_quantile(0.99));
}

template <typename F, Is<Samples> S>
void fields(F& f, S& samples) {
    f.seconds("window_s", samples.window);
    f("completed_in_window", samples.completed_in_window);
    f("errors_in_window", samples.errors_in_window);
    fields(f, samples.requests);
    fields(f, samples.errors);
    f("censored", samples.censored);
    fields(f, samples.connections);
    f("received_bytes", samples.bytes_received);
    f("in_flight_mean", samples.in_flight_mean);
    f.seconds("response_time_sum_s", samples.response_time_sum);
    f("clock_steps", samples.clock_steps);
    f("load_backend", samples.backend);
    f("load_threads", samples.threads);
    f("kernel_time_stamps", samples.kernel_time_stamps);
    seconds_list(f, "load_thread_run_delays_s", samples.run_delays);
    fields(f, samples.conduct);
}

template <typename F, Is<GeneratorConduct::Half> H>
void fields(F& f, H& half) {
    f("due", half.due);
    f("answered", half.answered);
    f.seconds("response_time_sum_s", half.response_time_sum);
}

template <typename F, typename List>
void seconds_list(F& f, std::string_view key, List& times) {
    std::vector<double> list_s;
    for (const Nanoseconds time : times)
        list_s.push_back(seconds(time));
    f(key, list_s);
    if constexpr (F::reading)
        for (const double time_s : list_s)
            times.push_back(from_seconds(time_s));
}

template <typename F, Is<GeneratorConduct> C>
void fields(F& f, C& conduct) {
    seconds_list(f, "load_thread_cpu_s", conduct.thread_cpu);
    seconds_list(f, "load_thread_stopped_s", conduct.thread_stopped);
    f.seconds("load_longest_stop_s", conduct.longest_stop);
    f.seconds("load_start_delay_p50_s", conduct.start_delay_p50);
    f.seconds("load_start_delay_p99_s", conduct.start_delay_p99);
    f("load_held_back", conduct.held_back);
    f("load_never_begun", conduct.never_begun);
    f("steal_share", conduct.steal_share);
    f("halves", conduct.halves);
}

// A trial has a party of each role, whatever it used.
template <typename F, Is<TrialResult> T>
void party_fields(F& f, T& trial, Role role) {
    auto keys = f.prefixed(std::string(name(role)) + "_");
    if constexpr (F::reading) {
        Party& party = trial.parties.emplace_back();
        party.role = role;
        party.name = role == Role::contender ? trial.plan.entrant : std::string(name(role));
        fields(keys, party.usage);
    } else {
        const Party* party = trial.party(role);
        fields(keys, party != nullptr ? party->usage : Usage{});
    }
}

template <typename F, Is<TrialResult> T>
void limits_field(F& f, T& trial, Role role) {
    const std::string key = std::string(name(role)) + "_limits";
    if constexpr (F::reading) {
        f(key, trial.party(role)->limits_in_force);
    } else {
        const Party* party = trial.party(role);
        f(key, party != nullptr ? party->limits_in_force : std::optional<LimitsInForce>{});
    }
}

template <typename F, Is<TrialResult> T>
void fields(F& f, T& trial) {
    f("index", trial.plan.index);
    f("block", trial.plan.block);
    enumeration(f, "load_model", trial.load_model, load_model);
    f("level", trial.plan.level);
    f("position", trial.plan.position);
    f("contender", trial.plan.entrant);
    auto started = trial.started.time_since_epoch();
    f.nanoseconds("started_unix_ns", started);
    if constexpr (F::reading) trial.started = WallTime(started);
    f.seconds("timeout_s", trial.timeout);
    f.seconds("warmup_s", trial.warmup.length);
    f("warmup_steady", trial.warmup.steady);
    f("warmup_why", trial.warmup.why);
    derived_fields(f, trial);
    fields(f, trial.samples);
    for (const Role role : {Role::contender, Role::database, Role::generator})
        party_fields(f, trial, role);
    f.later_seconds("contender_cpu_taken_s", trial.contender_cpu_taken);
    // The generator's are read back once a run.
    for (const Role role : {Role::contender, Role::database})
        limits_field(f, trial, role);
    f.seconds("time_to_healthy_s", trial.service.time_to_healthy);
    f("service_died", trial.service.died);
    f("service_exit", trial.service.exit);
    f("service_processes", trial.service.processes);
    f("incidents", trial.incidents);
    f("operations", trial.samples.operations);
    f("seconds", trial.samples.seconds);
    f("error_examples", trial.samples.examples);
    f("ids", trial.samples.ids);
}

namespace {

// The histograms of a trial by their tags; Trial may be const.
template <typename Trial, typename Visit>
void for_each_histogram(Trial& trial, Visit&& visit) {
    auto& samples = trial.samples;
    visit(std::string("response_time"), samples.response_time);
    visit(std::string("service_time"), samples.service_time);
    visit(std::string("schedule_lag"), samples.schedule_lag);
    visit(std::string("reap_delay"), samples.reap_delay);
    for (std::size_t i = 0; i < samples.operations.size(); ++i)
        visit(fmt::format("response_time_operation_{}", i), samples.operations[i].response_time);
}

Status read_histograms(const Path& run_dir, TrialResult& trial) {
    const Path file = histogram_file(run_dir, trial.plan.index);
    JOUST_TRY(const std::string text, read_file(file));
    auto log = stats::read_hlog(text);
    if (!log) return fail(log.error().kind, "{}: {}", file.string(), log.error().message);
    std::optional<std::string> missing;
    for_each_histogram(trial, [&](const std::string& tag, stats::Histogram& histogram) {
        for (stats::HlogInterval& interval : log->intervals)
            if (interval.tag == tag) return static_cast<void>(histogram = std::move(interval.histogram));
        if (!missing) missing = tag;
    });
    if (missing)
        return fail(ErrorKind::bad_input, "{}: no interval is tagged {}; the file is not whole",
                    file.string(), *missing);
    return {};
}

}  // namespace

std::string trial_line(const TrialResult& trial) {
    Json line = Json::object();
    JsonWriter writer(line);
    writer("schema_version", k_trials_schema_version);
    fields(writer, trial);
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<TrialResult> parse_trial_line(std::string_view line, const Path& file, int line_number) {
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object())
        return fail(ErrorKind::bad_input, "{}:{}: not a JSON object", file.string(), line_number);
    std::optional<std::string> problem;
    JsonReader reader(json, problem);
    int version = 0;
    reader("schema_version", version);
    if (!problem && version > k_trials_schema_version)
        return fail(ErrorKind::bad_input,
                    "{}:{}: schema_version is {}, this joust reads up to {}; use the joust that wrote it or "
                    "a newer one",
                    file.string(), line_number, version, k_trials_schema_version);
    TrialResult trial;
    fields(reader, trial);
    if (problem) return fail(ErrorKind::bad_input, "{}:{}: {}", file.string(), line_number, *problem);
    return trial;
}

Path histogram_file(const Path& run_dir, int trial_index) {
    return run_dir / "histograms" / fmt::format("{:04}.hlog", trial_index);
}

Status write_histograms(const Path& run_dir, const TrialResult& trial) {
    std::vector<stats::HlogInterval> intervals;
    for_each_histogram(trial, [&](const std::string& tag, const stats::Histogram& histogram) {
        intervals.push_back({tag, trial.started, trial.samples.window, histogram});
    });
    const std::string comment =
        fmt::format("Joust trial {}: {} at level {}, block {}; nanoseconds", trial.plan.index,
                    trial.plan.entrant, trial.plan.level, trial.plan.block);
    JOUST_TRY(const std::string text, stats::write_hlog(trial.started, comment, intervals));
    const Path file = histogram_file(run_dir, trial.plan.index);
    JOUST_CHECK(make_directories(file.parent_path()));
    return write_atomically(file, text);
}

Result<StoredTrials> read_trials(const Path& run_dir) {
    const Path file = run_dir / "trials.jsonl";
    JOUST_TRY(const std::string text, read_file(file));
    StoredTrials stored;
    std::string_view rest = text;
    for (int line_number = 1; !rest.empty(); ++line_number) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) {
            stored.torn = TornLine{line_number, rest.size()};
            break;
        }
        JOUST_TRY(TrialResult trial, parse_trial_line(rest.substr(0, end), file, line_number));
        JOUST_CHECK(read_histograms(run_dir, trial));
        stored.trials.push_back(std::move(trial));
        rest.remove_prefix(end + 1);
    }
    return stored;
}

}  // namespace joust::model
