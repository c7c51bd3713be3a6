// docs/results.md lists every key of every JSON file, and no other.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "analysis/compare.hpp"
#include "base/text.hpp"
#include "files/environment_json.hpp"
#include "files/trial_json.hpp"
#include "report/load/report.hpp"
#include "report/results_json.hpp"
#include "report/verification.hpp"
#include "support/report_cases.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::report {
namespace {

using Keys = std::set<std::string>;

// Objects whose names are data: one name stands for all.
bool is_map(const std::string& path) {
    static const Keys maps{"limits_in_force",
                           "database.settings_in_force",
                           "contenders[].stack.notes",
                           "contenders[].versions",
                           "contenders[].environment",
                           "statuses",
                           "results[].statuses",
                           "audit.values",
                           "results[].audit.values",
                           "database_waits.others",
                           "effects.contract",
                           "effects.shapes[].rows",
                           "effects.rows",
                           "effects.counters.inserted",
                           "results[].effects.contract",
                           "results[].effects.shapes[].rows",
                           "results[].effects.rows",
                           "results[].effects.counters.inserted",
                           "single_requests.one_by_one.rows",
                           "results[].single_requests.one_by_one.rows",
                           "entrants[].one_by_one.rows"};
    return maps.contains(path);
}

// Paths of all leaves. Containers have no entry of their own, but where they are documented (see below).
void collect(const nlohmann::json& json, const std::string& path, Keys& keys) {
    if (json.is_object()) {
        for (const auto& [key, value] : json.items())
            collect(value, (path.empty() ? "" : path + ".") + (is_map(path) ? "*" : key), keys);
    } else if (json.is_array()) {
        for (const auto& value : json)
            collect(value, path + "[]", keys);
    } else {
        keys.insert(path);
    }
}

std::string section(std::string_view heading) {
    static const std::string text = *read_file(Path(JOUST_SOURCE_DIR) / "docs" / "results.md");
    const std::string start = fmt::format("\n## {}\n", heading);
    const std::size_t begin = text.find(start);
    if (begin == std::string::npos) return "";
    return text.substr(begin + start.size(), text.find("\n## ", begin + start.size()) - begin - start.size());
}

// Everything in backticks in the first column of a section's tables.
Keys documented(std::string_view heading) {
    Keys keys;
    static const std::regex quoted("`([^`]+)`");
    const std::string text = section(heading);
    for (const std::string_view line : split(text, '\n')) {
        if (!line.starts_with("| `")) continue;
        const std::string column(line.substr(2, line.find(" | ", 2) - 2));
        for (std::sregex_iterator match(column.begin(), column.end(), quoted), end; match != end; ++match)
            keys.insert((*match)[1]);
    }
    return keys;
}

// Containers that the document explains as such have leaves below them, which count.
Keys without_containers(const Keys& keys) {
    Keys leaves;
    for (const std::string& key : keys)
        if (std::none_of(keys.begin(), keys.end(), [&](const std::string& other) {
                return other.starts_with(key + ".") || other.starts_with(key + "[]");
            }))
            leaves.insert(key);
    return leaves;
}

// At an equal rate, cells and comparisons have the keys that they have at the levels: those are documented
// once.
Keys without_those_of_the_equal_rate(const Keys& keys) {
    Keys left;
    for (const std::string& key : keys) {
        const bool again = key.starts_with("equal_rate.") && key.find("[]") != std::string::npos;
        left.insert(again ? key.substr(0, key.find("[]") + 2) : key);
    }
    return left;
}

// A run in which every list has an entry and every optional a value, somewhere.
testing::ReportCase eventful_run() {
    testing::ReportCase run = testing::single_block_ladder();
    model::TrialResult& trial = run.trials.front();
    trial.incidents = {{model::IncidentKind::database_connections, "too many clients"}};
    trial.samples.examples = {{model::RequestErrorKind::body, 200, "{}", Nanoseconds{1}}};
    trial.samples.operations = {{"read", 1, {.started = 1, .succeeded = 1}, {}}, {"write", 1, {}, {}}};
    for (model::OperationSamples& operation : trial.samples.operations)
        operation.response_time.record(1000);
    trial.samples.seconds = {{0, 1, 0, 1, 1, 1}};
    trial.samples.silences = {{{Nanoseconds{1}, Nanoseconds{2}}}};
    for (model::TrialResult& one : run.trials)
        one.effects = model::ObservedEffects{.contract = {{"users", {10, 5, 5}}},
                                             .transactions = 1,
                                             .acknowledged = 2,
                                             .shapes = {{{{"users", {10, 5, 5}}}, 2}},
                                             .rows = {{"users", {20, 10, 10}}},
                                             .answers_ahead = 0,
                                             .log_syncs = model::LogSyncs{.syncs = 2, .commits = 2},
                                             .counters = model::OwnCounters{2, {{"users", 20}}},
                                             .log_bytes = 10};
    for (model::TrialResult& one : run.trials) {
        one.files = model::ObservedFiles{.contract = {5, 5, 5, 5}, .slices = 1, .requests = 2};
        one.database_waits = model::DatabaseWaits{.samples = 1, .sessions = 1, .others = {{"django", 1}}};
        one.audit = model::Audit{.table = "users", .rows_left = 5, .right = 2, .values = {{"age", "99"}}};
        one.database_traffic = model::DatabaseTraffic{.segments = model::Segments{.received = 1}};
        one.single_requests = testing::single_requests();
        one.single_requests->slow_commits = model::SlowCommits{.shortest = Nanoseconds(1)};
        one.single_requests->left_out = {{"rows", "because"}};
        one.own_settings = model::OwnSettings{.settings = {{"joust_a", "joust_a", "jit", "off"}}};
    }
    trial.effects->tables = {{model::TableFault::trigger, "users", "t"}};
    trial.samples.ids = {
        {.prefix = "a", .issued = 2, .unacknowledged = {{1, model::RequestErrorKind::reset}}}};
    for (const model::PlannedTrial& plan :
         model::plan_equal_rate(run.benchmark, 100, 0, static_cast<int>(run.trials.size())))
        run.trials.push_back(testing::synthetic_trial(run.benchmark, plan, {.goodput_rps = 100}));
    return run;
}

TEST(results_document, lists_the_keys_of_trials_jsonl_and_no_others) {
    Keys written;
    collect(nlohmann::json::parse(files::trial_line(eventful_run().trials.front())), "", written);
    EXPECT_EQ(written, without_containers(documented("trials.jsonl")));
}

TEST(results_document, lists_the_keys_of_the_results_and_no_others) {
    const testing::ReportCase run = eventful_run();
    const model::Environment environment = testing::synthetic_environment(run.benchmark);
    model::Comparison comparison = analysis::compare(run.benchmark, run.trials);
    comparison.again = "django";
    comparison.floors = {{model::Quantity::goodput, 0.03}};
    comparison.block_effects = {{.entrant = "fastapi", .first_p = 0.5}};
    comparison.speed_scatters = {{.entrant = "fastapi"}};
    Keys written;
    collect(nlohmann::json::parse(results_json({"", run.benchmark, environment, run.trials, comparison})), "",
            written);
    EXPECT_EQ(without_those_of_the_equal_rate(written),
              without_containers(documented("incremental_benchmark_results.json")));
}

TEST(results_document, lists_the_keys_of_the_environment_and_no_others) {
    model::Environment environment =
        testing::synthetic_environment(testing::benchmark_of({"fastapi", "django"}, {4}, 1));
    environment.resumed = {environment.started};
    for (model::ContenderFacts& contender : environment.contenders) {
        contender.statements = model::StatementCount{10, 70};
        contender.constraints = {"users: UNIQUE (email)"};
        contender.debug = model::SourceLine{.file = "settings.py", .line = 12};
    }
    environment.contenders.front().environment = {{"SCRATCH_DIR", "{scratch}"}};
    Keys written;
    collect(nlohmann::json::parse(files::environment_json(environment)), "", written);
    EXPECT_EQ(written, without_containers(documented("environment.json")));
}

TEST(results_document, lists_the_keys_of_a_verification_and_no_others) {
    const model::TrialResult trial;
    const model::Judgement judgement{
        .validity = model::Validity::invalid,
        .findings = {{.rule = model::Rule::service_died, .facts = model::ServiceEnd{"died"}, .in = {}}},
        .not_evaluated = {{.rule = model::Rule::effects, .short_window = {}}}};
    const model::Verification verification{.entrant = "one",
                                           .slow_commits = model::SlowCommits{},
                                           .crash = model::Audit{},
                                           .single = testing::single_requests(),
                                           .files = model::FilesByAnswer{},
                                           .left_out = {}};
    const VerifiedEntrant entrant{.trial = trial,
                                  .judgement = judgement,
                                  .verification = verification,
                                  .misdeeds = {},
                                  .statements = model::StatementCount{10, 70}};
    Keys written;
    collect(nlohmann::json::parse(verification_json({entrant}).dump()), "", written);
    EXPECT_EQ(written, without_containers(documented("verification.json")));
}

model::LoadRun eventful_load() {
    model::LoadRun run{.url = "http://localhost/", .offered_rps = 1, .max_rss = Bytes{1}};
    run.samples.completed_in_window = 1;
    for (stats::Histogram* histogram :
         {&run.samples.response_time, &run.samples.service_time, &run.samples.time_to_first_byte,
          &run.samples.schedule_lag, &run.samples.reap_delay})
        histogram->record(1000);
    run.load_model = model::LoadModel::open;
    run.max_connections = 5;
    run.arrivals = "poisson";
    run.schedule = {{std::chrono::seconds(1), 0, 5}};
    run.fail_if = {{"p99>1s", "2.00 s", true}};
    run.samples.examples = {{model::RequestErrorKind::body, 200, "{}", Nanoseconds{1}}};
    run.samples.censored = 1;
    run.samples.statuses = {{200, 1}};
    run.samples.addresses = {{"127.0.0.1", 1}};
    run.warnings = {{.rule = model::Rule::redirects, .facts = model::Redirects{1, {{302, 1}}}}};
    run.self_check.findings = {{.rule = model::Rule::connections, .facts = model::MissingConnections{1, 2}}};
    run.self_check.not_evaluated = {{model::Rule::generator_throttled, {}}};
    return run;
}

TEST(results_document, lists_the_keys_of_a_load_and_no_others) {
    Keys written;
    collect(nlohmann::json::parse(load_json(eventful_load())), "", written);
    EXPECT_EQ(written, without_containers(documented("joust load --json")));
}

TEST(results_document, lists_the_keys_of_a_comparison_and_no_others) {
    model::LoadComparison comparison{.runs = {eventful_load(), eventful_load()}};
    comparison.slices = {{.samples = eventful_load().samples}};
    comparison.ratios = {{model::Quantity::goodput, 1, 3, 3, 1.1, stats::Interval{1.0, 1.2}}};
    auto json = nlohmann::json::parse(load_json(comparison));
    Keys of_target;
    collect(json["targets"][1], "", of_target);
    of_target.insert("schema_version");
    EXPECT_EQ(of_target, without_containers(documented("joust load --json")));
    json.erase("targets");
    Keys written{"targets[]"};
    collect(json, "", written);
    EXPECT_EQ(written, without_containers(documented("joust load --json, several URLs")));
}

// "invalid", "suspect" or "–": the second column of the table of reasons, by code.
std::map<std::string, std::set<std::string>> documented_reasons() {
    std::map<std::string, std::set<std::string>> reasons;
    const std::string text = section("Reasons");
    for (const std::string_view line : split(text, '\n')) {
        if (!line.starts_with("| `")) continue;
        const auto columns = split(line, '|');
        const std::string code(trimmed(columns[1]));
        reasons[code.substr(1, code.size() - 2)].insert(std::string(trimmed(columns[2])));
    }
    return reasons;
}

TEST(results_document, lists_every_rule_with_what_it_makes_of_a_trial) {
    std::map<std::string, std::set<std::string>> table;
    for (const model::RuleRow& row : model::rules())
        for (const model::Grade grade : {model::Grade::usual, model::Grade::grave})
            table[std::string(row.code)].insert(
                std::string(name(model::validity_of({{row.rule, grade, {}, {}}}))));
    EXPECT_EQ(documented_reasons(), table);
}

}  // namespace
}  // namespace joust::report
