#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "files/trial_json.hpp"
#include "support/full_trial.hpp"

namespace joust::files {
namespace {

using testing::full_trial;
using ::testing::HasSubstr;

TEST(trial_line, with_odd_single_requests_is_refused_by_the_key) {
    struct Odd {
        const char* part;
        const char* key;
        nlohmann::json value;
        const char* message;
    };
    for (const Odd& one :
         {Odd{"slow_commits", "before_durable", 20, "slow_commits.requests\" is less than a part of them"},
          Odd{"slow_commits", "shortest_ns", -1, "slow_commits.shortest_ns\" has to be a whole number"},
          Odd{"one_by_one", "late", 10, "as_contract\" and \"late\" are more together"},
          Odd{"one_by_one", "as_contract", 21, "more together than \"requests\""},
          Odd{"one_by_one", "requests", -1, "one_by_one.requests\" has to be a whole number"},
          Odd{"one_by_one", "rows", 1, "one_by_one.rows\" has to be an object"},
          Odd{"one_by_one", "rows", {{"a\x1b", {}}}, "characters that cannot be printed"},
          Odd{"syncs", "early", 21, "syncs.early\" is more than \"requests\""},
          Odd{"syncs", "syncs", 1.5, "syncs.syncs\" has to be a whole number"}}) {
        auto json = nlohmann::json::parse(trial_line(full_trial()));
        json["single_requests"][one.part][one.key] = one.value;
        const auto trial = parse_trial_line(json.dump(), "trials.jsonl", 5);
        ASSERT_FALSE(trial) << one.key;
        EXPECT_THAT(trial.error().message, HasSubstr("trials.jsonl:5: "));
        EXPECT_THAT(trial.error().message, HasSubstr(one.message));
    }
    auto json = nlohmann::json::parse(trial_line(full_trial()));
    json["single_requests"].erase("slow_commits");  // as earlier versions wrote of SQLite
    json["single_requests"]["left_out"][0]["why"] = "\x1b[2J";
    const auto trial = parse_trial_line(json.dump(), "trials.jsonl", 5);
    ASSERT_TRUE(trial) << trial.error().message;
    EXPECT_EQ(trial->single_requests->slow_commits, std::nullopt);
    EXPECT_EQ(trial->single_requests->left_out[0].why, "\\x1B[2J") << "shown as text";
}

}  // namespace
}  // namespace joust::files
