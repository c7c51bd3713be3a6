#include "files/trial_json.hpp"

#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "files/effects_json.hpp"
#include "files/json_fields.hpp"
#include "files/json_text.hpp"
#include "files/observed_files_json.hpp"
#include "files/own_settings_json.hpp"
#include "files/party_json.hpp"
#include "files/processes_json.hpp"
#include "files/series_json.hpp"
#include "files/single_requests_json.hpp"
#include "model/benchmark.hpp"
#include "stats/hlog.hpp"

namespace joust::files {

using namespace model;

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
    for (std::size_t i = 0; i < k_request_error_kinds; ++i) {
        const auto kind = static_cast<RequestErrorKind>(i);
        const std::string key = "errors_" + std::string(name(kind));
        if (kind == RequestErrorKind::generator) {
            f.later(key, errors.count[i]);
        } else {
            f(key, errors.count[i]);
        }
    }
}

/// {"200": 1990}: keys of JSON are strings.
template <typename F, Is<StatusCounts> S>
void status_fields(F& f, S& statuses) {
    std::map<std::string, std::uint64_t> by_text;
    for (const auto& [status, count] : statuses)
        by_text[std::to_string(status)] = count;
    f.later("statuses", by_text);
    if constexpr (F::reading)
        for (const auto& [text, count] : by_text) {
            const bool three_digits = text.size() == 3 && text.front() != '0' &&
                                      text.find_first_not_of("0123456789") == std::string::npos;
            if (!three_digits) return f.complain("statuses", "has \"" + text + "\", which is no status");
            statuses[std::stoi(text)] = count;
        }
}

template <typename F, Is<ConnectionCounts> C>
void fields(F& f, C& connections) {
    f("connections_asked", connections.asked);
    f("connections_established", connections.established);
    f("connections_peak", connections.peak);
    f("connections_closed_idle", connections.closed_idle);
    f("connections_resent", connections.resent);
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

std::optional<Lens> lens(std::string_view text) {
    for (const Lens one : {Lens::capacity, Lens::equal_rate})
        if (name(one) == text) return one;
    return std::nullopt;
}

template <typename F, Is<RequestErrorExample> E>
void fields(F& f, E& example) {
    enumeration(f, "kind", example.kind, request_error_kind);
    f("status", example.status);
    f.text("detail", example.detail);
    f.seconds("since_window_s", example.since_window);
}

template <typename F, Is<UnacknowledgedId> I>
void fields(F& f, I& id) {
    f("sequence", id.sequence);
    enumeration(f, "kind", id.kind, request_error_kind);
}

template <typename F, Is<IssuedIds> I>
void fields(F& f, I& ids) {
    f.text("prefix", ids.prefix);
    f("issued", ids.issued);
    f("unacknowledged", ids.unacknowledged);
    f("truncated", ids.truncated);
    f.later("misdelivered", ids.misdelivered);
    f.later("wrong_id", ids.wrong_id);
}

template <typename F, Is<OperationSamples> O>
void fields(F& f, O& operation) {
    f.name("name", operation.name);
    f("completed_in_window", operation.completed_in_window);
    fields(f, operation.requests);
}

template <typename F, Is<Incident> I>
void fields(F& f, I& incident) {
    enumeration(f, "kind", incident.kind, incident_kind);
    f.text("text", incident.text);
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
    f.derived("time_to_first_byte_p50_ns", samples.time_to_first_byte.value_at_quantile(0.5));
    f.derived("time_to_first_byte_p99_ns", samples.time_to_first_byte.value_at_quantile(0.99));
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
    status_fields(f, samples.statuses);
    f("censored", samples.censored);
    f.later("delayed_bodies", samples.delayed_bodies);
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
    for (std::size_t i = 0; i < k_shortages; ++i)
        f.later("lacked_" + std::string(name(static_cast<Shortage>(i))), conduct.shortages.count[i]);
    f.later("local_ports", conduct.local_ports);
}

template <typename F, Is<TrialResult> T>
void fields(F& f, T& trial) {
    f("index", trial.plan.index);
    f("block", trial.plan.block);
    enumeration(f, "load_model", trial.load_model, load_model);
    f("level", trial.plan.level);
    f("position", trial.plan.position);
    f.later("attempt", trial.plan.attempt);
    f.name("contender", trial.plan.entrant);
    later_enumeration(f, "lens", trial.plan.lens, lens);
    auto started = trial.started.time_since_epoch();
    f.nanoseconds("started_unix_ns", started);
    if constexpr (F::reading) trial.started = WallTime(started);
    f.later_seconds("took_s", trial.took);
    f.seconds("timeout_s", trial.timeout);
    f.later_seconds("think_time_s", trial.think_time);
    f.seconds("warmup_s", trial.warmup.length);
    f("warmup_steady", trial.warmup.steady);
    f.later("warmup_goodput_steady", trial.warmup.goodput_steady);
    f.derived("steady_state", name(steady_state(trial.warmup)));
    f.text("warmup_why", trial.warmup.why);
    derived_fields(f, trial);
    fields(f, trial.samples);
    for (const Role role : {Role::contender, Role::database, Role::generator})
        party_fields(f, trial, role);
    f.later_seconds("contender_cpu_taken_s", trial.contender_cpu_taken);
    f.later_seconds("storage_busy_s", trial.storage_busy);
    f.later_seconds("resting_cpu_s", trial.resting_cpu);
    f.later("contender_steal_share", trial.contender_steal_share);
    f.later_seconds("contender_steal_added_s", trial.contender_steal_added);
    f.later("contender_cpu_speed", trial.contender_cpu_speed);
    // The generator's are read back once a run.
    for (const Role role : {Role::contender, Role::database})
        limits_field(f, trial, role);
    f.seconds("time_to_healthy_s", trial.service.time_to_healthy);
    f("service_died", trial.service.died);
    f.text("service_exit", trial.service.exit);
    f("service_processes", trial.service.processes);
    f.later("service_printed_bytes", trial.service.printed_bytes);
    f.later("processes", trial.processes);
    f("incidents", trial.incidents);
    f.later("audit", trial.audit);
    f.later("effects", trial.effects);
    f.later("files", trial.files);
    f.later("single_requests", trial.single_requests);
    f.later("settings_of_role_or_database", trial.own_settings);
    f.later("database_waits", trial.database_waits);
    f.later("database_traffic", trial.database_traffic);
    f("operations", trial.samples.operations);
    f("seconds", trial.samples.seconds);
    f.later("silences", trial.samples.silences);
    f("error_examples", trial.samples.examples);
    f("ids", trial.samples.ids);
}

namespace {

constexpr const char* k_first_byte = "time_to_first_byte";  // files of earlier versions lack it

// The histograms of a trial by their tags; Trial may be const.
template <typename Trial, typename Visit>
void for_each_histogram(Trial& trial, Visit&& visit) {
    auto& samples = trial.samples;
    visit(std::string("response_time"), samples.response_time);
    visit(std::string("service_time"), samples.service_time);
    visit(std::string(k_first_byte), samples.time_to_first_byte);
    visit(std::string("schedule_lag"), samples.schedule_lag);
    visit(std::string("reap_delay"), samples.reap_delay);
    for (std::size_t i = 0; i < samples.operations.size(); ++i)
        visit(fmt::format("response_time_operation_{}", i), samples.operations[i].response_time);
}

constexpr const char* k_histograms = "histograms";
constexpr std::size_t k_most_trials_bytes = std::size_t{512} << 20U;
constexpr std::size_t k_most_histogram_bytes = std::size_t{64} << 20U;  // of one trial's file
constexpr std::size_t k_most_run_counters = (std::size_t{1} << 30U) / sizeof(std::uint64_t);
constexpr std::int64_t k_highest_level = 10'000'000;

std::string histogram_name(int trial_index) {
    return fmt::format("{:04}.hlog", trial_index);
}

// Counters on those pages of memory that were written to.
std::size_t counters_in_memory(const stats::Histogram& histogram) {
    constexpr std::size_t k_page = 4096 / sizeof(std::uint64_t);
    std::size_t pages = 1;  // even an empty histogram costs something
    std::optional<std::size_t> last;
    histogram.for_each_bucket([&](const stats::Histogram::Bucket& bucket) {
        const std::size_t page = histogram.layout().index_of(bucket.lowest) / k_page;
        pages += page == last ? 0 : 1;
        last = page;
    });
    return pages * k_page;
}

// Reads the histograms of one trial after the other, with a budget for all of them.
class HistogramFiles {
public:
    explicit HistogramFiles(Directory folder) : folder_(std::move(folder)) {}

    Status read(TrialResult& trial) {
        const std::string name = histogram_name(trial.plan.index);
        JOUST_TRY(const std::string text, folder_.read(name, k_most_histogram_bytes));
        if (Status taken = take(text, trial); !taken)
            return fail(taken.error().kind, "{}: {}", (folder_.path() / name).string(),
                        taken.error().message);
        return {};
    }

private:
    Status take(const std::string& text, TrialResult& trial) {
        std::map<std::string, stats::Histogram*> wanted;
        for_each_histogram(trial, [&](const std::string& tag, stats::Histogram& histogram) {
            wanted.emplace(tag, &histogram);
        });
        JOUST_CHECK(stats::read_hlog(text, [&](stats::HlogInterval interval) -> Status {
            const auto found = wanted.find(interval.tag);
            if (found == wanted.end())
                return fail(ErrorKind::bad_input,
                            "the interval tagged \"{}\" belongs to nothing in the trial",
                            printable(interval.tag));
            if (interval.histogram.layout() != stats::HistogramLayout())
                return fail(ErrorKind::bad_input,
                            "{} goes from {} to {} with {} digits, which no histogram of joust does",
                            interval.tag, interval.histogram.layout().lowest(),
                            interval.histogram.layout().highest(), interval.histogram.layout().digits());
            counters_ += counters_in_memory(interval.histogram);
            if (counters_ > k_most_run_counters)
                return fail(ErrorKind::bad_input,
                            "the histograms up to here need more than 1 GiB of memory, far more than those "
                            "of a run do");
            *found->second = std::move(interval.histogram);
            wanted.erase(found);
            return {};
        }));
        wanted.erase(k_first_byte);
        if (wanted.empty()) return {};
        return fail(ErrorKind::bad_input, "no interval is tagged {}; the file is not whole",
                    wanted.begin()->first);
    }

    Directory folder_;
    std::size_t counters_ = 0;  // of all trials so far
};

// What the fields of a trial cannot say each for itself.
std::optional<std::string> mistake(const TrialResult& trial) {
    const PlannedTrial& plan = trial.plan;
    if (std::cmp_greater_equal(plan.index, k_most_trials))
        return fmt::format("\"index\" is {}; a run has at most {} trials", plan.index, k_most_trials);
    if (plan.level < 1 || plan.level > k_highest_level)
        return fmt::format("\"level\" is {}; it has to be from 1 to {}", plan.level, k_highest_level);
    return trial.effects ? mistake_of_effects(*trial.effects) : std::nullopt;
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
    const auto json = parse_json_object(line);
    if (!json)
        return fail(ErrorKind::bad_input, "{}:{}: {}", file.string(), line_number, json.error().message);
    std::optional<std::string> problem;
    JsonReader reader(*json, problem);
    int version = 0;
    reader("schema_version", version);
    if (!problem && version > k_trials_schema_version)
        return fail(ErrorKind::bad_input,
                    "{}:{}: schema_version is {}, this joust reads up to {}; use the joust that wrote it or "
                    "a newer one",
                    file.string(), line_number, version, k_trials_schema_version);
    TrialResult trial;
    fields(reader, trial);
    if (!problem) problem = mistake(trial);
    if (problem) return fail(ErrorKind::bad_input, "{}:{}: {}", file.string(), line_number, *problem);
    return trial;
}

Path histogram_file(const Path& run_dir, int trial_index) {
    return run_dir / k_histograms / histogram_name(trial_index);
}

Status write_histograms(const Directory& run, const TrialResult& trial) {
    std::vector<stats::HlogInterval> intervals;
    for_each_histogram(trial, [&](const std::string& tag, const stats::Histogram& histogram) {
        intervals.push_back({tag, trial.started, trial.samples.window, histogram});
    });
    const std::string comment =
        fmt::format("Joust trial {}: {} at level {}, block {}; nanoseconds", trial.plan.index,
                    trial.plan.entrant, trial.plan.level, trial.plan.block);
    JOUST_TRY(const std::string text, stats::write_hlog(trial.started, comment, intervals));
    JOUST_TRY(const Directory folder, run.make_folder(k_histograms));
    return folder.write(histogram_name(trial.plan.index), text);
}

Status write_histograms(const Path& run_dir, const TrialResult& trial) {
    JOUST_TRY(const Directory run, Directory::open(run_dir));
    return write_histograms(run, trial);
}

Result<StoredTrials> read_trials(const Directory& run) {
    const Path file = run.path() / k_trials_file;
    JOUST_TRY(const std::string text, run.read(k_trials_file, k_most_trials_bytes));
    StoredTrials stored;
    std::optional<HistogramFiles> histograms;
    std::set<int> indexes;
    std::string_view rest = text;
    for (int line_number = 1; !rest.empty(); ++line_number) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) {
            stored.torn = TornLine{line_number, rest.size()};
            break;
        }
        JOUST_TRY(TrialResult trial, parse_trial_line(rest.substr(0, end), file, line_number));
        if (!indexes.insert(trial.plan.index).second)
            return fail(ErrorKind::bad_input, "{}:{}: \"index\" {} stands there twice", file.string(),
                        line_number, trial.plan.index);
        if (!histograms) {
            JOUST_TRY(Directory folder, run.folder(k_histograms));
            histograms.emplace(std::move(folder));
        }
        JOUST_CHECK(histograms->read(trial));
        stored.trials.push_back(std::move(trial));
        rest.remove_prefix(end + 1);
    }
    return stored;
}

Result<StoredTrials> read_trials(const Path& run_dir) {
    JOUST_TRY(const Directory run, Directory::open(run_dir));
    return read_trials(run);
}

}  // namespace joust::files
