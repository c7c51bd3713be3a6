#include "files/trial_json.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>

#include "stats/hlog.hpp"
#include "support/full_trial.hpp"
#include "support/synthetic_trials.hpp"

namespace joust::files {

using namespace model;
namespace {

using testing::full_trial;
using testing::full_trial_benchmark;
using ::testing::HasSubstr;

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
    const TrialResult second = testing::synthetic_trial(full_trial_benchmark(), {8, 2, 4, 0, "fastapi"}, {});
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
        BrokenLine{"a status has three digits", "statuses", {{"20", 1}}, "\"statuses\" has \"20\""},
        BrokenLine{"a status is a number", "statuses", {{"2x0", 1}}, "\"statuses\" has \"2x0\""},
        BrokenLine{"a count of a status, too", "statuses", {{"200", -1}}, "\"statuses.200\" has to be"},
        BrokenLine{"2^64 - 1 is not -1", "index", 18446744073709551615U,
                   "\"index\" has to be a whole number from 0 to 1000000000, and is 18446744073709551615"},
        BrokenLine{"an index is not negative", "index", -1, "\"index\" has to be"},
        BrokenLine{"an index is whole", "index", 1.0, "\"index\" has to be a whole number"},
        BrokenLine{"a run has an end", "index", 100'000, "at most 100000 trials"},
        BrokenLine{"2^63 is no level", "level", 9223372036854775808U, "\"level\" has to be"},
        BrokenLine{"a level is at least 1", "level", 0, "\"level\" is 0"},
        BrokenLine{"nor below", "level", -4, "\"level\" has to be a whole number from 0"},
        BrokenLine{"counts add up", "requests_started", 18446744073709551615U,
                   "\"requests_started\" has to be"},
        BrokenLine{"a window fits into nanoseconds", "window_s", 1e300,
                   "\"window_s\" has to be a number from 0 to 1000000000, and is 1e+300"},
        BrokenLine{"a window is not negative", "window_s", -1.0, "\"window_s\" has to be a number from 0"},
        BrokenLine{
            "nor is a time of a list", "load_thread_cpu_s", {1.0, -1.0}, "\"load_thread_cpu_s[]\" has"},
        BrokenLine{"nor a sum that would wrap", "received_bytes", 9223372036854775807U,
                   "\"received_bytes\" has to be a whole number from 0 to 100000000000000"},
        BrokenLine{"a contender has a name", "contender", "a\nsystem 'id'",
                   "\"contender\" is \"a\\x0Asystem"},
        BrokenLine{"which is no path", "contender", "../x", "\"contender\" is \"../x\"; write a name"},
        BrokenLine{"a backend is printed", "load_backend", "\x1b[2J", "\"load_backend\" is \"\\x1B[2J\""},
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
    EXPECT_EQ(json["statuses"].dump(), R"({"200":1990,"302":10,"999":1})");
}

// What follows is computed from others, and not read.
bool is_derived(const std::string& pointer) {
    return pointer == "/goodput_rps" || pointer == "/error_rate" || pointer.starts_with("/response_time_p") ||
           pointer.starts_with("/response_time_m") || pointer.starts_with("/time_to_first_byte_") ||
           pointer == "/schedule_lag_p99_ns" || pointer == "/reap_delay_p99_ns";
}

TEST(trial_line, has_a_range_for_every_number) {
    const auto line = nlohmann::json::parse(trial_line(full_trial()));
    int numbers = 0;
    const auto flat = line.flatten();
    for (const auto& [pointer, value] : flat.items()) {
        if (!value.is_number() || is_derived(pointer)) continue;
        const bool may_be_negative = pointer.ends_with("since_window_s") || pointer.ends_with("/second");
        std::vector<nlohmann::json> wrong{std::numeric_limits<std::int64_t>::min(),
                                          std::numeric_limits<std::int64_t>::max()};
        if (!may_be_negative) wrong.emplace_back(-1);
        for (const nlohmann::json& one : wrong) {
            auto changed = line;
            changed[nlohmann::json::json_pointer(pointer)] = one;
            const auto trial = parse_trial_line(changed.dump(), "run/trials.jsonl", 5);
            ASSERT_FALSE(trial) << pointer << " " << one;
            EXPECT_THAT(trial.error().message, HasSubstr("run/trials.jsonl:5: \"")) << pointer;
        }
        ++numbers;
    }
    EXPECT_GT(numbers, 150);
}

TEST(trial_line, names_the_place_of_a_number_that_is_out_of_its_range) {
    auto json = nlohmann::json::parse(trial_line(full_trial()));
    json["effects"]["shapes"][1]["rows"]["users"]["deleted"] = -2;
    EXPECT_THAT(parse_trial_line(json.dump(), "run/trials.jsonl", 5).error().message,
                HasSubstr("run/trials.jsonl:5: \"effects.shapes[].rows.users.deleted\" has to be a whole "
                          "number from 0 to 100000000000, and is -2"));
}

TEST(trial_line, has_rows_that_are_those_of_its_commits) {
    const auto with = [](const char* key, nlohmann::json value) {
        auto json = nlohmann::json::parse(trial_line(full_trial()));
        json["effects"]["other_commits"] = 0;
        json["effects"][key] = std::move(value);
        const auto trial = parse_trial_line(json.dump(), "run/trials.jsonl", 5);
        return trial ? std::string() : trial.error().message;
    };
    EXPECT_EQ(with("unknown", 0), "");
    EXPECT_THAT(with("rows", nlohmann::json::object()),
                HasSubstr("\"effects.rows\" has 0 inserted of users"));
    EXPECT_THAT(with("shapes", nlohmann::json::array()), HasSubstr("\"effects.rows\" has 130 inserted"));
    EXPECT_THAT(with("contract", {{"users", {{"inserted", 2'000'000}, {"updated", 0}, {"deleted", 0}}}}),
                HasSubstr("\"effects.contract.users.inserted\" has to be a whole number from 0 to 1000000, "
                          "and is 2000000"));
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
    for (const char* later : {"contender_read_bytes", "contender_written_bytes", "contender_cpu_speed",
                              "database_traffic", "settings_of_role_or_database", "single_requests"})
        json.erase(later);
    json["effects"].erase("log_bytes");
    const auto trial = parse_trial_line(json.dump(), "trials.jsonl", 1);
    ASSERT_TRUE(trial) << trial.error().message;
    EXPECT_EQ(trial->party(Role::database)->usage.storage_written, std::nullopt);
    Usage known = full_trial().party(Role::contender)->usage;
    known.bytes_read.reset();
    known.bytes_written.reset();
    EXPECT_EQ(trial->party(Role::contender)->usage, known);
    EXPECT_EQ(trial->database_traffic, std::nullopt);
    EXPECT_EQ(trial->own_settings, std::nullopt);
    EXPECT_EQ(trial->single_requests, std::nullopt);
    EXPECT_EQ(trial->effects->log_bytes, std::nullopt);
    EXPECT_EQ(trial->contender_cpu_taken, std::nullopt);
    EXPECT_EQ(trial->contender_cpu_speed, std::nullopt);
    json.erase("statuses");
    const auto without = parse_trial_line(json.dump(), "trials.jsonl", 1);
    ASSERT_TRUE(without) << without.error().message;
    EXPECT_TRUE(without->samples.statuses.empty());
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

TEST(trial_line, shows_what_others_said_as_text) {
    TrialResult trial = full_trial();
    trial.samples.examples.front().detail = "a\x1b[2J\nb\u202e";
    trial.incidents.front().text = "\x1b]0;title\x07";
    auto json = nlohmann::json::parse(trial_line(trial));
    EXPECT_EQ(json["error_examples"][0]["detail"], "a\\x1B[2J\\x0Ab\\xE2\\x80\\xAE");
    // Also where another program wrote the line.
    json["error_examples"][0]["detail"] = "\x1b[2J";
    json["warmup_why"] = "\x1b[2J";
    const auto read = parse_trial_line(json.dump(), "trials.jsonl", 1);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->samples.examples.front().detail, "\\x1B[2J");
    EXPECT_EQ(read->warmup.why, "\\x1B[2J");
}

TEST(trial_line, of_hostile_shape_is_refused) {
    for (const std::string& line :
         {std::string(500'000, '['), "{\"seconds\":" + std::string(500'000, '['),
          "{\"a\":" + std::string(500'000, '{'), std::string("{\"schema_version\":1e999}")})
        EXPECT_FALSE(parse_trial_line(line, "trials.jsonl", 1)) << line.substr(0, 20);
}

TEST_F(RunDirectory, of_a_stranger_leads_to_no_other_file) {
    namespace fs = std::filesystem;
    store(full_trial());
    const Path outside = path_ / "outside";
    const auto refused = [&](const Path& file) {
        fs::rename(file, outside);
        fs::create_symlink(outside, file);
        EXPECT_FALSE(read_trials(path_)) << file;
        fs::remove(file);
        fs::rename(outside, file);
    };
    refused(path_ / "trials.jsonl");
    refused(histogram_file(path_, 7));
    refused(path_ / "histograms");
    EXPECT_TRUE(read_trials(path_));
    fs::remove(histogram_file(path_, 7));
    ASSERT_EQ(::mkfifo(histogram_file(path_, 7).c_str(), 0600), 0);
    EXPECT_THAT(read_trials(path_).error().message, HasSubstr("0007.hlog is not a regular file"));
}

TEST_F(RunDirectory, that_is_huge_and_sparse_is_refused_before_it_fills_the_memory) {
    store(full_trial());
    std::filesystem::resize_file(path_ / "trials.jsonl", std::uintmax_t{1} << 40);
    EXPECT_THAT(read_trials(path_).error().message, HasSubstr("trials.jsonl is longer than 536870912 bytes"));
}

TEST_F(RunDirectory, with_one_index_twice_is_refused) {
    store(full_trial());
    store(full_trial());
    EXPECT_THAT(read_trials(path_).error().message,
                HasSubstr("trials.jsonl:2: \"index\" 7 stands there twice"));
}

TEST_F(RunDirectory, with_histograms_that_joust_does_not_make_is_refused) {
    const TrialResult trial = full_trial();
    store(trial);
    // Five digits up to 2^62: 50 MiB of counters, eight trials of which took 1.6 GiB.
    stats::Histogram large(*stats::HistogramLayout::make(1, std::int64_t{1} << 62, 5));
    large.record(1);
    large.record(std::int64_t{1} << 61);
    const auto with = [&](const std::string& tag) {
        const stats::HlogInterval interval{tag, trial.started, trial.samples.window, large};
        const auto text = stats::write_hlog(trial.started, "", std::span(&interval, 1));
        EXPECT_TRUE(write_atomically(histogram_file(path_, 7), *text));
        return read_trials(path_).error().message;
    };
    EXPECT_THAT(with("response_time"), HasSubstr("which no histogram of joust does"));
    EXPECT_THAT(with("x\x1b"), HasSubstr("the interval tagged \"x\\x1B\" belongs to nothing in the trial"));
}

TEST_F(RunDirectory, is_bounded_as_a_whole) {
    // One count on each of the 66 pages of a histogram's counters.
    stats::Histogram scattered;
    for (std::size_t i = 0; i < scattered.layout().size(); i += 512)
        scattered.record_counter(i, 1);
    TrialResult trial = full_trial();
    trial.samples.operations.resize(1000, {"read", 0, {}, scattered});
    for (trial.plan.index = 0; trial.plan.index < 4; ++trial.plan.index)
        store(trial);
    const auto stored = read_trials(path_);
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(stored.error().message, HasSubstr("the histograms up to here need more than 1 GiB"));
}

}  // namespace
}  // namespace joust::files
