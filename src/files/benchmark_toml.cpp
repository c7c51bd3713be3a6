#include "files/benchmark_toml.hpp"

#include <algorithm>
#include <set>

#include "base/secrets.hpp"
#include "base/text.hpp"
#include "files/toml_reader.hpp"
#include "files/toml_writer.hpp"
#include "model/name_rules.hpp"
#include "stats/looks.hpp"

namespace joust::files {

using namespace model;

using namespace std::chrono_literals;

namespace {

constexpr const char* k_log_settings[] = {"wal_level", "max_replication_slots", "max_slot_wal_keep_size",
                                          "commit_delay", "commit_siblings"};

Nanoseconds read_budget(TomlReader& experiment) {
    return experiment.duration_or("budget", 5min, 1s, 240h);
}

// What the uppermost layer has of an experiment.
struct Asked {
    bool budget = false;  ///< it then alone ends the run, at the last look at the latest
    bool blocks = false;  ///< none but the budget that is asked for, or the file's own, cuts them
    std::optional<Nanoseconds> own_budget = {};  ///< of the file, without its profile
};

}  // namespace

/// Turns a layered TOML table into a Benchmark; befriended by it, so nothing else can make one.
class BenchmarkReader {
public:
    /// `overrides`: the uppermost layer, null for none. Where it has contenders, they are all there are, and
    /// a baseline of the file that is not among them is no mistake: the last one takes its place.
    explicit BenchmarkReader(TomlReader reader, const TomlReader* overrides = nullptr, Asked asked = {})
        : reader_(std::move(reader)),
          only_contenders_(overrides != nullptr && overrides->has("contenders")),
          names_baseline_(overrides != nullptr && overrides->has("baseline")),
          asked_(asked) {}

    Benchmark read(const std::string& profile) {
        Benchmark benchmark;
        benchmark.profile = profile;
        reader_.integer_or("schema", 1, 1, 1);
        reader_.ignore("profiles");
        benchmark.name = reader_.name("name", "name = \"io-intensive\"");
        benchmark.title = reader_.text_or("title", benchmark.name);
        benchmark.workload = reader_.name("workload", "workload = \"io-intensive\"");
        benchmark.profile = reader_.text_or("profile", profile);
        benchmark.runtime = read_runtime(reader_);
        read_entrants(benchmark);
        read_limits(benchmark);
        read_database(benchmark.database);
        read_load(benchmark.load);
        read_experiment(benchmark.experiment);
        add_calibration(benchmark);
        check_number_of_trials(benchmark);
        reader_.done();
        return benchmark;
    }

private:
    static RuntimeKind read_runtime(TomlReader& table) {
        return table.choice_or("runtime", "process", {"process", "docker"}) == "docker"
                   ? RuntimeKind::docker
                   : RuntimeKind::process;
    }

    // Each contender that is named alone enters under its own name.
    void read_entrants(Benchmark& benchmark) {
        const bool some = reader_.has("entrants");
        std::vector<TomlReader> further = reader_.tables("entrants");
        if (some && !only_contenders_)
            for (TomlReader& table : further)
                benchmark.entrants.push_back(read_entrant(table));
        std::vector<Entrant> plain;
        if (!some || reader_.has("contenders"))
            for (std::string& name : reader_.names("contenders", "contenders = [\"fastapi\", \"django\"]"))
                plain.push_back({.label = name, .contender = name, .variant = {}});
        benchmark.entrants.insert(benchmark.entrants.begin(), plain.begin(), plain.end());
        check_entrants(benchmark);
    }

    static Entrant read_entrant(TomlReader& table) {
        Entrant entrant;
        entrant.label = table.text("label", "label = \"django-again\"");
        entrant.contender = table.name("contender", "contender = \"django\"");
        if (!entrant.label.empty() && !is_name(entrant.label))
            table.complain("label", fmt::format("label \"{}\" is no name; write lower-case letters, digits, "
                                                "'.', '_' and '-', a letter or digit first",
                                                entrant.label));
        if (table.has("runtime")) entrant.variant.runtime = read_runtime(table);
        entrant.calibration = table.flag_or("calibration", false);
        entrant.variant.settings = table.table("environment").variables();
        table.done();
        return entrant;
    }

    // A benchmark as run has it already.
    void add_calibration(Benchmark& benchmark) {
        std::vector<Entrant>& all = benchmark.entrants;
        const auto baseline = std::find_if(all.begin(), all.end(), [&](const Entrant& entrant) {
            return entrant.label == benchmark.baseline;
        });
        if (!benchmark.experiment.calibration || baseline == all.end() ||
            std::any_of(all.begin(), all.end(), [](const Entrant& entrant) { return entrant.calibration; }))
            return;
        Entrant again = *baseline;
        again.label += "-again";
        again.calibration = true;
        for (const Entrant& entrant : all)
            if (entrant.label == again.label)
                reader_.complain("experiment",
                                 fmt::format("experiment.calibration adds the entrant \"{}\", which is "
                                             "there already; give that one another label",
                                             again.label));
        all.push_back(std::move(again));
    }

    void check_entrants(Benchmark& benchmark) {
        const std::vector<std::string> all = labels(benchmark);
        const std::set<std::string> once(all.begin(), all.end());
        if (once.size() != all.size())
            reader_.complain(reader_.has("entrants") ? "entrants" : "contenders",
                             reader_.has("entrants") ? "two entrants have one label; give each its own"
                                                     : "contenders names one twice; write each once, and "
                                                       "[[entrants]] with a label for a second entry");
        const std::string last = all.empty() ? "" : all.back();
        benchmark.baseline = reader_.text_or("baseline", last);
        if (all.empty() || once.contains(benchmark.baseline)) return;
        if (only_contenders_ && !names_baseline_)
            benchmark.baseline = last;
        else
            reader_.complain("baseline",
                             fmt::format("baseline \"{}\" is not a contender; write one of \"{}\"",
                                         benchmark.baseline, joined(all, "\", \"")));
    }

    static Limits read_one_limit(TomlReader reader, Bytes memory) {
        Limits limits;
        limits.cpus = reader.number_or("cpus", 1.0, 0.1, 1024.0);
        limits.memory = reader.bytes_or("memory", memory, Bytes{64ULL << 20});
        reader.done();
        return limits;
    }

    void read_limits(Benchmark& benchmark) {
        TomlReader limits = reader_.table("limits");
        benchmark.contender_limits = read_one_limit(limits.table("contender"), Bytes{2ULL << 30});
        benchmark.database_limits = read_one_limit(limits.table("database"), Bytes{1ULL << 30});
        limits.done();
    }

    void read_database(DatabaseSpec& database) {
        TomlReader table = reader_.table("database");
        const bool sqlite = table.choice_or("engine", "postgres", {"postgres", "sqlite"}) == "sqlite";
        database.engine = sqlite ? DatabaseEngine::sqlite : DatabaseEngine::postgres;
        const bool full = table.choice_or("durability", "full", {"full", "relaxed"}) == "full";
        database.durability = full ? Durability::full : Durability::relaxed;
        TomlReader settings = table.table("settings");
        database.settings = settings.scalars();
        for (const char* forbidden : {"fsync", "synchronous_commit", "full_page_writes"})
            if (database.settings.contains(forbidden))
                settings.complain(forbidden,
                                  fmt::format("database.settings.{} is governed by database.durability; "
                                              "remove it and write durability = \"full\" or \"relaxed\"",
                                              forbidden));
        for (const char* proof : k_log_settings)
            if (database.settings.contains(proof))
                settings.complain(proof,
                                  fmt::format("database.settings.{} cannot be set: Joust proves by the "
                                              "write-ahead log what requests did; remove it",
                                              proof));
        table.done();
    }

    void read_load(LoadSpec& load) {
        TomlReader table = reader_.table("load");
        const bool closed = table.choice_or("model", "closed", {"closed", "open"}) == "closed";
        load.model = closed ? LoadModel::closed : LoadModel::open;
        load.levels = table.integers_or("levels", {4, 50, 200}, 1, closed ? 15'000 : 10'000'000);
        load.duration = table.duration_or("duration", 30s, 1s, 24h);
        load.timeout = table.duration_or("timeout", 60s, 10ms, 1h);
        load.think_time = table.duration_or("think_time", 0s, 0s, 1h);
        if (!closed && load.think_time > 0s)
            table.complain("think_time",
                           "load.think_time contradicts load.model = \"open\": a schedule does not wait for "
                           "answers; remove it");
        TomlReader warmup = table.table("warmup");
        load.warmup_min = warmup.duration_or("min", 2s, 0s, 1h);
        load.warmup_max = warmup.duration_or("max", std::max<Nanoseconds>(10s, load.duration), 0s, 1h);
        if (load.warmup_max < load.warmup_min)
            warmup.complain(
                "max",
                fmt::format("load.warmup.max ({}) is below load.warmup.min ({}); write at least {}",
                            to_text(load.warmup_max), to_text(load.warmup_min), to_text(load.warmup_min)));
        warmup.done();
        table.done();
    }

    void read_experiment(ExperimentSpec& experiment) {
        TomlReader table = reader_.table("experiment");
        TomlReader blocks = table.table("blocks");
        // Of a wrong number nothing more is to be said: it becomes one that no other contradicts.
        experiment.blocks_min =
            static_cast<int>(blocks.integer_or("min", blocks.has("min") ? 1 : 3, 1, 1000));
        experiment.blocks_max = static_cast<int>(blocks.integer_or("max", experiment.blocks_min, 1, 1000));
        if (experiment.blocks_max < experiment.blocks_min)
            blocks.complain(
                "max", fmt::format("experiment.blocks.max ({}) is below experiment.blocks.min ({}); write {} "
                                   "or more",
                                   experiment.blocks_max, experiment.blocks_min, experiment.blocks_min));
        blocks.done();
        if (table.has("budget")) experiment.budget = read_budget(table);
        if (asked_.blocks && !asked_.budget) experiment.budget = asked_.own_budget;
        if (asked_.budget)
            experiment.blocks_max = std::max(experiment.blocks_max, stats::k_looks.back().blocks);
        experiment.calibration = table.flag_or("calibration", false);
        experiment.margin = table.number_or("margin", 0.05, 0.0, 1.0);
        experiment.error_rate_max = table.number_or("error_rate_max", 0.01, 0.0, 1.0);
        experiment.equal_rate = table.flag_or("equal_rate", false);
        experiment.seed = static_cast<std::uint64_t>(table.integer_or("seed", 1, 0, INT64_MAX));
        table.done();
    }

    // A run that nobody could read again need not begin.
    void check_number_of_trials(const Benchmark& benchmark) {
        const std::uint64_t trials = benchmark.entrants.size() * benchmark.load.levels.size() *
                                     static_cast<std::uint64_t>(benchmark.experiment.blocks_max);
        if (trials > k_most_trials)
            reader_.complain("experiment",
                             fmt::format("{} contenders × {} levels × {} blocks are {} trials; a run has at "
                                         "most {}: write fewer of one of them",
                                         benchmark.entrants.size(), benchmark.load.levels.size(),
                                         benchmark.experiment.blocks_max, trials, k_most_trials));
    }

    TomlReader reader_;
    bool only_contenders_;
    bool names_baseline_;
    Asked asked_;
};

namespace {

constexpr std::size_t k_most_profiles = 100;

// The profile to apply: the one asked for, else "quick" where the file has it, else none.
std::string chosen_profile(TomlReader& reader, const std::string& asked, Diagnostics& diagnostics) {
    const std::vector<std::string> known = reader.table("profiles").keys();
    if (asked.empty()) return std::find(known.begin(), known.end(), "quick") == known.end() ? "" : "quick";
    if (std::find(known.begin(), known.end(), asked) == known.end())
        diagnostics.add(
            {"--profile", 0, 0,
             fmt::format("there is no profile \"{}\"; {}", asked,
                         known.empty() ? "the benchmark has none" : "write one of " + joined(known, ", "))});
    return asked;
}

bool is_toml(const std::string& assignment) {
    Diagnostics wrong;
    return TomlFile::parse(assignment, "", wrong).has_value();
}

// Every profile is read, so that mistakes show in all of them; the chosen one is returned.
std::optional<Benchmark> read_layers(const std::optional<TomlFile>& parsed,
                                     const BenchmarkOverrides& overrides, Diagnostics& diagnostics) {
    std::string text;
    for (const std::string& assignment : overrides.assignments) {
        if (!is_toml(assignment)) {
            diagnostics.add({"command line", 0, 0,
                             fmt::format("\"{}\" is not a key and its value as TOML has them; write it like "
                                         "load.duration = \"5s\"",
                                         assignment)});
            return std::nullopt;
        }
        text += assignment + "\n";
    }
    const auto extra = TomlFile::parse(text, "command line", diagnostics);
    if (!parsed || !extra) return std::nullopt;

    TomlReader top(*parsed, diagnostics);
    const std::string profile = chosen_profile(top, overrides.profile, diagnostics);
    const std::vector<std::string> profiles = top.table("profiles").keys();
    if (profiles.size() > k_most_profiles) {
        top.complain("profiles", fmt::format("there are {} profiles; write at most {}", profiles.size(),
                                             k_most_profiles));
        return std::nullopt;
    }
    for (const std::string& other : profiles)
        BenchmarkReader(TomlReader(nullptr, *parsed, other, diagnostics)).read(other);
    TomlReader chosen(*extra, diagnostics);
    const TomlReader experiment = chosen.table("experiment");
    Asked asked{.budget = experiment.has("budget"), .blocks = experiment.has("blocks")};
    if (TomlReader own = top.table("experiment"); own.has("budget")) asked.own_budget = read_budget(own);
    return BenchmarkReader(TomlReader(&*extra, *parsed, profile, diagnostics), &chosen, asked).read(profile);
}

}  // namespace

std::optional<Benchmark> read_benchmark(const Path& file, const BenchmarkOverrides& overrides,
                                        Diagnostics& diagnostics) {
    const std::size_t before = diagnostics.total();
    auto benchmark = read_benchmark_as_far_as_possible(file, overrides, diagnostics);
    return diagnostics.total() == before ? std::move(benchmark) : std::nullopt;
}

std::optional<Benchmark> read_benchmark_as_far_as_possible(const Path& file,
                                                           const BenchmarkOverrides& overrides,
                                                           Diagnostics& diagnostics) {
    return read_layers(TomlFile::load(file, diagnostics), overrides, diagnostics);
}

std::optional<Benchmark> parse_benchmark(std::string_view text, std::string name, Diagnostics& diagnostics) {
    const std::size_t before = diagnostics.total();
    auto benchmark = read_layers(TomlFile::parse(text, std::move(name), diagnostics), {}, diagnostics);
    return diagnostics.total() == before ? std::move(benchmark) : std::nullopt;
}

namespace {

toml::table limits_table(const Limits& limits) {
    return toml::table{{"cpus", limits.cpus}, {"memory", to_text(limits.memory)}};
}

// What may hold passwords.
toml::table masked_table(const std::map<std::string, std::string>& values) {
    toml::table table;
    for (const auto& [key, value] : masked_values(values))
        table.insert(key, value);
    return table;
}

toml::table database_table(const DatabaseSpec& database) {
    return toml::table{{"engine", name(database.engine)},
                       {"durability", name(database.durability)},
                       {"settings", masked_table(database.settings)}};
}

toml::table load_table(const LoadSpec& load) {
    toml::array levels;
    for (const std::int64_t level : load.levels)
        levels.push_back(level);
    return toml::table{{"model", name(load.model)},
                       {"levels", std::move(levels)},
                       {"duration", to_text(load.duration)},
                       {"timeout", to_text(load.timeout)},
                       {"think_time", to_text(load.think_time)},
                       {"warmup", on_one_line(toml::table{{"min", to_text(load.warmup_min)},
                                                          {"max", to_text(load.warmup_max)}})}};
}

toml::table experiment_table(const ExperimentSpec& experiment) {
    toml::table table{
        {"blocks", on_one_line(toml::table{{"min", experiment.blocks_min}, {"max", experiment.blocks_max}})},
        {"margin", experiment.margin},
        {"error_rate_max", experiment.error_rate_max},
        {"equal_rate", experiment.equal_rate},
        {"calibration", experiment.calibration},
        {"seed", static_cast<std::int64_t>(experiment.seed)}};
    if (experiment.budget) table.insert("budget", to_text(*experiment.budget));
    return table;
}

}  // namespace

std::string to_toml(const Benchmark& benchmark) {
    toml::array contenders;
    toml::array further;
    for (const Entrant& entrant : benchmark.entrants) {
        if (entrant.label == entrant.contender && further.empty() && entrant.variant == Variant{}) {
            contenders.push_back(entrant.label);
            continue;
        }
        toml::table table{{"label", entrant.label}, {"contender", entrant.contender}};
        if (entrant.variant.runtime) table.insert("runtime", name(*entrant.variant.runtime));
        if (entrant.calibration) table.insert("calibration", true);
        if (!entrant.variant.settings.empty())
            table.insert("environment", on_one_line(masked_table(entrant.variant.settings)));
        further.push_back(std::move(table));
    }
    toml::table table{{"schema", 1},
                      {"name", benchmark.name},
                      {"title", benchmark.title},
                      {"workload", benchmark.workload},
                      {"baseline", benchmark.baseline},
                      {"limits", toml::table{{"contender", limits_table(benchmark.contender_limits)},
                                             {"database", limits_table(benchmark.database_limits)}}},
                      {"database", database_table(benchmark.database)},
                      {"load", load_table(benchmark.load)},
                      {"experiment", experiment_table(benchmark.experiment)}};
    if (!contenders.empty()) table.insert("contenders", std::move(contenders));
    if (!further.empty()) table.insert("entrants", std::move(further));
    if (!benchmark.profile.empty()) table.insert("profile", benchmark.profile);
    if (benchmark.runtime != RuntimeKind::process) table.insert("runtime", name(benchmark.runtime));
    return toml_document(table);
}

}  // namespace joust::files
