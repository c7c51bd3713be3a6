#include <gmock/gmock.h>

#include "database/sqlite_connection.hpp"
#include "probes/audit_probe.hpp"
#include "support/memory_growth.hpp"
#include "unit/database/contender_session.hpp"

namespace joust::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t k_ids = 200'000;
constexpr std::size_t k_bytes_an_id = 16;
constexpr std::size_t k_fixed = std::size_t{3}
                                << 20U;  // buffers, and libraries that are used for the first time

// Audits rows of k_ids requests that are there, and returns by how much memory grew at most.
std::size_t growth_by_audit(database::Database& database) {
    model::TrialResult trial;
    trial.samples.ids = {{.prefix = "a", .issued = k_ids}};
    AuditProbe probe(database, "many", {.table = "users", .rows = 1});
    const std::size_t growth = test::memory_growth([&] { EXPECT_TRUE(probe.finish(trial)); });
    EXPECT_EQ(trial.audit, (model::Audit{.table = "users", .rows_left = 1, .right = k_ids}));
    return growth;
}

TEST(AuditMemory, IsLittleForAnIdWithPostgres) {
    test::Rig rig;
    const auto database = database::started_database(rig, {.settings = {{"shared_buffers", "16MB"}}});
    const database::ContenderSession contender(test::must(database->create_for("many")));
    contender.ask("CREATE TABLE users (request_id text)");
    contender.ask(fmt::format(
        "INSERT INTO users SELECT 'a' || lpad(to_hex(i), 12, '0') FROM generate_series(0, {}) i", k_ids - 1));
    EXPECT_LT(growth_by_audit(*database), k_ids * k_bytes_an_id + k_fixed);
}

TEST(AuditMemory, IsLittleForAnIdWithSqlite) {
    test::Rig rig;
    const auto database =
        test::must(database::start_database({.spec = {.engine = model::DatabaseEngine::sqlite},
                                             .limits = std::nullopt,
                                             .cpu = std::nullopt,
                                             .runtime = rig.runtime(),
                                             .run = rig.run(),
                                             .user = rig.user(),
                                             .log_directory = rig.logs()}));
    const std::string url = test::must(database->create_for("many"));
    auto session =
        test::must(database::SqliteConnection::open(url.substr(std::string("sqlite:///").size()), false, 1s));
    test::must(session.run(
        fmt::format("CREATE TABLE users (request_id text);"
                    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                    "INSERT INTO users SELECT printf('a%012x', i) FROM n",
                    k_ids - 1)));
    EXPECT_LT(growth_by_audit(*database), k_ids * k_bytes_an_id + k_fixed);
}

}  // namespace
}  // namespace joust::probes
