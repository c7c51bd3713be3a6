#include "deploy/command.hpp"

#include <gmock/gmock.h>

namespace joust::deploy {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

const Placeholders k_values = {
    .venv = "/v", .port = std::uint16_t{8000}, .database_url = "postgresql://u:p@h/d", .scratch = "/s"};

Result<FilledCommand> fill(const model::Command& command, const Placeholders& values = k_values) {
    model::Contender contender;
    contender.manifest = "contenders/x/contender.toml";
    return fill_command(contender, "start", command, values);
}

TEST(FillCommand, FillsWordsAndEnvironment) {
    const auto filled = fill({{"{venv}/bin/run", "{host}:{port}", "{{port}}"}, {{"URL", "{database_url}"}}});
    ASSERT_TRUE(filled);
    EXPECT_EQ(filled->argv, (std::vector<std::string>{"/v/bin/run", "127.0.0.1:8000", "{8000}"}));
    EXPECT_THAT(filled->environment, Contains(Pair("URL", "postgresql://u:p@h/d")));
}

TEST(FillCommand, GivesAMinimalEnvironmentThatTheManifestMayChange) {
    const auto filled = fill({{"run"}, {{"LANG", "C"}}});
    ASSERT_TRUE(filled);
    EXPECT_EQ(filled->environment,
              (host::Environment{{"HOME", "/s"}, {"LANG", "C"}, {"PATH", "/usr/local/bin:/usr/bin:/bin"}}));
}

TEST(FillCommand, LeavesOtherBracesToTheProgram) {
    for (const char* text : {"{\"json\": 1}", "{}", "{Upper}", "a{b", "{1}", "${HOME}"})
        EXPECT_EQ(fill({{text}, {}}).value().argv[0], text);
}

TEST(FillCommand, NamesManifestKeyAndPlaceholder) {
    const auto failed = fill({{"run"}, {{"URL", "{databse_url}"}}});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(failed.error().message,
                HasSubstr("contenders/x/contender.toml: start.environment.URL has {databse_url}"));
    EXPECT_THAT(failed.error().message, HasSubstr("did you mean {database_url}?"));
}

TEST(FillCommand, KnowsNoPortWhereNothingListens) {
    Placeholders values = k_values;
    values.port.reset();
    EXPECT_FALSE(fill({{"{port}"}, {}}, values));
    EXPECT_TRUE(fill({{"{scratch}"}, {}}, values));
}

}  // namespace
}  // namespace joust::deploy
