#include "files/benchmark_toml.hpp"

#include "model/name_rules.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "model/plan.hpp"

namespace joust::files {

using namespace model;
namespace {

using namespace std::chrono_literals;

class BenchmarkFile : public testing::Test {
protected:
    Path file = Path(testing::TempDir()) / fmt::format("benchmark-{}.toml", ::getpid());
    Diagnostics diagnostics;

    std::optional<Benchmark> read(std::string_view text, const BenchmarkOverrides& overrides = {}) {
        std::ofstream(file) << text;
        return read_benchmark(file, overrides, diagnostics);
    }
    std::string mistakes() const {
        std::string text;
        for (const Diagnostic& diagnostic : diagnostics.all())
            text += fmt::format("{}:{} {}\n", diagnostic.line, diagnostic.column, diagnostic.message);
        return text;
    }
    void TearDown() override { std::filesystem::remove(file); }
};

constexpr std::string_view k_smallest = R"(name = "small"
workload = "io-intensive"
contenders = ["a", "b"]
)";

TEST_F(BenchmarkFile, NeedsOnlyNameWorkloadAndContenders) {
    const auto benchmark = read(k_smallest);
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(benchmark->title, "small");
    EXPECT_EQ(benchmark->baseline, "b")
        << "the last contender is the baseline unless the file says otherwise";
    EXPECT_EQ(benchmark->contender_limits.memory, Bytes{2ULL << 30});
    EXPECT_EQ(benchmark->load.timeout, 60s);
    EXPECT_EQ(benchmark->load.think_time, 0s);
}

TEST_F(BenchmarkFile, WithCalibrationTheBaselineEntersAgainOnce) {
    const auto benchmark = read(std::string(k_smallest) + "[experiment]\ncalibration = true\n");
    ASSERT_TRUE(benchmark) << mistakes();
    ASSERT_EQ(labels(*benchmark), (std::vector<std::string>{"a", "b", "b-again"}));
    EXPECT_EQ(benchmark->entrants.back().contender, "b");
    EXPECT_TRUE(benchmark->entrants.back().calibration);
    const auto as_run = parse_benchmark(to_toml(*benchmark), "benchmark.toml", diagnostics);
    EXPECT_EQ(as_run, benchmark) << mistakes();
}

TEST_F(BenchmarkFile, ALabelThatCalibrationNeedsMustBeFree) {
    EXPECT_FALSE(read(R"(name = "small"
workload = "io-intensive"
contenders = ["a", "a-again"]
baseline = "a"
experiment.calibration = true
)"));
    EXPECT_NE(mistakes().find("adds the entrant \"a-again\", which is there already"), std::string::npos);
}

TEST_F(BenchmarkFile, ABudgetThatIsAskedForLiftsTheBlocksToTheLastLookAndOneOfTheFileDoesNot) {
    const std::string text = std::string(k_smallest) + "[experiment]\nblocks = { min = 4, max = 4 }\n";
    const auto fixed = read(text + "budget = \"4m\"\n");
    ASSERT_TRUE(fixed) << mistakes();
    EXPECT_EQ(fixed->experiment.budget, 4min);
    EXPECT_EQ(fixed->experiment.blocks_max, 4);
    const auto asked = read(text, {.profile = "", .assignments = {"experiment.budget = \"10m\""}});
    ASSERT_TRUE(asked) << mistakes();
    EXPECT_EQ(asked->experiment.budget, 10min);
    EXPECT_EQ(asked->experiment.blocks_min, 4);
    EXPECT_EQ(asked->experiment.blocks_max, 12);
}

TEST_F(BenchmarkFile, BlocksThatAreAskedForAreNotCutByTheBudgetOfAProfile) {
    const std::string blocks = "experiment.blocks = { min = 8, max = 8 }";
    const std::string text = std::string(k_smallest) + "experiment.seed = 7\n";
    const std::string profile = "profiles.p.experiment.budget = \"4m\"\n";
    const auto budget = [&](const std::string& given, const std::vector<std::string>& assignments) {
        const auto benchmark = read(given, {.profile = "p", .assignments = assignments});
        EXPECT_TRUE(benchmark) << mistakes();
        return benchmark->experiment.budget;
    };
    EXPECT_EQ(budget(text + profile, {blocks}), std::nullopt);
    EXPECT_EQ(budget(text + profile, {}), 4min);
    EXPECT_EQ(budget(text + profile, {"experiment.seed = 3"}), 4min);
    EXPECT_EQ(budget(text + profile, {blocks, "experiment.budget = \"10m\""}), 10min);
    EXPECT_EQ(budget(text + "experiment.budget = \"5m\"\n" + profile, {blocks}), 5min)
        << "that of the file itself holds";
}

TEST_F(BenchmarkFile, ReportsEveryMistakeAtOnceWithItsPlaceAndWhatToWrite) {
    EXPECT_FALSE(read(R"(name = 7
workload = "w"
contenders = ["a", "a"]
baseline = "c"
colour = "red"
[limits.contender]
cpus = "two"
memory = "2 gigs"
[load]
levels = [50, 4]
duraton = "30s"
[experiment]
blocks = { min = 5, max = 2 }
)"));
    EXPECT_EQ(
        mistakes(),
        "1:8 name is an integer: 7; write a string in quotes\n"
        "3:14 contenders names one twice; write each once, and [[entrants]] with a label for a second "
        "entry\n"
        "4:12 baseline \"c\" is not a contender; write one of \"a\", \"a\"\n"
        "5:1 unknown key colour; known here: baseline, contenders, database, entrants, experiment, limits, "
        "load, name, profile, profiles, runtime, schema, title, workload\n"
        "7:8 limits.contender.cpus is a string: \"two\"; write a number from 0.1 to 1024\n"
        "8:10 limits.contender.memory: \"2 gigs\" is not an amount of memory; write for example \"512MiB\" "
        "or "
        "\"2GiB\"\n"
        "10:15 load.levels has 4 after 50; write rising whole numbers from 1 to 15000, for example [4, 50, "
        "200] or { from = 50, to = 1000, step = 50 }\n"
        "11:1 unknown key load.duraton; did you mean duration?\n"
        "13:27 experiment.blocks.max (2) is below experiment.blocks.min (5); write 5 or more\n");
}

TEST_F(BenchmarkFile, LevelsAreToldWhatIsWrongWithThem) {
    constexpr std::string_view k_write =
        "; write rising whole numbers from 1 to 15000, for example [4, 50, 200] or "
        "{ from = 50, to = 1000, step = 50 }\n";
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"[0]", "has 0"},
        {"[4, 4]", "has 4 after 4"},
        {"[20000]", "has 20000"},
        {"[4, \"many\"]", "has a string: \"many\""},
        {"[]", "is an empty list"},
        {"\"4\"", "is a string: \"4\""},
        {"{ from = 50, to = 10, step = 5 }", "goes from 50 to 10"},
        {"{ from = 0, to = 10, step = 5 }", "goes from 0 to 10"},
        {"{ from = 5, to = 20000, step = 5 }", "goes from 5 to 20000"},
        {"{ from = 5, to = 10, step = 0 }", "goes in steps of 0"},
        {"{ from = 5, to = 10 }", "is a table of other keys than from, to and step"},
    };
    for (const auto& [levels, problem] : cases) {
        diagnostics = {};
        EXPECT_FALSE(read(fmt::format("{}[load]\nlevels = {}\n", k_smallest, levels)));
        const std::string text = mistakes();
        EXPECT_NE(text.find(fmt::format(" load.levels {}{}", problem, k_write)), std::string::npos)
            << levels << ": " << text;
    }
}

TEST_F(BenchmarkFile, NamesAMissingKeyWithAnExample) {
    EXPECT_FALSE(read("workload = \"w\"\ncontenders = [\"a\"]\n"));
    EXPECT_EQ(mistakes(), "1:1 name is missing; write for example name = \"io-intensive\"\n");
}

TEST_F(BenchmarkFile, ASyntaxErrorHasItsLine) {
    EXPECT_FALSE(read("name = \"a\"\nworkload = = 3\n"));
    ASSERT_EQ(diagnostics.all().size(), 1U);
    EXPECT_EQ(diagnostics.all()[0].line, 2U);
}

TEST_F(BenchmarkFile, AProfileOverridesOnlyWhatItNames) {
    const std::string text = std::string(k_smallest) + R"([load]
duration = "30s"
timeout = "7s"
[profiles.seed]
load.levels = { from = 50, to = 200, step = 50 }
load.duration = "10s"
)";
    const auto benchmark = read(text, {.profile = "seed"});
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(benchmark->load.levels, (std::vector<std::int64_t>{50, 100, 150, 200}));
    EXPECT_EQ(benchmark->load.duration, 10s);
    EXPECT_EQ(benchmark->load.timeout, 7s) << "not named by the profile";
    EXPECT_EQ(benchmark->profile, "seed");
}

TEST_F(BenchmarkFile, UsersMayThinkButASchedulePausesForNobody) {
    const std::string thinking = std::string(k_smallest) + "[load]\nthink_time = \"200ms\"\n";
    const auto benchmark = read(thinking);
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(benchmark->load.think_time, 200ms);
    EXPECT_FALSE(read(thinking + "model = \"open\"\n"));
    EXPECT_NE(mistakes().find("load.think_time contradicts load.model = \"open\""), std::string::npos)
        << mistakes();
    EXPECT_FALSE(read(std::string(k_smallest) + "[load]\nthink_time = \"2h\"\n")) << "at most an hour";
}

TEST_F(BenchmarkFile, QuickIsTheDefaultProfile) {
    const auto benchmark = read(std::string(k_smallest) + "[profiles.quick]\nload.duration = \"5s\"\n");
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(benchmark->load.duration, 5s);
}

TEST_F(BenchmarkFile, AMistakeInAProfileNotChosenIsFoundToo) {
    EXPECT_FALSE(read(std::string(k_smallest) + "[profiles.full]\nload.duration = 30\n"));
    EXPECT_EQ(mistakes(),
              "5:17 load.duration is an integer: 30; write a duration in quotes, for example \"30s\"\n");
}

TEST_F(BenchmarkFile, AnUnknownProfileListsThoseThatThereAre) {
    EXPECT_FALSE(
        read(std::string(k_smallest) + "[profiles.full]\nload.duration = \"9s\"\n", {.profile = "fast"}));
    ASSERT_EQ(diagnostics.all().size(), 1U);
    EXPECT_EQ(diagnostics.all().front().text(), "--profile: there is no profile \"fast\"; write one of full");
}

TEST_F(BenchmarkFile, TheCommandLineWinsOverProfileAndFile) {
    const auto benchmark = read(std::string(k_smallest) + "[profiles.quick]\nload.duration = \"5s\"\n",
                                {.assignments = {"load.duration = \"2s\"", "database.engine = \"sqlite\""}});
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(benchmark->load.duration, 2s);
    EXPECT_EQ(benchmark->database.engine, DatabaseEngine::sqlite);
}

TEST_F(BenchmarkFile, ContendersChosenOnTheCommandLineMayLeaveOutTheFilesBaseline) {
    const auto left_out = read(std::string(k_smallest) + "baseline = \"a\"\n",
                               {.assignments = {"contenders = [\"c\", \"d\"]"}});
    ASSERT_TRUE(left_out) << mistakes();
    EXPECT_EQ(left_out->baseline, "d") << "the last one, as where a file names none";
    const auto kept = read(std::string(k_smallest) + "baseline = \"a\"\n",
                           {.assignments = {"contenders = [\"a\", \"d\"]"}});
    ASSERT_TRUE(kept) << mistakes();
    EXPECT_EQ(kept->baseline, "a");
    EXPECT_FALSE(read(k_smallest, {.assignments = {"contenders = [\"c\", \"d\"]", "baseline = \"a\""}}));
    EXPECT_EQ(mistakes(), "2:12 baseline \"a\" is not a contender; write one of \"c\", \"d\"\n");
}

TEST_F(BenchmarkFile, AnAssignmentThatIsNoTomlIsToldWithHowToWriteIt) {
    EXPECT_FALSE(read(k_smallest, {.assignments = {"load.duration = \"1s\"", "load.duration = 5s"}}));
    EXPECT_EQ(mistakes(),
              "0:0 \"load.duration = 5s\" is not a key and its value as TOML has them; write it "
              "like load.duration = \"5s\"\n");
}

// Whose second entry measures what nothing but chance sets apart.
constexpr const char* k_twice = R"(name = "n"
workload = "w"
contenders = ["a", "b"]
baseline = "a-again"
[[entrants]]
label = "a-again"
contender = "a"
)";

TEST_F(BenchmarkFile, AContenderMayEnterTwiceUnderALabel) {
    const auto benchmark = read(k_twice);
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(benchmark->entrants,
              (std::vector<Entrant>{{"a", "a", {}}, {"b", "b", {}}, {"a-again", "a", {}}}));
    EXPECT_EQ(benchmark->baseline, "a-again");
    EXPECT_EQ(read(to_toml(*benchmark)), benchmark) << mistakes();
    for (const PlannedTrial& trial : plan_block(*benchmark, 0, 0))
        EXPECT_THAT(labels(*benchmark), ::testing::Contains(trial.entrant));
}

TEST_F(BenchmarkFile, AnEntrantsRuntimeGoesBeforeTheBenchmarks) {
    const std::string text =
        std::string(k_twice) +
        "[[entrants]]\nlabel = \"a-contained\"\ncontender = \"a\"\nruntime = \"docker\"\n";
    const auto benchmark = read(text);
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(benchmark->runtime, RuntimeKind::process);
    EXPECT_TRUE(uses(*benchmark, RuntimeKind::docker));
    EXPECT_EQ(runtime_of(*benchmark, benchmark->entrants.front()), RuntimeKind::process);
    EXPECT_EQ(runtime_of(*benchmark, benchmark->entrants.back()), RuntimeKind::docker);
    EXPECT_EQ(read(to_toml(*benchmark)), benchmark) << mistakes();
    const auto all = read(text, {.assignments = {"runtime = \"docker\""}});
    ASSERT_TRUE(all) << mistakes();
    EXPECT_FALSE(std::any_of(all->entrants.begin(), all->entrants.end(), [&](const Entrant& entrant) {
        return runtime_of(*all, entrant) == RuntimeKind::process;
    }));
    EXPECT_EQ(read(to_toml(*all)), all) << mistakes();
    EXPECT_FALSE(read(text, {.assignments = {"runtime = \"podman\""}}));
    EXPECT_THAT(mistakes(), ::testing::HasSubstr("runtime"));
    EXPECT_THAT(mistakes(), ::testing::HasSubstr("docker"));
}

TEST_F(BenchmarkFile, AnEntrantMayHaveAnEnvironmentOfItsOwn) {
    const std::string text = std::string(k_twice) +
                             "[[entrants]]\nlabel = \"a-traced\"\ncontender = \"a\"\n"
                             "environment = { TRACE = \"1\", WORDS = \"two words\" }\n";
    const auto benchmark = read(text);
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_TRUE(benchmark->entrants.front().variant.settings.empty());
    EXPECT_EQ(benchmark->entrants.back().variant.settings,
              (std::map<std::string, std::string>{{"TRACE", "1"}, {"WORDS", "two words"}}));
    EXPECT_EQ(read(to_toml(*benchmark)), benchmark) << mistakes();
}

TEST_F(BenchmarkFile, AContenderWithAnEnvironmentOfItsOwnKeepsItWhereItsLabelIsItsName) {
    const auto benchmark = read(
        "name = \"n\"\nworkload = \"w\"\n[[entrants]]\nlabel = \"a\"\ncontender = \"a\"\n"
        "environment = { TRACE = \"1\" }\n");
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(read(to_toml(*benchmark)), benchmark) << mistakes();
}

TEST_F(BenchmarkFile, WhatMayBeAPasswordOfAnEntrantIsNotWritten) {
    const auto benchmark =
        read(std::string(k_twice) + "environment = { URL = \"postgres://me:secret@host/db\" }\n");
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_THAT(to_toml(*benchmark), ::testing::Not(::testing::HasSubstr("secret")));
}

TEST_F(BenchmarkFile, ContendersChosenOnTheCommandLineAreAllThereAre) {
    const auto benchmark = read(k_twice, {.assignments = {"contenders = [\"b\", \"c\"]"}});
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(labels(*benchmark), (std::vector<std::string>{"b", "c"}));
    EXPECT_EQ(benchmark->baseline, "c");
}

TEST_F(BenchmarkFile, ALabelIsANameAndEachEntrantsOwn) {
    EXPECT_FALSE(read(std::string(k_twice) + "[[entrants]]\nlabel = \"../a\"\ncontender = \"a\"\n"));
    EXPECT_EQ(
        mistakes(),
        "9:9 label \"../a\" is no name; write lower-case letters, digits, '.', '_' and '-', a letter or "
        "digit first\n");
    EXPECT_FALSE(read(std::string(k_twice) + "[[entrants]]\nlabel = \"b\"\ncontender = \"a\"\n"));
    EXPECT_THAT(mistakes(), ::testing::HasSubstr("two entrants have one label; give each its own"));
}

TEST(Label, IsALowerCaseNameThatNamesAFile) {
    for (const char* good : {"a", "django-4.2", "0_x"})
        EXPECT_TRUE(is_name(good)) << good;
    for (const char* bad : {"", "A", ".a", "-a", "_a", "a/b", "a b", "ä"})
        EXPECT_FALSE(is_name(bad)) << bad;
}

TEST_F(BenchmarkFile, DurabilityCannotBeUndoneByASetting) {
    EXPECT_FALSE(read(std::string(k_smallest) + "[database.settings]\nfsync = false\n"));
    EXPECT_EQ(
        mistakes(),
        "5:9 database.settings.fsync is governed by database.durability; remove it and write durability = "
        "\"full\" or \"relaxed\"\n");
}

TEST_F(BenchmarkFile, TheLogThatProvesEffectsCannotBeChangedByASetting) {
    for (const char* setting : {"wal_level", "max_replication_slots", "max_slot_wal_keep_size",
                                "commit_delay", "commit_siblings"}) {
        diagnostics = {};
        EXPECT_FALSE(read(fmt::format("{}[database.settings]\n{} = \"1\"\n", k_smallest, setting)));
        EXPECT_EQ(mistakes(), fmt::format("5:{} database.settings.{} cannot be set: Joust proves by the "
                                          "write-ahead log what requests did; remove it\n",
                                          std::string(setting).size() + 4, setting));
    }
}

TEST_F(BenchmarkFile, WrittenOutItReadsBackAsTheSameBenchmark) {
    const auto shipped =
        read_benchmark(Path(JOUST_SOURCE_DIR) / "benchmarks/io-intensive.toml", {}, diagnostics);
    ASSERT_TRUE(shipped) << mistakes();
    const auto again = read(to_toml(*shipped));
    ASSERT_TRUE(again) << mistakes() << to_toml(*shipped);
    EXPECT_EQ(*again, *shipped);
}

TEST_F(BenchmarkFile, TheOriginalsSecondReportIsAProfile) {
    const Path benchmark = Path(JOUST_SOURCE_DIR) / "benchmarks/io-intensive.toml";
    const auto shipped = read_benchmark(benchmark, {.profile = "seed-sqlite"}, diagnostics);
    ASSERT_TRUE(shipped) << mistakes();
    EXPECT_EQ(labels(*shipped), (std::vector<std::string>{"fastapi-gunicorn", "django"}));
    EXPECT_EQ(shipped->database.engine, DatabaseEngine::sqlite);
    EXPECT_EQ(shipped->contender_limits.memory, Bytes{1ULL << 30U});
    EXPECT_EQ(shipped->contender_limits.cpus, 1.0);
    EXPECT_EQ(shipped->load.levels, (std::vector<std::int64_t>{5, 10, 15, 20}));
    EXPECT_EQ(shipped->load.duration, std::chrono::seconds(20));
}

TEST_F(BenchmarkFile, NamesAreNoPathsAndHaveAPlace) {
    EXPECT_FALSE(read(R"(name = "../out"
workload = "../../w"
contenders = ["../../../evil", "b"]
)"));
    const std::string rule =
        "; write a name of at most 64 lower-case letters, digits, '.', '_' and '-' that begins with a letter "
        "or "
        "digit and has no \"..\"\n";
    EXPECT_EQ(mistakes(), "1:8 name is \"../out\"" + rule + "2:12 workload is \"../../w\"" + rule +
                              "3:14 contenders has a name that is \"../../../evil\"" + rule);
}

TEST_F(BenchmarkFile, ContendersOfTheCommandLineAreNoPathsEither) {
    EXPECT_FALSE(read(k_smallest, {.profile = "", .assignments = {"contenders = [\"../x\", \"b\"]"}}));
    EXPECT_NE(mistakes().find("1:14 contenders has a name that is \"../x\""), std::string::npos)
        << mistakes();
}

TEST_F(BenchmarkFile, WhatCannotBePrintedIsNoText) {
    for (const char* escape : {"\\n", "\\u001b[2J", "\\u009b", "\\u202e", "\\u0000"}) {
        diagnostics = {};
        EXPECT_FALSE(read(fmt::format("{}title = \"a{}b\"\n[database.settings]\nx = \"{}\"\n", k_smallest,
                                      escape, escape)));
        EXPECT_NE(mistakes().find("4:9 title is \"a\\x"), std::string::npos) << mistakes();
        EXPECT_NE(mistakes().find("6:5 database.settings.x is "), std::string::npos) << mistakes();
    }
}

TEST_F(BenchmarkFile, MoreTrialsThanCanBeReadAgainAreRefused) {
    EXPECT_FALSE(
        read(fmt::format("{}[load]\nlevels = {{ from = 1, to = 1000, step = 1 }}\n[experiment]\n"
                         "blocks = {{ min = 1, max = 1000 }}\n",
                         k_smallest)));
    EXPECT_NE(mistakes().find("2 contenders × 1000 levels × 1000 blocks are 2000000 trials"),
              std::string::npos);
    diagnostics = {};
    EXPECT_FALSE(read(fmt::format("{}[load]\nlevels = {{ from = 1, to = 15000, step = 1 }}\n", k_smallest)));
    EXPECT_NE(mistakes().find("load.levels has more than 1000 steps"), std::string::npos) << mistakes();
}

TEST_F(BenchmarkFile, CredentialsOfSettingsAreMaskedInTheCopyOfTheRun) {
    const auto benchmark = read(
        fmt::format("{}[database.settings]\nprimary_conninfo = \"postgres://a:b@c/d\"\nwork_mem = \"4MB\"\n",
                    k_smallest));
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_NE(to_toml(*benchmark).find("postgres://a:***@c/d"), std::string::npos);
    EXPECT_NE(to_toml(*benchmark).find("4MB"), std::string::npos);
}

TEST_F(BenchmarkFile, SecretsOfAnEntrantsEnvironmentAreMaskedByTheirNames) {
    const auto benchmark =
        read(fmt::format("{}[[entrants]]\nlabel = \"c\"\ncontender = \"a\"\n"
                         "environment = {{ API_KEY = \"hunter2\", MODE = \"fast\" }}\n",
                         k_smallest));
    ASSERT_TRUE(benchmark) << mistakes();
    EXPECT_EQ(to_toml(*benchmark).find("hunter2"), std::string::npos);
    EXPECT_NE(to_toml(*benchmark).find("fast"), std::string::npos);
}

TEST_F(BenchmarkFile, ThatIsADeviceIsNotReadForEver) {
    EXPECT_FALSE(read_benchmark("/dev/zero", {}, diagnostics));
    EXPECT_NE(mistakes().find("/dev/zero is not a regular file"), std::string::npos) << mistakes();
}

}  // namespace
}  // namespace joust::files
