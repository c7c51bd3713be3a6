#include "database/connection_limit.hpp"

#include <gtest/gtest.h>

#include "unit/database/contender_session.hpp"

namespace joust::database {
namespace {

struct LimitCase {
    const char* why;
    int max_connections;
    std::map<std::string, int> declared;
    std::optional<int> limit;  ///< of "a"
};

TEST(ConnectionLimit, LeavesEnoughForTheOthers) {
    for (const LimitCase& one : std::vector<LimitCase>{
             {"the shipped benchmark", 500, {{"a", 4}, {"b", 20}}, 387},
             {"its variants, too", 500, {{"a", 4}, {"a2", 4}, {"a-busier", 4}, {"b", 20}}, 187},
             {"who declares more keeps more", 500, {{"a", 4}, {"b", 200}}, 287},
             {"… up to an equal share", 500, {{"a", 4}, {"b", 400}}, 244},
             {"equal shares where there are few", 100, {{"a", 4}, {"b", 20}}, 48},
             {"… but what fits by declaration is not refused", 100, {{"a", 60}, {"b", 20}}, 60},
             {"… and what does not fit gets no more", 100, {{"a", 90}, {"b", 20}}, 75},
             {"nobody else", 500, {{"a", 4}}, std::nullopt},
             {"not known", 500, {{"b", 4}, {"c", 4}}, std::nullopt}})
        EXPECT_EQ(connection_limit(one.max_connections, one.declared, "a"), one.limit) << one.why;
}

// A contender that takes all that it can get leaves its rival connections.
TEST(ConnectionLimit, HoldsInARunningServer) {
    test::Rig rig;
    const auto database = test::must(
        start_database({.spec = {.settings = {{"shared_buffers", "16MB"}, {"max_connections", "20"}}},
                        .limits = std::nullopt,
                        .cpu = std::nullopt,
                        .runtime = rig.runtime(),
                        .run = rig.run(),
                        .user = rig.user(),
                        .connections = {{"greedy", 1}, {"rival", 4}},
                        .log_directory = rig.logs()}));
    const std::string greedy = test::must(database->create_for("greedy"));
    const std::string rival = test::must(database->create_for("rival"));
    std::vector<ContenderSession> taken;
    while (taken.size() < 30 && (taken.empty() || taken.back().open()))
        taken.emplace_back(greedy);
    EXPECT_NE(taken.back().words().find("too many connections for role"), std::string::npos)
        << taken.back().words();
    std::vector<ContenderSession> kept;
    for (int i = 0; i < 8; ++i) {
        kept.emplace_back(rival);
        EXPECT_TRUE(kept.back().open()) << i << ": " << kept.back().words();
    }
    EXPECT_EQ(ContenderSession(greedy).ask("SELECT 1"), "");
    EXPECT_NE(kept.front().state_of("ALTER ROLE CURRENT_USER CONNECTION LIMIT -1"), "")
        << "nobody lifts its own limit";
}

}  // namespace
}  // namespace joust::database
