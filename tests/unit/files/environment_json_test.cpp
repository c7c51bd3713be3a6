#include "files/environment_json.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/synthetic_trials.hpp"

namespace joust::files {

using namespace model;
namespace {

Environment environment() {
    return testing::synthetic_environment(testing::benchmark_of({"fastapi", "django"}, {4}, 1));
}

TEST(environment_json, is_read_back_as_it_was_written) {
    Environment original = environment();
    original.started += Nanoseconds{987'654'321};
    original.git_dirty = true;
    original.host.cpu_governor = "performance";
    original.host.open_files_max = std::nullopt;
    original.limits_in_force["database"].cpu_quota = 0.75;
    original.engine =
        EngineFacts{.version = "26.1", .storage_driver = "overlay2", .cgroup_driver = "systemd"};
    original.contenders.front().runtime = RuntimeKind::docker;
    original.contenders.front().image = "sha256:0123";
    original.contenders.front().environment = {{"SCRATCH_DIR", "{scratch}"}};
    original.contenders.front().statements = StatementCount{10, 35};
    original.contenders.front().debug = SourceLine{.file = "project/settings.py", .line = 12};
    const auto read = parse_environment(environment_json(original), "environment.json");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, original);
}

TEST(environment_json, has_the_stack_of_the_engine_that_ran) {
    Environment original = environment();
    ContenderFacts& fastapi = original.contenders.front();
    fastapi.sqlite_stack = fastapi.stack;
    fastapi.sqlite_stack->driver = "aiosqlite";
    fastapi.sqlite_stack->db_connections = 1;
    const auto read_back = [&] {
        return parse_environment(environment_json(original), "environment.json")->contenders.front().stack;
    };
    EXPECT_EQ(read_back(), fastapi.stack);
    original.database.engine = DatabaseEngine::sqlite;
    EXPECT_EQ(read_back(), *fastapi.sqlite_stack);
}

TEST(environment_json, names_the_key_that_is_wrong) {
    auto json = nlohmann::json::parse(environment_json(environment()));
    json["host"]["cpus_online"] = "four";
    const auto read = parse_environment(json.dump(), "run/environment.json");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message,
                ::testing::StartsWith("run/environment.json: \"host.cpus_online\" has to be a whole number"));
}

TEST(environment_json, of_a_newer_schema_is_refused) {
    auto json = nlohmann::json::parse(environment_json(environment()));
    json["schema_version"] = k_environment_schema_version + 1;
    const auto read = parse_environment(json.dump(), "environment.json");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, ::testing::HasSubstr("schema_version is 2"));
}

TEST(environment_json, with_a_line_break_in_what_becomes_a_script_is_refused) {
    const std::string whole = environment_json(environment());
    for (const char* pointer : {"/database/version", "/database/engine", "/contenders/0/name",
                                "/contenders/0/title", "/host/kernel", "/host/storage/directory", "/limits",
                                "/layout_notes/0", "/contenders/0/stack/server"})
        for (const char* hostile :
             {"15\nsystem \"touch /tmp/x\"\n#", "a\x1b[2J", "\xc2\x9b", "\u202e", "\r"}) {
            auto json = nlohmann::json::parse(whole);
            json[nlohmann::json::json_pointer(pointer)] = hostile;
            const auto read = parse_environment(json.dump(), "environment.json");
            ASSERT_FALSE(read) << pointer;
            EXPECT_EQ(read.error().kind, ErrorKind::bad_input);
        }
    auto json = nlohmann::json::parse(whole);
    json["database"]["settings_in_force"]["a\nb"] = "c";
    EXPECT_FALSE(parse_environment(json.dump(), "environment.json"));
}

TEST(environment_json, of_hostile_shape_is_refused_in_bounded_time) {
    std::string keys = "{";
    for (int i = 0; i < 200'000; ++i)
        keys += fmt::format("\"{}\":1,", i);
    const std::string texts[] = {std::string(500'000, '['),
                                 "{\"a\":" + std::string(500'000, '['),
                                 "{\"schema_version\":1e999}",
                                 "{\"schema_version\":-1}",
                                 "{\"schema_version\":18446744073709551615}",
                                 keys + "\"x\":1}",
                                 "[]",
                                 "",
                                 "nul",
                                 "{\"schema_version\":1.0}"};
    for (const std::string& text : texts)
        EXPECT_FALSE(parse_environment(text, "environment.json")) << text.substr(0, 40);
}

TEST(environment_json, never_holds_what_it_would_not_read) {
    Environment hostile = environment();
    hostile.host.cpu_model = "CPU\n\x1b[2J \xff";
    hostile.database.settings_in_force["a\tb"] = "c\r";
    hostile.contenders.front().title = "t\u202e";
    const auto read = parse_environment(environment_json(hostile), "environment.json");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->host.cpu_model, "CPU\\x0A\\x1B[2J \uFFFD");
}

TEST(environment_json, masks_credentials) {
    Environment secret = environment();
    secret.command_line = {"joust",
                           "run",
                           "x",
                           "--set",
                           "database.settings.password=\"hunter2\"",
                           "-H",
                           "Authorization: Bearer hunter2",
                           "http://ann:hunter2@host/?token=hunter2"};
    secret.contenders.front().command = {"serve", "--db", "postgres://a:hunter2@h/d", "--api-key", "hunter2"};
    secret.database.settings_in_force["ssl_password"] = "hunter2";
    secret.contenders.front().environment = {{"DJANGO_SECRET_KEY", "hunter2"}, {"DB", "p://a:hunter2@h/d"}};
    const std::string text = environment_json(secret);
    EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    EXPECT_NE(text.find("http://ann:***@host/?token=***"), std::string::npos);
}

TEST(environment_json, names_a_commit_or_none) {
    for (const char* commit : {"; rm -rf ~", "$(id)", "-f", "main", "ABC"}) {
        auto json = nlohmann::json::parse(environment_json(environment()));
        json["git_commit"] = commit;
        const auto read = parse_environment(json.dump(), "environment.json");
        ASSERT_FALSE(read) << commit;
        EXPECT_THAT(read.error().message, ::testing::HasSubstr("\"git_commit\" is"));
    }
}

TEST(environment_json, has_no_negative_counts) {
    auto json = nlohmann::json::parse(environment_json(environment()));
    json["host"]["cpus_online"] = -1;
    EXPECT_THAT(parse_environment(json.dump(), "e").error().message,
                ::testing::HasSubstr(
                    "\"host.cpus_online\" has to be a whole number from 0 to 1000000000, and is -1"));
}

TEST(environment_json, has_a_range_for_every_number) {
    const auto whole = nlohmann::json::parse(environment_json(environment()));
    int numbers = 0;
    const auto flat = whole.flatten();
    for (const auto& [pointer, value] : flat.items()) {
        if (!value.is_number()) continue;
        for (const std::int64_t wrong : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()}) {
            auto changed = whole;
            changed[nlohmann::json::json_pointer(pointer)] = wrong;
            EXPECT_FALSE(parse_environment(changed.dump(), "e")) << pointer << " " << wrong;
        }
        ++numbers;
    }
    EXPECT_GT(numbers, 20);
}

}  // namespace
}  // namespace joust::files
