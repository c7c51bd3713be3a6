#include "model/environment_json.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/synthetic_trials.hpp"

namespace joust::model {
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
    original.database.engine = "sqlite";
    EXPECT_EQ(read_back(), *fastapi.sqlite_stack);
}

TEST(environment_json, names_the_key_that_is_wrong) {
    auto json = nlohmann::json::parse(environment_json(environment()));
    json["host"]["cpus_online"] = "four";
    const auto read = parse_environment(json.dump(), "run/environment.json");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, "run/environment.json: \"cpus_online\" has to be a whole number");
}

TEST(environment_json, of_a_newer_schema_is_refused) {
    auto json = nlohmann::json::parse(environment_json(environment()));
    json["schema_version"] = k_environment_schema_version + 1;
    const auto read = parse_environment(json.dump(), "environment.json");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, ::testing::HasSubstr("schema_version is 2"));
}

}  // namespace
}  // namespace joust::model
