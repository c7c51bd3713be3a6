#include "model/trial_json.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/synthetic_trials.hpp"

namespace joust::model {
namespace {

using ::testing::HasSubstr;

const Benchmark& benchmark() {
    static const Benchmark value = testing::benchmark_of({"fastapi", "django"}, {4, 50}, 1);
    return value;
}

// A trial in which every field differs from its default and every list has an entry.
TrialResult full_trial() {
    TrialResult trial = testing::synthetic_trial(
        benchmark(), {7, 2, 50, 1, "django"}, {.error_share = 0.1, .error_kind = RequestErrorKind::timeout});
    trial.load_model = LoadModel::open;
    trial.started += Nanoseconds{123'456'789};
    trial.warmup = {Nanoseconds{10'000'000'001}, false, "goodput still rose by 8 % a second"};
    Samples& samples = trial.samples;
    samples.requests.unfinished = 3;
    samples.connections = {50, 51, 49, 2, 1};
    samples.clock_steps = 1;
    samples.run_delays = {Nanoseconds{1}, Nanoseconds{999'999'999}};
    samples.conduct = {.thread_cpu = {Nanoseconds{5}, Nanoseconds{1'000'000'007}},
                       .thread_stopped = {Nanoseconds{0}, Nanoseconds{400'000'001}},
                       .longest_stop = Nanoseconds{300'000'001},
                       .start_delay_p50 = Nanoseconds{1000},
                       .start_delay_p99 = std::nullopt,
                       .held_back = 12,
                       .never_begun = 3,
                       .steal_share = 0.25,
                       .halves = {{10, 9, Nanoseconds{77}}, {11, 8, Nanoseconds{99}}}};
    samples.threads = 2;
    samples.seconds = {{-1, 10, 1, 1000, 2000, 3000}, {0, 11, 0, 1001, 2001, 3001}};
    samples.operations = {{"read", 5, {6, 5, 1, 0, 0}, {}}, {"write", 7, {7, 7, 0, 0, 0}, {}}};
    samples.operations[1].response_time.record(4711);
    samples.ids = {{"a1", 100, {{3, RequestErrorKind::connect}, {1, RequestErrorKind::body}}, true},
                   {"a2", 9, {}, false}};
    trial.party(Role::generator)->usage.throttled = std::nullopt;
    trial.party(Role::contender)->usage.run_delay = Nanoseconds{77};
    trial.contender_cpu_taken = Nanoseconds{123'000'000};
    trial.party(Role::database)->usage.voluntary_context_switches = std::nullopt;
    trial.party(Role::contender)->limits_in_force->cpu_quota = 0.5;
    trial.party(Role::database)->limits_in_force = std::nullopt;
    trial.service = {Nanoseconds{812'345'678}, true, "was killed by signal 9 (Killed)", 3};
    trial.incidents = {{IncidentKind::out_of_memory, "the kernel killed a process at 2GiB"}};
    return trial;
}

class RunDirectory : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "joust-run-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(path_); }
    void store(const TrialResult& trial) const {
        ASSERT_TRUE(write_histograms(path_, trial));
        auto file = AppendFile::open(path_ / "trials.jsonl");
        ASSERT_TRUE(file && file->append_line(trial_line(trial)));
    }
    Path path_;
};

TEST_F(RunDirectory, gives_back_every_trial_as_it_was_stored) {
    const TrialResult first = full_trial();
    const TrialResult second = testing::synthetic_trial(benchmark(), {8, 2, 4, 0, "fastapi"}, {});
    store(first);
    store(second);
    const auto stored = read_trials(path_);
    ASSERT_TRUE(stored) << stored.error().message;
    ASSERT_EQ(stored->trials.size(), 2U);
    EXPECT_EQ(stored->trials[0], first);
    EXPECT_EQ(stored->trials[0].samples.operations[1].response_time,
              first.samples.operations[1].response_time);
    EXPECT_EQ(stored->trials[1], second);
    EXPECT_EQ(stored->torn, std::nullopt);
}

TEST_F(RunDirectory, leaves_out_a_torn_last_line_and_says_so) {
    store(full_trial());
    const std::string whole = *read_file(path_ / "trials.jsonl");
    ASSERT_TRUE(write_atomically(path_ / "trials.jsonl", whole + whole.substr(0, 40)));
    const auto stored = read_trials(path_);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->trials.size(), 1U);
    EXPECT_EQ(stored->torn, (TornLine{2, 40}));
}

TEST_F(RunDirectory, names_the_histogram_file_that_is_missing) {
    store(full_trial());
    std::filesystem::remove(histogram_file(path_, 7));
    const auto stored = read_trials(path_);
    ASSERT_FALSE(stored);
    EXPECT_THAT(stored.error().message, HasSubstr("histograms/0007.hlog"));
}

TEST_F(RunDirectory, names_the_histogram_that_its_file_lacks) {
    TrialResult trial = full_trial();
    store(trial);
    trial.samples.operations.pop_back();
    ASSERT_TRUE(write_histograms(path_, trial));
    const auto stored = read_trials(path_);
    ASSERT_FALSE(stored);
    EXPECT_THAT(stored.error().message,
                HasSubstr("0007.hlog: no interval is tagged response_time_operation_1"));
}

struct BrokenLine {
    const char* why;
    const char* key;
    nlohmann::json value;
    const char* message;
};

class BrokenTrialLine : public ::testing::TestWithParam<BrokenLine> {};

TEST_P(BrokenTrialLine, is_refused_with_file_line_and_key) {
    auto json = nlohmann::json::parse(trial_line(full_trial()));
    json[GetParam().key] = GetParam().value;
    const auto trial = parse_trial_line(json.dump(), "run/trials.jsonl", 5);
    ASSERT_FALSE(trial) << GetParam().why;
    EXPECT_EQ(trial.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(trial.error().message, HasSubstr("run/trials.jsonl:5: "));
    EXPECT_THAT(trial.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    every_kind, BrokenTrialLine,
    ::testing::Values(
        BrokenLine{"a count is not negative", "completed_in_window", -1, "\"completed_in_window\""},
        BrokenLine{"a block fits an int", "block", 5'000'000'000, "\"block\" has to be a whole number"},
        BrokenLine{"text is no number", "window_s", "5s", "\"window_s\" has to be a number"},
        BrokenLine{"a name is one of a few", "load_model", "half-open", "half-open"},
        BrokenLine{"a flag is no number", "service_died", 1, "true or false"},
        BrokenLine{"a list is no number", "seconds", 1, "\"seconds\" has to be a list"},
        BrokenLine{"newer files mean other things", "schema_version", 2, "schema_version is 2"}));

TEST(trial_line, is_one_line_that_says_what_it_holds) {
    const std::string line = trial_line(full_trial());
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json["schema_version"], 1);
    EXPECT_EQ(json["started"], "2026-03-01T12:31:55Z");
    EXPECT_DOUBLE_EQ(json["goodput_rps"], full_trial().samples.goodput_rps());
    EXPECT_EQ(json["response_time_p99_ns"], full_trial().samples.response_time.value_at_quantile(0.99));
    EXPECT_EQ(json["errors_timeout"], 111);
}

TEST(trial_line, without_a_key_is_refused) {
    auto json = nlohmann::json::parse(trial_line(full_trial()));
    json.erase("contender_cpu_user_s");
    const auto trial = parse_trial_line(json.dump(), "trials.jsonl", 1);
    ASSERT_FALSE(trial);
    EXPECT_THAT(trial.error().message, HasSubstr("\"contender_cpu_user_s\" is missing"));
}

TEST(trial_line, of_an_earlier_version_lacks_only_what_that_did_not_measure) {
    auto json = nlohmann::json::parse(trial_line(full_trial()));
    json.erase("contender_cpu_taken_s");
    json.erase("database_storage_written_bytes");
    const auto trial = parse_trial_line(json.dump(), "trials.jsonl", 1);
    ASSERT_TRUE(trial) << trial.error().message;
    EXPECT_EQ(trial->party(Role::database)->usage.storage_written, std::nullopt);
    EXPECT_EQ(trial->party(Role::contender)->usage, full_trial().party(Role::contender)->usage);
    EXPECT_EQ(trial->contender_cpu_taken, std::nullopt);
    json.erase("contender_limits");  // null would say --limits off
    EXPECT_FALSE(parse_trial_line(json.dump(), "trials.jsonl", 1));
}

TEST(trial_line, survives_bytes_that_are_no_text) {
    TrialResult trial = full_trial();
    trial.samples.examples.front().detail = "caf\xe9";
    const auto read = parse_trial_line(trial_line(trial), "trials.jsonl", 1);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->samples.examples.front().detail, "caf\xEF\xBF\xBD");
}

TEST(trial_line, ignores_what_derived_figures_say) {
    auto json = nlohmann::json::parse(trial_line(full_trial()));
    json["goodput_rps"] = 1e9;
    const auto read = parse_trial_line(json.dump(), "trials.jsonl", 1);
    ASSERT_TRUE(read);
    EXPECT_DOUBLE_EQ(read->samples.goodput_rps(), full_trial().samples.goodput_rps());
}

}  // namespace
}  // namespace joust::model
