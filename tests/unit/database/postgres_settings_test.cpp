#include "database/postgres_settings.hpp"

#include <gmock/gmock.h>

#include "unit/database/contender_session.hpp"

namespace joust::database {
namespace {

using model::OwnSetting;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(OwnSettingEntry, IsCutAtItsFirstEqualsSign) {
    EXPECT_EQ(own_setting("r", "d", "search_path=a=b"), (OwnSetting{"r", "d", "search_path", "a=b"}));
    EXPECT_EQ(own_setting("r", "", "jit"), (OwnSetting{"r", "", "jit", ""}));
    EXPECT_EQ(own_setting("r", "", "jit="), (OwnSetting{"r", "", "jit", ""}));
}

TEST(OwnSettingEntry, SendsNothingToATerminal) {
    EXPECT_EQ(own_setting("r", "", "app.name=\x1b[2J").value, "\\x1B[2J");
}

TEST(OwnSettingEntry, KeepsSecretsToItself) {
    EXPECT_EQ(own_setting("r", "", "app.api_key=abc").value, "***");
    EXPECT_EQ(own_setting("r", "", "app.store=redis://me:abc@host/").value, "redis://me:***@host/");
}

TEST(PostgresSettings, OfRoleAndDatabaseAreReadBack) {
    test::Rig rig;
    const auto database = started_database(
        rig, {.durability = model::Durability::full, .settings = {{"shared_buffers", "16MB"}}});
    const std::string url = test::must(database->create_for("tuned"));
    ASSERT_TRUE(database->create_for("plain"));
    const ContenderSession session(url);
    EXPECT_THAT(test::must(database->own_settings("tuned"))->settings, IsEmpty());
    for (const char* statement :
         {"ALTER ROLE CURRENT_USER SET synchronous_commit = off",
          "ALTER ROLE CURRENT_USER IN DATABASE joust_tuned SET work_mem = '64MB'",
          "ALTER DATABASE joust_tuned SET jit = off",
          // What it makes the names mean in its own database must not matter to who reads there.
          "CREATE FUNCTION public.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS $$ SELECT 'jit=on' $$",
          "ALTER DATABASE joust_tuned SET search_path = public, pg_catalog"})
        EXPECT_EQ(session.state_of(statement), "") << statement;
    const auto own = test::must(database->own_settings("tuned"));
    EXPECT_EQ(own->durability, model::Durability::full);
    const std::string name = "joust_tuned";
    EXPECT_THAT(own->settings, ElementsAre(OwnSetting{"", name, "jit", "off"},
                                           OwnSetting{"", name, "search_path", "public, pg_catalog"},
                                           OwnSetting{name, "", "synchronous_commit", "off"},
                                           OwnSetting{name, name, "work_mem", "64MB"}));
    EXPECT_THAT(model::against_durability(*own),
                ElementsAre(OwnSetting{name, "", "synchronous_commit", "off"}));
    EXPECT_THAT(test::must(database->own_settings("plain"))->settings, IsEmpty()) << "they are not its own";
}

}  // namespace
}  // namespace joust::database
